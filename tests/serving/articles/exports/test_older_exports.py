"""Exports of the older LexisNexis, of ProQuest, and of Factiva as XML: every article is read."""

from __future__ import annotations

import pytest
from stancewire.serving.articles.documents.mail import Mail
from stancewire.serving.articles.documents.rtf import Rtf
from stancewire.serving.articles.exports.factiva_xml import FactivaXml
from stancewire.serving.articles.exports.lexisnexis_files import LexisNexisHtml, LexisNexisText
from stancewire.serving.articles.exports.proquest import ProQuest
from stancewire.serving.articles.plain_text import PlainText
from stancewire.serving.articles.registry import reader_of
from stancewire.serving.articles.source import Source
from synthetic.lexisnexis_files import (
    factiva_xml,
    lexisnexis_html,
    lexisnexis_rtf,
    lexisnexis_text,
    proquest_body,
    proquest_text,
    title,
)
from synthetic.reading import Reading, read, refusal
from synthetic.stories import stories

STORIES = stories(24)


def check_exact(reading: Reading, *, logos: bool = False) -> None:
    assert reading.report.errors == []
    assert reading.report.announced == len(reading.articles) == 24
    for i, (article, story) in enumerate(zip(reading.articles, STORIES, strict=True)):
        assert article.title == title(i, story), i
        assert article.text == story.text, i
        assert article.outlet == (None if logos and i % 8 == 6 else story.outlet), i
        assert article.date == story.day, i
        assert article.author == (story.author or None), i
        assert article.language == "en", i


@pytest.mark.parametrize("academic", [True, False])
def test_every_article_of_a_text_export_is_read(academic: bool) -> None:
    check_exact(read(LexisNexisText(), lexisnexis_text(STORIES, academic=academic), "lexis.txt"))


@pytest.mark.parametrize("centred", [True, False])
def test_every_article_of_an_html_export_is_read(centred: bool) -> None:
    data = lexisnexis_html(STORIES, centred=centred)
    assert reader_of(Source("lexis.html", data=data)).name == "lexisnexis-html"
    check_exact(read(LexisNexisHtml(), data, "lexis.html"), logos=True)


def test_every_article_of_an_rtf_export_is_read() -> None:
    check_exact(read(Rtf(), lexisnexis_rtf(STORIES), "lexis.DOC"))


def test_the_export_of_one_article_may_have_no_marker() -> None:
    data = lexisnexis_text(STORIES[:1])
    alone = data.partition(b"DOCUMENTS")[2]
    reading = read(LexisNexisText(), alone, "one.txt")
    assert [(a.title, a.text) for a in reading.articles] == [(STORIES[0].title, STORIES[0].text)]
    assert reading.report.announced is None


def test_fewer_articles_than_announced() -> None:
    data = lexisnexis_text(STORIES).replace(b" of 24 DOC", b" of 2325 DOC")
    reading = read(LexisNexisText(), data, "lexis.txt")
    assert (reading.report.announced, len(reading.articles)) == (2325, 24)


def test_joined_exports_announce_their_sum() -> None:
    data = lexisnexis_text(STORIES[:3]) + b"\r\n\r\n" + lexisnexis_text(STORIES[:2]).lstrip(b"\xef\xbb\xbf")
    assert read(LexisNexisText(), data, "lexis.txt").report.announced == 5


def test_a_notice_instead_of_an_article_is_reported() -> None:
    text = lexisnexis_text(STORIES[:3]).decode("utf-8-sig").replace("\r\n", "\n")
    start = text.index("2 of 3 DOCUMENTS") + len("2 of 3 DOCUMENTS")
    end = text.index("3 of 3 DOCUMENTS")
    notice = f"{text[:start]}\n\nThere is an error in this document.\n\n{' ' * 20}{text[end:]}"
    reading = read(LexisNexisText(), notice.encode(), "lexis.txt")
    assert len(reading.articles) == 2
    (error,) = reading.report.errors
    assert str(error).startswith("lexis.txt, article 2: a notice of the database instead of an article")


def test_odd_heads_and_fields() -> None:
    """A date with the weekday first, a headline with a colon, a last word that every field repeats."""
    data = (
        "                1 of 1 DOCUMENT\n\n                Hafenblatt\n\n"
        "                Mittwoch 31. August 2011\n\nFÄHRE: Sie fährt wieder\n\nAUTOR: Ana Test Test\n\n"
        "LÄNGE: 4 Wörter Wörter\n\nRUBRIK: LOKALES LOKALES\n\nThe ferry sails: all are glad.\n\n"
        "NOTE: Not a field.\n\nUPDATE: 1. September 2011 2011\n\nSPRACHE: DEUTSCH DEUTSCH\n"
    )
    (article,) = read(LexisNexisText(), data.encode(), "lexis.txt").articles
    assert (article.title, article.date) == ("FÄHRE: Sie fährt wieder", "2011-08-31")
    assert (article.outlet, article.author, article.language) == ("Hafenblatt", "Ana Test", "de")
    assert article.text == "The ferry sails: all are glad.\n\nNOTE: Not a field."


