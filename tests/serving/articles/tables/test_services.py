"""Layouts of services and programs in tables and JSON, with their odd cases."""

from __future__ import annotations

from typing import Any

import pytest
from stancewire.serving.articles.reader import Reader
from stancewire.serving.articles.tables.delimited import Delimited
from stancewire.serving.articles.tables.json_file import JsonFile
from stancewire.serving.articles.tables.json_lines import JsonLines
from stancewire.serving.articles.tables.parquet import Parquet
from stancewire.serving.articles.web.page_xml import PageXml
from synthetic import table_files as made
from synthetic.reading import Reading, read, refusal
from synthetic.stories import Story, stories

STORIES = stories(24)


def check_exact(reading: Reading, expected: list[Story], *, url: bool = True) -> None:
    assert reading.report.errors == []
    for i, (article, story) in enumerate(zip(reading.articles, expected, strict=True)):
        assert (article.text, article.title) == (story.text, story.title), i
        assert (article.outlet, article.date) == (story.outlet, story.day), i
        assert article.author == (story.author or None), i
        assert article.url == (f"https://example.org/{i}" if url else None), i


@pytest.mark.parametrize(
    ("form", "name", "reader"),
    [
        ("json", "out.jsonl", JsonLines()),
        ("json", "out.json", JsonFile()),
        ("xml", "out.xml", PageXml()),
        ("xmltei", "out.xml", PageXml()),
        ("csv", "out.csv", Delimited()),
        ("csv", "-", Delimited()),
    ],
)
def test_the_output_of_trafilatura(form: str, name: str, reader: Reader) -> None:
    reading = read(reader, made.of_trafilatura(STORIES, form), name)
    if form == "csv":  # it has no author and only the domain of the outlet
        assert {a.outlet for a in reading.articles} == {"example.org"}
        assert [a.text for a in reading.articles] == [s.text for s in STORIES]
        assert [(a.title, a.date) for a in reading.articles] == [(s.title, s.day) for s in STORIES]
        assert reading.articles[3].url == "https://example.org/3" and not reading.report.errors
    else:
        check_exact(reading, STORIES)


@pytest.mark.parametrize(("form", "reader"), [("csv", Delimited()), ("xml", PageXml()), ("json", JsonFile())])
def test_trafilatura_without_metadata(form: str, reader: Reader) -> None:
    reading = read(reader, made.of_trafilatura(STORIES, form, metadata=False), f"out.{form}")
    assert len(reading.articles) == 24 and not reading.report.errors
    for article, story in zip(reading.articles, STORIES, strict=True):
        assert article.text.split("\n\n" if form != "json" else "\n")[-4:] == list(story.paragraphs)
        assert article.outlet is None and article.date is None


def test_elements_of_the_xml_of_trafilatura() -> None:
    data = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<doc title="Ferry &amp; bridge" date="some day" id="7">'
        b'<main><head rend="h1">Ferry &amp; bridge</head><p>It <hi rend="#b">rained</hi><lb/>again.</p>'
        b"<quote><p>Quoted.</p></quote><list><item>One.</item><item>Two.</item></list></main>"
        b"<comments><p>Nice!</p></comments></doc>"
    )
    [article] = read(PageXml(), data, "a.xml").articles
    assert article.text == "It rained again.\n\nQuoted.\n\nOne.\n\nTwo."
    assert (article.title, article.date, article.date_original) == ("Ferry & bridge", None, "some day")
    assert article.id == "7" and article.outlet is None


def test_damaged_xml_costs_one_article() -> None:
    parts = made.of_trafilatura(STORIES, "xml").replace(b"</main>", b"</mian>", 1)
    reading = read(PageXml(), parts, "out.xml")
    assert len(reading.articles) == 23 and "out.xml, article 1: not XML" in str(reading.report.errors[0])
    assert "ends in the middle" in refusal(PageXml(), made.of_trafilatura(STORIES[:1], "xml")[:-99], "a.xml")
    entity = b'<!DOCTYPE doc [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    one = made.of_trafilatura(STORIES[:1], "xml").replace(b"<p>", b"<p>&x;", 1)
    for data in (one, b"<doc><main/></doc>", one.replace(b"<doc", entity + b"<doc", 1)):
        if PageXml().recognise(data, "a.xml"):
            assert "article 1: " in refusal(PageXml(), data, "a.xml")


