"""Factiva exports: every article is read once."""

from __future__ import annotations

import pytest
from stancewire.serving.articles.documents.rtf import Rtf
from stancewire.serving.articles.exports.factiva_html import FactivaHtml
from synthetic.factiva_files import expected_date, factiva_html, factiva_rtf, number
from synthetic.reading import Reading, read, refusal
from synthetic.stories import stories

STORIES = stories(24)


def check_exact(reading: Reading) -> None:
    assert reading.report.errors == []
    assert [a.title for a in reading.articles] == [s.title for s in STORIES]
    for i, (article, story) in enumerate(zip(reading.articles, STORIES, strict=True)):
        assert article.id == number(i)
        assert article.text == story.text, i
        assert article.outlet == story.outlet, i
        assert article.date == expected_date(i, story), i
        assert article.author == (story.author or None), i
        assert article.language == "en"


@pytest.mark.parametrize("tagged", [True, False])
def test_every_article_of_an_html_export_is_read(tagged: bool) -> None:
    check_exact(read(FactivaHtml(), factiva_html(STORIES, tagged=tagged), "factiva.html"))


@pytest.mark.parametrize("tagged", [True, False])
def test_every_article_of_an_rtf_export_is_read(tagged: bool) -> None:
    reading = read(Rtf(), factiva_rtf(STORIES, tagged=tagged), "factiva.rtf")
    check_exact(reading)


def test_shortened_document_numbers_do_not_collide() -> None:
    data = factiva_html(STORIES[:2], tagged=False).replace(number(1).encode(), number(0).encode())
    assert [a.id for a in read(FactivaHtml(), data, "f.html").articles] == [number(0), f"{number(0)}-2"]


def test_an_export_that_is_cut_off_is_read_up_to_there() -> None:
    data = factiva_html(STORIES, tagged=True)
    reading = read(FactivaHtml(), data[: len(data) // 2], "f.html")
    assert 10 <= len(reading.articles) <= 12
    assert "cut off" in str(reading.report.errors[-1])
    rtf = factiva_rtf(STORIES, tagged=False)
    reading = read(Rtf(), rtf[: len(rtf) // 2], "f.rtf")
    assert len(reading.articles) >= 8
    assert "cut off" in str(reading.report.errors[-1])


def test_a_page_without_articles_is_refused() -> None:
    data = b"<html><head><title>Factiva</title></head><body>Log in</body></html>"
    assert "no articles in this export" in refusal(FactivaHtml(), data, "f.html")