def test_a_date_that_is_not_understood_is_kept() -> None:
    data = lexisnexis_text(STORIES[:1]).replace(b"January 1, 2021 Friday", b"New Year 2021")
    (article,) = read(LexisNexisText(), data, "lexis.txt").articles
    assert (article.date, article.date_original) == (None, "New Year 2021")
    assert (article.title, article.outlet, article.text) == (
        STORIES[0].title, STORIES[0].outlet, STORIES[0].text,
    )  # fmt: skip


def test_plain_text_is_not_taken_for_an_export() -> None:
    for text in (
        "The clerk said 2 of 3 documents were lost.\n\nKenya accused Somalia.",
        "__________\n\nKenya accused Somalia of it. ProQuest was not asked. Full text: none.",
    ):
        assert isinstance(reader_of(Source("a.txt", data=text.encode())), PlainText)


@pytest.mark.parametrize("numbered", [True, False])
def test_every_article_of_a_proquest_export_is_read(numbered: bool) -> None:
    data = proquest_text(STORIES, numbered=numbered)
    data = data if numbered else data.replace(b"_" * 60, b"*" * 40)
    assert reader_of(Source("ProQuest.txt", data=data)).name == "proquest-txt"
    reading = read(ProQuest(), data, "ProQuest.txt")
    assert reading.report.errors == [] and len(reading.articles) == 24
    assert reading.report.announced == (24 if numbered else None)
    for i, (article, story) in enumerate(zip(reading.articles, STORIES, strict=True)):
        assert (article.title, article.text) == (story.title, proquest_body(i, story)), i
        assert (article.outlet, article.date) == (story.outlet, story.day), i
        assert (article.author, article.language) == (story.author or None, "en"), i
        assert article.url == f"https://search.proquest.example/docview/{1000 + i}", i
        assert article.id == (str(1000 + i) if i % 6 != 5 else f"ProQuest-{i + 1}")


def test_a_proquest_article_without_its_text_is_reported() -> None:
    data = proquest_text(STORIES[:2]).replace(b"Full text: ", b"Abstract continued: ")
    reading = read(ProQuest(), data, "p.txt")
    assert len(reading.articles) == 1
    assert [str(e) for e in reading.report.errors] == [
        "p.txt, article 2: no text (export the full text of the article)"
    ]


def test_proquest_by_mail_names_the_export_to_use() -> None:
    data = b"From: a@b.example\nTo: c@d.example\nSubject: Your ProQuest Research\n\n<html>1 of 5</html>\n"
    assert "as text only (.txt)" in refusal(Mail(), data, "p.eml")


def test_every_article_of_factiva_xml_is_read() -> None:
    data = factiva_xml(STORIES)
    assert reader_of(Source("factiva.xml", data=data)).name == "factiva-xml"
    reading = read(FactivaXml(), data, "factiva.xml")
    check_ids = [a.id for a in reading.articles]
    assert check_ids == [f"HARBG{i:020}" for i in range(24)]
    assert reading.report.errors == [] and reading.report.announced == 24
    for i, (article, story) in enumerate(zip(reading.articles, STORIES, strict=True)):
        assert (article.title, article.text) == (story.title, story.text), i
        assert (article.outlet, article.date) == (story.outlet, story.day), i
        assert (article.author, article.language) == (story.author or None, "en"), i


def test_factiva_xml_that_is_cut_off_or_has_no_articles() -> None:
    data = factiva_xml(STORIES)
    reading = read(FactivaXml(), data[: len(data) // 2], "f.xml")
    assert 10 <= len(reading.articles) <= 13 and "cut off" in str(reading.report.errors[-1])
    assert "no articles" in refusal(FactivaXml(), b'<ppsarticleResultSet count="0"/>', "f.xml")
    entity = (
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><ppsarticleResultSet><accessionNo value="1"/>'
    )
    reading = read(
        FactivaXml(), entity + b"<leadParagraph>A &a; ferry.</leadParagraph></ppsarticleResultSet>", "f.xml"
    )
    assert [a.text for a in reading.articles] in (["A ferry."], [])