@pytest.mark.parametrize("version", [1, 2])
def test_all_the_news_of_kaggle(version: int) -> None:
    rows = made.kaggle(STORIES, version)
    rows.insert(9, {name: name for name in rows[0]})
    for reader, data, name in (
        (Delimited(), made.csv_file(rows), "articles1.csv"),
        (Parquet(), made.parquet_file([{k: str(v) for k, v in row.items()} for row in rows]), "a.parquet"),
    ):
        reading = read(reader, data, name)
        assert reading.report.errors == [] and dict(reading.report.reasons) == {"header repeated": 1}
        assert [a.text for a in reading.articles] == [s.text for s in STORIES]
        assert [(a.title, a.date) for a in reading.articles] == [(s.title, s.day) for s in STORIES]
        assert [a.outlet for a in reading.articles] == [s.outlet for s in STORIES]
        assert [a.url for a in reading.articles][:2] == [None, "https://example.org/1"]
        assert reading.articles[0].id == (
            "17283" if version == 1 else f"{name.split('.')[0]}-{2 if name[-1] == 'v' else 1}"
        )


def test_an_event_that_acled_repeats_for_each_actor_is_read_once() -> None:
    rows = [row for event in made.acled_rows(STORIES) for row in (event, {**event, "actor1": "Police (X)"})]
    reading = read(Delimited(), made.csv_file(rows), "acled.csv")
    assert [a.text for a in reading.articles] == [s.text for s in STORIES]
    assert dict(reading.report.reasons) == {"the same event again": 24} and not reading.report.errors


def test_dates_of_acled_in_words() -> None:
    rows = [{**row, "event_date": "03 May 2021"} for row in made.acled_rows(STORIES)]
    assert {a.date for a in read(Delimited(), made.csv_file(rows), "acled.csv").articles} == {"2021-05-03"}


def test_odd_articles_of_news_api() -> None:
    page = made.news_api(STORIES)
    for i, article in enumerate(page["articles"]):
        article["title"] += f" - {STORIES[i].outlet}"
        article["author"] = ""
        article["content"] = article["content"].replace("… ", "\r\n… ")
    del page["articles"][3]["content"]  # as in 2018
    capitals = {k.title() if k == "articles" else k: v for k, v in page.items()}
    capitals["Articles"] = [{k.capitalize(): v for k, v in a.items()} for a in page["articles"]]
    for data in (page, capitals):
        reading = read(JsonFile(), made.as_json(data), "newsapi.json")
        assert [a.title for a in reading.articles] == [s.title for s in STORIES]
        assert {a.author for a in reading.articles} == {None}
        assert reading.articles[4].text == STORIES[4].text[:200] and reading.articles[3].text == "A lead"
        assert any("23 articles cut by NewsAPI" in note for note in reading.notes)
        assert any("perhaps only a summary" in note for note in reading.notes)


def test_odd_reports_of_relief_web() -> None:
    page = made.relief_web(STORIES)
    data: list[Any] = page["data"]
    data[0]["fields"]["body"] = "*Other*"  # the full profile has both
    data[1]["fields"]["body"] = "## Roads\n\n**Roads** are [open](https://example.org/x).\n\n* One"
    data[2]["fields"] = {"title": "Only a file", "file": [{"url": "https://example.org/a.pdf"}]}
    data[3] = {
        "id": "3",
        "href": "https://api.reliefweb.int/v2/reports/3",
        "fields": {"title": "Only a title"},
    }
    data[4]["fields"]["headline"] = {"title": "Other"}
    data[5]["fields"]["source"] += [{"name": "Second Source"}]
    data[6]["fields"]["date"] = {"created": "2021-05-03T00:00:00+00:00"}
    page |= {"count": 30, "totalCount": 812}
    reading = read(JsonFile(), made.as_json(page), "relief.json")
    articles = {a.id: a for a in reading.articles}
    assert articles["0"].text == STORIES[0].text
    assert articles["1"].text == "Roads\n\nRoads are open.\n\nOne"
    assert "2" not in articles and "3" not in articles and len(articles) == 22
    assert articles["4"].title == STORIES[4].title and articles["6"].date == "2021-05-03T00:00:00+00:00"
    assert articles["5"].outlet == f"{STORIES[5].outlet}, Second Source"
    assert reading.report.announced == 30
    assert "relief.json: without text: “Only a file”; “Only a title”" in reading.notes
    assert "relief.json: has 24 of the 812 articles of the query" in reading.notes


def pages(form: str) -> tuple[Reader, bytes]:
    """Three pages of Event Registry, 10 articles each, the last 4."""
    parts = []
    for n in range(3):
        part = made.event_registry(STORIES[10 * n : 10 * n + 10])
        part["articles"] |= {"totalResults": 24, "page": n + 1, "pages": 3, "count": 10}
        parts.append(part)
    if form == "json":
        return JsonFile(), b"\n".join(made.as_json(part, indent=1) for part in parts)
    return JsonLines(), made.as_json_lines(parts)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_pages_of_a_query_are_counted_together(form: str) -> None:
    reader, data = pages(form)
    reading = read(reader, data, f"er.{form}")
    assert [a.text for a in reading.articles] == [s.text for s in STORIES]
    assert reading.report.announced == 24
    assert not [note for note in reading.notes if "of the query" in note]


