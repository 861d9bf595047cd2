"""JSON and JSON Lines in the layouts of services and programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.tables.json_file import JsonFile
from stancewire.serving.articles.tables.json_lines import JsonLines
from synthetic import table_files as made
from synthetic.reading import Reading, read, refusal
from synthetic.stories import stories

STORIES = stories(24)


def check_exact(reading: Reading, *, time: str = "", url: bool = True, outlet: str | None = None) -> None:
    assert reading.report.errors == []
    assert [a.text for a in reading.articles] == [s.text for s in STORIES]
    for i, (article, story) in enumerate(zip(reading.articles, STORIES, strict=True)):
        assert article.outlet == (outlet or story.outlet), i
        assert article.date == story.day + time, i
        assert article.url == (f"https://example.org/{i}" if url else None), i


def check_titles(reading: Reading) -> None:
    assert [a.title for a in reading.articles] == [s.title for s in STORIES]


@pytest.mark.parametrize("indent", [None, 2])
def test_news_please(indent: int | None) -> None:
    rows = made.news_please(STORIES)
    for reading in (
        read(JsonFile(), made.as_json(rows, indent=indent), "news.json"),
        read(JsonLines(), made.as_json_lines(rows), "news.jsonl"),
    ):
        check_exact(reading, time="T09:05:00")
        check_titles(reading)
        assert reading.articles[0].author == "Ana Test" and reading.articles[4].author is None
        assert "text from column 'maintext'" in reading.notes[0]


def test_one_object_is_one_article() -> None:
    [article] = read(JsonFile(), made.as_json(made.news_please(STORIES)[0], indent=1), "a.json").articles
    assert article.text == STORIES[0].text and article.author == "Ana Test"
    [article] = read(
        JsonFile(), made.as_json(made.event_registry(STORIES)["articles"]["results"][0]), "a"
    ).articles
    assert article.text == STORIES[0].text and article.author == "Ana Test"


def test_trafilatura() -> None:
    rows = made.trafilatura(STORIES)
    for reading in (
        read(JsonFile(), made.as_json(rows), "a.json"),
        read(JsonLines(), made.as_json_lines(rows), "a.jsonl"),
    ):
        check_exact(reading)
        check_titles(reading)


def test_event_registry() -> None:
    page = made.event_registry(STORIES)
    reading = read(JsonFile(), made.as_json(page), "er.json")
    check_exact(reading, time="T09:05:00+00:00")
    check_titles(reading)
    assert reading.articles[1].id == "9-1" and reading.articles[1].language == "en"
    assert reading.report.announced == 24
    half = [made.event_registry(STORIES[:12]), made.event_registry(STORIES[12:])]
    for name, data in (
        ("a.json", made.as_json(half[0], indent=1) + b"\n" + made.as_json(half[1], indent=1)),
    ):
        assert [a.text for a in read(JsonFile(), data, name).articles] == [s.text for s in STORIES]
    lines = read(JsonLines(), made.as_json_lines(half), "a.jsonl")
    assert [a.text for a in lines.articles] == [s.text for s in STORIES]


def test_an_object_without_body_is_counted() -> None:
    page = made.event_registry(STORIES)
    del page["articles"]["results"][4]["body"]
    reading = read(JsonFile(), made.as_json(page), "er.json")
    assert len(reading.articles) == 23 and dict(reading.report.reasons) == {"URL without text": 1}


def test_news_api_is_cut_and_says_so() -> None:
    page = made.news_api(STORIES)
    page["articles"][2]["content"] = "[Removed]"
    reading = read(JsonFile(), made.as_json(page), "newsapi.json")
    assert len(reading.articles) == 23 and dict(reading.report.reasons) == {"removed by its source": 1}
    assert reading.articles[0].text == STORIES[0].text[:200]
    assert reading.articles[0].date == f"{STORIES[0].day}T09:05:00+00:00"
    assert reading.articles[0].outlet == STORIES[0].outlet
    cut = "newsapi.json: 23 articles cut by NewsAPI after 200 characters; --fetch downloads the pages"
    assert cut in reading.notes
    assert "newsapi.json: has 24 of the 4,000 articles of the query" in reading.notes


def test_an_error_message_is_not_an_article() -> None:
    data = b'{"status": "error", "code": "apiKeyInvalid", "message": "Your key is invalid."}'
    assert "an error message instead of articles" in refusal(JsonFile(), data, "newsapi.json")


def test_relief_web() -> None:
    page = made.relief_web(STORIES)
    reading = read(JsonFile(), made.as_json(page), "relief.json")
    check_exact(reading, time="T00:00:00+00:00")
    check_titles(reading)
    assert reading.report.announced == 24


def test_telegram() -> None:
    export = made.telegram(STORIES)
    for data in (export, {"about": "x", "chats": {"about": "y", "list": [export]}}):
        reading = read(JsonFile(), made.as_json(data, indent=1), "result.json")
        check_exact(reading, time="T11:05:00", url=False, outlet="Harbour")
        assert reading.articles[0].id == "7-1"
        assert dict(reading.report.reasons) == {"service message": 1, "no text": 1}
    export["messages"][1]["date_unixtime"] = "1620032700"
    [first, *_] = read(JsonFile(), made.as_json(export), "result.json").articles
    assert first.date == "2021-05-03T09:05:00+00:00"


def test_json_lines_with_other_names() -> None:
    rows = [{"headline": s.title, "content": s.text, "published": s.day, "outlet": s.outlet} for s in STORIES]
    reading = read(JsonLines(), made.as_json_lines(rows), "a.jsonl")
    check_exact(reading, url=False)
    check_titles(reading)
    rows = [{"text": s.text, "headline": s.title, "date": s.day, "source": s.outlet} for s in STORIES]
    reading = read(JsonLines(), made.as_json_lines(rows), "a.jsonl")
    check_exact(reading, url=False)
    check_titles(reading)


def test_a_list_of_urls_is_reported() -> None:
    page = {"articles": [{"url": f"https://example.org/{i}", "title": "x", "domain": "y"} for i in range(20)]}
    assert "--fetch" in refusal(JsonFile(), made.as_json(page), "gdelt.json")


@pytest.mark.parametrize("n", [1, 100, 65_530, 65_540, 200_000])
def test_objects_across_the_borders_of_reading(n: int) -> None:
    rows: list[Any] = [
        {"text": "Kenya accused “Somalia” again. " + "a" * n, "number": 12345} for _ in range(5)
    ]
    reading = read(JsonFile(), made.as_json(rows), "a.json")
    assert [a.text for a in reading.articles] == [row["text"] for row in rows]


@pytest.mark.parametrize(
    ("data", "message", "n"),
    [
        (b"", "empty", 0),
        (made.as_json(made.news_please(STORIES))[:-1000], "ends in the middle", 22),
        (b'[{"text": "It rained."}, {"text": oops}]', "not JSON", 1),
        (b'[{"text": "It rained."}, 7, "x"]', "no 'text' field", 1),
        (b'{"a": 1}', "no 'text' field", 0),
        (b'[{"text": "' + b"a" * 21_000_000 + b'"}]', "too large", 0),
        (
            b'[{"text": "It rained."}, {"text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}]",
            "nested too deeply",
            1,
        ),
        (b"%PDF-1.7 cut", "PDF", 0),
        (b"[]", "no articles", 0),
        (b'{"data": ' * 2000 + b"1" + b"}" * 2000, "nested too deeply", 0),
    ],
)
def test_invalid_json_is_reported_and_the_rest_is_read(
    tmp_path: Path, data: bytes, message: str, n: int
) -> None:
    (tmp_path / "a.json").write_bytes(data)
    (tmp_path / "good.txt").write_text("It rained.")
    errors: list[InputError] = []
    inputs = [str(tmp_path / "a.json"), str(tmp_path / "good.txt")]
    found = list(read_articles(inputs, report_error=errors.append, note=str))
    assert len(found) == n + 1
    assert message in str(errors[0]) and all("\n" not in str(e) and len(str(e)) < 600 for e in errors)
