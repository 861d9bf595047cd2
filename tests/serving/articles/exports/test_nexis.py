"""Nexis exports: every article is read, and what is missing is named."""

from __future__ import annotations

import time

import pytest
from stancewire.serving.articles.documents.docx import Docx
from stancewire.serving.articles.documents.rtf import Rtf
from synthetic.nexis_files import docx, expected_date, nexis_docx, nexis_rtf, paragraph
from synthetic.reading import Reading, read, refusal
from synthetic.stories import Story, stories

STORIES = stories(24)


def check_exact(reading: Reading, expected: list[Story]) -> None:
    assert reading.report.errors == []
    assert [a.title for a in reading.articles] == [s.title for s in expected]
    for i, (article, story) in enumerate(zip(reading.articles, expected, strict=True)):
        assert article.text == story.text, i
        assert article.outlet == story.outlet, i
        assert article.date == expected_date(i, story), i
        assert article.date_original is None
        assert article.author == (story.author or None), i


@pytest.mark.parametrize("cover", [True, False])
@pytest.mark.parametrize("bookmarks", [True, False])
def test_every_article_of_a_docx_is_read(cover: bool, bookmarks: bool) -> None:
    reading = read(Docx(), nexis_docx(stories(60), cover=cover, bookmarks=bookmarks), "nexis.DOCX")
    check_exact(reading, stories(60))
    assert reading.report.announced == 60
    assert reading.notes == []
    assert all(a.url == "https://advance.example/doc?id=1&x=2" for a in reading.articles)
    assert {a.language for a in reading.articles} <= {"en", None}


@pytest.mark.parametrize("cover", [True, False])
def test_every_article_of_an_rtf_is_read(cover: bool) -> None:
    reading = read(Rtf(), nexis_rtf(stories(60), cover=cover), "nexis.rtf")
    check_exact(reading, stories(60))
    assert reading.report.announced == (60 if cover else None)
    assert reading.notes == []


def test_missing_articles_are_named() -> None:
    reading = read(Docx(), nexis_docx(STORIES, left_out=[0, 7]), "nexis.docx")
    assert len(reading.articles) == 22
    (line,) = reading.notes
    assert line.startswith("nexis.docx: 24 articles announced, 22 found; missing: ")
    assert STORIES[0].title in line and STORIES[7].title in line
    assert STORIES[1].title not in line


def test_an_article_without_text_is_reported_and_the_others_are_read() -> None:
    body = "".join(
        paragraph(x, mark=m)
        for x, m in (("", "Bookmark_1"), ("Ferry reopens", ""), ("Harbour Gazette", ""), ("May 3, 2021", ""),
                     ("Body", ""), ("Classification", ""), ("End of Document", ""), ("", "Bookmark_2"),
                     ("Bridge opens", ""), ("Harbour Gazette", ""), ("sometime in 2021", ""), ("Body", ""),
                     ("The bridge holds.", ""), ("End of Document", ""))
    )  # fmt: skip
    reading = read(Docx(), docx(body), "n.docx")
    assert [str(e) for e in reading.report.errors] == [
        "n.docx, article 1: no text (export the full text of the article)"
    ]
    (article,) = reading.articles
    assert (article.title, article.date, article.date_original) == ("Bridge opens", None, "sometime in 2021")


def test_an_export_without_articles_is_refused() -> None:
    data = docx(paragraph("Job Number: 1") + paragraph("Documents (0)"), properties={"LADeliveryID": "1"})
    assert "no articles in this export" in refusal(Docx(), data, "n.docx")


def test_a_hundred_articles_take_seconds() -> None:
    data = nexis_docx(stories(100))
    began = time.perf_counter()
    reading = read(Docx(), data, "nexis.docx")
    assert len(reading.articles) == 100
    assert time.perf_counter() - began < 5
