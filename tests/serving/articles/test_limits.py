"""Files that are too large are refused unread, with their limit."""

from __future__ import annotations

from pathlib import Path

import pytest
from stancewire.serving.articles.documents import docx, mail, pdf, rtf
from stancewire.serving.articles.exports import factiva_html, factiva_xml, lexisnexis_files, proquest
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.streams import MAX_ARTICLE_BYTES
from stancewire.serving.articles.web import page

KINDS = {
    "a.docx": (b"PK\x03\x04 word/", docx.MAX_FILE_BYTES, "a DOCX file"),
    "a.rtf": (rb"{\rtf1 A", rtf.MAX_FILE_BYTES, "an RTF file"),
    "a.pdf": (b"%PDF-1.7", pdf.MAX_FILE_BYTES, "a PDF"),
    "a.eml": (b"From: a\nTo: b\nSubject: c\n\nA", mail.MAX_FILE_BYTES, "an email"),
    "a.html": (b"<html><body>A", page.MAX_PAGE_BYTES, "an HTML page"),
    "factiva.html": (b"<html><title>Factiva", factiva_html.MAX_FILE_BYTES, "an export"),
    "factiva.xml": (b"<ppsarticleResultSet>", factiva_xml.MAX_FILE_BYTES, "an export"),
    "lexis.html": (b"<html><!-- LXNComment -->", lexisnexis_files.MAX_FILE_BYTES, "an export"),
    "lexis.txt": (b"1 of 2 DOCUMENTS\n", lexisnexis_files.MAX_FILE_BYTES, "an export"),
    "proquest.txt": (b"_" * 60 + b"\n\nA\n\nFull text: A. ProQuest", proquest.MAX_FILE_BYTES, "an export"),
    "a.md": (b"# A\n", MAX_ARTICLE_BYTES, "an article"),
    "a.txt": (b"Kenya accused Somalia.", MAX_ARTICLE_BYTES, "an article"),
}


@pytest.mark.parametrize("name", KINDS)
def test_the_limit_of_a_file_is_named(tmp_path: Path, name: str) -> None:
    start, limit, what = KINDS[name]
    file = tmp_path / name
    with file.open("wb") as out:  # sparse: takes no disk
        out.write(start + b" " * 66_000)
        out.truncate(limit + 1)
    errors: list[str] = []
    found = read_articles([str(file)], report_error=lambda e: errors.append(str(e)), note=print)
    assert list(found) == []
    (error,) = errors
    assert f"too large for {what} (the limit is {limit / 1e6:,.0f} MB" in error


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b'<?xml version="1.0"?><nitf><body/></nitf>', "NITF and NewsML are not read; export"),
        (
            b'<newsItem xmlns="http://iptc.example"><itemMeta/></newsItem>',
            "NITF and NewsML are not read; export",
        ),
    ],
)
def test_an_export_that_is_not_read_names_one_that_is(tmp_path: Path, content: bytes, hint: str) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(content)
    errors: list[str] = []
    list(read_articles([str(file)], report_error=lambda e: errors.append(str(e)), note=print))
    assert len(errors) == 1 and "XML, which is not read" in errors[0] and hint in errors[0]