def test_a_page_that_lacks_articles() -> None:
    page = made.event_registry(STORIES)
    del page["articles"]["results"][4:6], page["articles"]["results"][7]["body"]
    reading = read(JsonFile(), made.as_json(page), "er.json")
    assert reading.report.announced == 24 and len(reading.articles) == 21
    assert f"er.json: without text: “{STORIES[9].title}”" in reading.notes


def test_odd_articles_of_event_registry() -> None:
    page = made.event_registry(STORIES)
    results = page["articles"]["results"]
    results[0]["title"] = {"eng": STORIES[0].title, "deu": "Titel"}
    for n, names in ((1, []), (2, [{"name": "A B"}, {"name": "C D"}])):
        results[n]["authors"] = names
    results[3]["isDuplicate"] = True
    for data in (page, results):
        reading = read(JsonFile(), made.as_json(data), "er.json")
        assert [a.title for a in reading.articles] == [s.title for s in STORIES]
        assert [a.author for a in reading.articles][1:3] == [None, "A B, C D"]
        assert [a.date for a in reading.articles] == [f"{s.day}T09:05:00+00:00" for s in STORIES]
        assert [a.id for a in reading.articles] == [f"9-{i}" for i in range(24)]


def test_odd_messages_of_telegram() -> None:
    export = made.telegram(STORIES)
    messages = export["messages"]
    # When clocks go back, later messages have earlier local times; with a zone they do not.
    messages[1]["date"], messages[2]["date"] = "2021-10-31T02:59:00", "2021-10-31T02:01:00"
    messages[3] |= {"date": "2021-10-31T02:59:00", "date_unixtime": "1635641940"}
    messages[4] |= {"date": "2021-10-31T02:01:00", "date_unixtime": "1635642060"}
    messages[5] |= {"from": None, "author": None, "edited": "2022-01-01T00:00:00"}
    messages[6] |= {"from": "Another", "forwarded_from": "Elsewhere", "author": None}
    messages[7]["text"] = [
        "It rained. ",
        {"type": "text_link", "text": "Read on", "href": "https://example.org"},
    ]
    reading = read(JsonFile(), made.as_json(export), "result.json")
    articles = {a.id: a for a in reading.articles}
    assert [a.id for a in reading.articles] == [f"7-{i}" for i in range(1, 25)]
    assert [articles[f"7-{i}"].date for i in range(1, 5)] == [
        *("2021-10-31T02:59:00", "2021-10-31T02:01:00"),
        *("2021-10-31T00:59:00+00:00", "2021-10-31T01:01:00+00:00"),
    ]
    assert articles["7-5"].author is None and articles["7-5"].date == f"{STORIES[4].day}T11:05:00"
    assert articles["7-6"].author == "Another" and articles["7-6"].outlet == "Harbour"
    assert articles["7-7"].text == "It rained. Read on"


def test_chats_of_one_export_have_distinct_ids() -> None:
    chats = [made.telegram(STORIES[:12]), {**made.telegram(STORIES[12:]), "id": 8, "name": "Market"}]
    reading = read(JsonFile(), made.as_json({"chats": {"list": chats}}), "result.json")
    assert [a.text for a in reading.articles] == [s.text for s in STORIES]
    assert len({a.id for a in reading.articles}) == 24
    assert {a.outlet for a in reading.articles} == {"Harbour", "Market"}


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_odd_articles_of_news_please(form: str) -> None:
    rows = made.news_please(STORIES)
    rows[0] |= {"date_publish": "None", "title": None, "title_page": STORIES[0].title}
    rows[1]["maintext"] = None
    rows[2] |= {"source_domain": None, "authors": ["A B", "C D"]}
    data = made.as_json(rows) if form == "json" else made.as_json_lines(rows)
    reading = read(JsonFile() if form == "json" else JsonLines(), data, f"news.{form}")
    assert len(reading.articles) == 23 and dict(reading.report.reasons) == {"no text": 1}
    assert reading.articles[0].date is None and reading.articles[0].date_original is None
    assert reading.articles[1].outlet is None and reading.articles[1].author == "A B, C D"


def test_gdeltnews_with_odd_sources() -> None:
    lines = ["Text|Date|URL|Source", "It rained.|2021-05-03|https://example.org/1|Multiple URL matched"]
    lines += ["It rained again.|2021-05-03|https://example.org/2|"]
    reading = read(Delimited(), "\n".join(lines).encode(), "20210503.csv")
    assert [(a.outlet, a.url) for a in reading.articles] == [
        (None, f"https://example.org/{i}") for i in (1, 2)
    ]
    empty = read(Delimited(), (lines[0] + "\n").encode(), "20210503.csv")
    assert not empty.articles and empty.notes[-1] == "20210503.csv: a header without rows"
