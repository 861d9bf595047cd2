"""DOCX, RTF, Markdown, mail and PDF: one article each; invalid files end in one line."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from email.message import EmailMessage

import pytest
from pypdf import PdfWriter
from stancewire.data.errors import InputError
from stancewire.serving.articles.documents.docx import Docx
from stancewire.serving.articles.documents.mail import Mail
from stancewire.serving.articles.documents.markdown import Markdown
from stancewire.serving.articles.documents.pdf import Pdf
from stancewire.serving.articles.documents.rtf import Rtf
from stancewire.serving.articles.reader import Reader
from stancewire.serving.articles.registry import reader_of
from stancewire.serving.articles.source import Source, SourceArticle
from synthetic.nexis_files import docx, paragraph, rtf_text
from synthetic.pdf_files import pdf, wrapped
from synthetic.reading import read, refusal
from synthetic.stories import Story, stories, words

STORIES = stories(20)
ids = [s.title[:20] for s in STORIES]


def only(reader: Reader, data: bytes, name: str) -> SourceArticle:
    reading = read(reader, data, name)
    assert reading.report.errors == []
    (article,) = reading.articles
    return article


@pytest.mark.parametrize("story", STORIES, ids=ids)
def test_a_document_is_one_article(story: Story) -> None:
    body = paragraph(story.title, level=1) + "".join(map(paragraph, story.paragraphs))
    article = only(Docx(), docx(body), "a.docx")
    assert (article.id, article.title, article.text) == ("a", story.title, story.text)
    text = r"\par ".join(map(rtf_text, (story.title, *story.paragraphs)))
    article = only(Rtf(), rf"{{\rtf1\ansi\uc1 {text}\par}}".encode(), "a.rtf")
    assert (article.title, article.text) == (story.title, story.text)


@pytest.mark.parametrize("story", STORIES, ids=ids)
def test_markdown_is_read_without_its_markup(story: Story) -> None:
    marked = story.text.replace("agreement", "*agreement*").replace(
        "council", "[council](https://a.example/b_c)"
    )
    front = f'---\ntitle: "{story.title}"\ndate: {story.day}\nauthor: [{story.author}]\n'
    front += "url: https://a.example/1\n---\n"
    data = f"{front}\n# {story.title}\n\n![The ferry](f.png)\n\n> {marked}\n\n<!-- draft -->\n".encode()
    article = only(Markdown(), data, "a.txt")
    assert (article.title, article.text, article.date) == (story.title, story.text, story.day)
    assert (article.author, article.url) == (story.author or None, "https://a.example/1")


def _mail(story: Story, html: bool) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"{story.outlet} <news@gazette.example>"
    mail["Subject"] = f"{story.title} é"
    mail["Date"] = "Mon, 03 May 2021 09:05:00 +0200"
    mail["Message-ID"] = f"<{story.day}@gazette.example>"
    reply = "On Sunday, 2 May 2021, Emre Deneme wrote:"
    if html:
        mail.set_content("View this mail in your browser")
        body = "".join(f"<p>{p.replace('said', 'said=3D ')}</p>" for p in story.paragraphs).replace(
            "=3D ", ""
        )
        mail.add_alternative(
            f"<html><head><style>p {{}}</style></head><body><table><tr><td>{body}</td></tr></table>"
            f'<div class="gmail_quote"><p>{reply}</p><blockquote>Older.</blockquote></div>'
            "<p>You received this newsletter because you like bridges.</p></body></html>",
            subtype="html",
        )
    else:
        mail.set_content(f"{story.text}\n\n{reply}\n\n> Older.\n> More.\n\n-- \nAna Test\nEditor\n")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    return mail.as_bytes()


@pytest.mark.parametrize("html", [False, True])
@pytest.mark.parametrize("story", STORIES, ids=ids)
def test_mail_is_read_without_replies_and_signature(story: Story, html: bool) -> None:
    article = only(Mail(), _mail(story, html), "a.eml")
    assert (article.title, article.text) == (f"{story.title} é", story.text)
    assert (article.outlet, article.date) == (story.outlet, "2021-05-03T09:05:00+02:00")


@pytest.mark.parametrize("story", STORIES, ids=ids)
def test_a_pdf_is_read_without_running_heads_and_hyphens(story: Story) -> None:
    lines = [words(story.day, "uk"), "", *wrapped(story.paragraphs)]
    half = len(lines) // 2
    parts = (lines[:half], lines[half:])
    pages = [["Harbour Gazette", *part, "", f"Page {n} of 2"] for n, part in enumerate(parts, 1)]
    info = f"/Title (Talks in {story.day}) /CreationDate (D:{story.day.replace('-', '')}090000Z)"
    article = only(Pdf(), pdf(pages, info), "a.pdf")
    assert (article.title, article.date) == (f"Talks in {story.day}", story.day)
    assert article.text.split() == f"{words(story.day, 'uk')} {story.text}".split()


def test_the_name_of_a_file_is_no_title_and_the_date_of_printing_no_date() -> None:
    info = "/Title (Microsoft Word - a.docx) /CreationDate (D:20210503090000Z)"
    article = only(Pdf(), pdf([wrapped(STORIES[0].paragraphs)], info), "a.pdf")
    assert (article.title, article.date) == (None, None)


def _encrypted(data: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


PDF = pdf([wrapped(STORIES[0].paragraphs)])
DOCX = docx(paragraph(STORIES[0].text))
BOMB = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w>&b;</w>'
INVALID = {
    "scan.pdf": (Pdf(), pdf([[], []]), "2 pages without text, as in a scan"),
    "cut.pdf": (Pdf(), PDF[: len(PDF) // 2], "cut off"),
    "encrypted.pdf": (Pdf(), _encrypted(PDF), "encrypted"),
    "damaged.pdf": (Pdf(), b"%PDF-1.4\nnothing\n%%EOF", "damaged PDF"),
    "cut.docx": (Docx(), DOCX[: len(DOCX) // 2], "damaged or incomplete DOCX"),
    "encrypted.docx": (
        Docx(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "old.doc": (Docx(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "before 2007"),
    "empty.docx": (Docx(), docx(""), "no text"),
    "entities.docx": (Docx(), docx("", parts={"word/document.xml": BOMB}), "document type declaration"),
    "empty.rtf": (Rtf(), rb"{\rtf1 }", "no text"),
    "cut.rtf": (Rtf(), rb"{\rtf1 The ferry sails again.\par It is", "cut off"),
    "empty.md": (Markdown(), b"---\ntitle: A\n---\n", "no text"),
    "empty.eml": (Mail(), b"From: a@b.example\nSubject: a\nDate: x\n\n", "no text"),
    "smime.eml": (
        Mail(), b"From: a@b.example\nSubject: a\nContent-Type: application/pkcs7-mime\n\nAAAA\n", "encrypted",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_file_is_refused_in_one_line(name: str) -> None:
    reader, data, what = INVALID[name]
    assert what in refusal(reader, data, name)


def test_a_docx_that_unpacks_to_gigabytes_is_refused_before_it_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 300_000_000)
    tracemalloc.start()
    assert "unpacks to 300 MB" in refusal(Docx(), buffer.getvalue(), "bomb.docx")
    assert tracemalloc.get_traced_memory()[1] < 150_000_000
    tracemalloc.stop()


def test_nothing_outside_the_file_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has a remote template and a link; neither the network nor another file is used."""

    def forbidden(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"opened {args}")

    data = docx(paragraph("A ferry", link="rId9") + paragraph(STORIES[0].text))
    read(Docx(), data, "warm.docx")  # imports open files
    monkeypatch.setattr("socket.socket.connect", forbidden)
    monkeypatch.setattr("builtins.open", forbidden)
    assert only(Docx(), data, "a.docx").title == "A ferry"


def test_a_file_with_a_wrong_extension_is_recognised_by_its_content() -> None:
    assert isinstance(reader_of(Source("a.pdf", data=DOCX)), Docx)
    assert isinstance(reader_of(Source("a.docx", data=PDF)), Pdf)
    assert isinstance(reader_of(Source("a.doc", data=rb"{\rtf1 a}")), Rtf)
    for name in ("a.pdf", "a.docx", "a.rtf", "a.md", "a.eml"):
        source = Source(
            name, data=b"<!doctype html><html><head><title>A</title></head><body><p>B</p></body></html>"
        )
        try:
            assert reader_of(source).name not in ("docx", "rtf", "pdf", "eml", "markdown")
        except InputError as error:
            assert "\n" not in str(error)
