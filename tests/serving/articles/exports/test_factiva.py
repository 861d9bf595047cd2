"""Factiva exports: every article is read once."""

from __future__ import annotations

import pytest
from stancewire.serving.articles.documents.rtf import Rtf
from stancewire.serving.articles.exports.factiva_html import FactivaHtml
from synthetic.factiva_files import expected_date, factiva_html, factiva_rtf, number
from synthetic.nexis_files import rtf_text
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


@pytest.mark.parametrize(
    ("count", "date", "language", "end"),
    [
        ("1.204 Wörter", "3 Mai 2021", "Deutsch", "Dokument"),
        ("1 204 mots", "3 mai 2021", "Français", "Document"),
        ("412 palabras", "3 mayo 2021", "Español", "Documento"),
        ("412 字", "2021 年 5 月 3 日", "简体中文", "文件"),
        ("412字", "2021年5月3日", "中文", "文件"),
    ],
)
def test_word_counts_in_other_languages_are_found(count: str, date: str, language: str, end: str) -> None:
    lines = ["Die Fähre", count, date, "Hafenblatt", "HARBG", language, "(c) 2021 Hafenblatt", "Sie fährt.",
             "0a1b2c3d" * 12, f"{end} {number(1)}"]  # fmt: skip
    text = r"\par ".join(map(rtf_text, lines))
    (article,) = read(Rtf(), rf"{{\rtf1\ansi\uc1 {text}\par}}".encode(), "f.rtf").articles
    assert (article.title, article.outlet, article.date) == ("Die Fähre", "Hafenblatt", "2021-05-03")
    assert (article.text, article.id) == ("Sie fährt.", number(1))
    assert article.language in ("de", "fr", "es", "zh")


@pytest.mark.parametrize("variant", ["zhcn", "zhtw"])
def test_chinese_articles_in_html_have_their_language(variant: str) -> None:
    page = factiva_html(STORIES[:2], tagged=False).decode("utf-8", "replace")
    page = page.replace("enArticle", f"{variant}Article").replace("1,204 words", "1204 字")
    page = page.replace("Document HARB", "文件 HARB").replace("1 January 2021", "2021 年 1 月 1 日 17:04")
    articles = read(FactivaHtml(), page.encode(), "f.html").articles
    assert [a.language for a in articles] == ["zh", "zh"]
    assert (articles[0].title, articles[0].date) == (STORIES[0].title, "2021-01-01T17:04:00")


def test_a_page_without_articles_is_refused() -> None:
    data = b"<html><head><title>Factiva</title></head><body>Log in</body></html>"
    assert "no articles in this export" in refusal(FactivaHtml(), data, "f.html")
