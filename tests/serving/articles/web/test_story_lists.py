"""Tables and JSON with URLs and metadata only: reported, and fetched on request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from synthetic import table_files as made
from synthetic.stories import Story, stories

STORIES = stories(20)


@pytest.fixture
def pages(web: Any) -> Any:
    """The server, with a page of each story. The pages name other titles and outlets."""
    for i, story in enumerate(STORIES):
        named = Story(f"Page {i}", "The Page", "2020-02-02", "", story.paragraphs)
        web.add(f"/{i}", made.page_of(named, i))
    return web


def files(web: str) -> dict[str, bytes]:
    """The same list in each form."""
    rows = made.media_cloud(STORIES, web)
    return {
        "mc.csv": made.csv_file(rows),
        "mc.tsv": made.csv_file(rows, "\t"),
        "mc.xlsx": made.xlsx_file(rows),
        "mc.parquet": made.parquet_file(rows),
        "mc.json": made.as_json(rows, indent=1),
        "mc.jsonl": made.as_json_lines(rows),
        "old.csv": made.csv_file(made.media_cloud(STORIES, web, old=True)),
    }


@pytest.mark.parametrize("name", files(""))
def test_a_list_is_fetched_on_request_only(tmp_path: Path, pages: Any, read: Any, name: str) -> None:
    (tmp_path / name).write_bytes(files(pages.url)[name])
    found = read(tmp_path / name, allow_private=True)
    [error] = found.errors
    assert "URLs and metadata without text" in error and "--fetch" in error
    assert not found.articles and not pages.requests
    found = read(tmp_path / name, allow_private=True, fetch=True)
    assert not found.errors and len(pages.requests) == 21  # and robots.txt
    assert [a.text for a in found.articles] == [s.text for s in STORIES]
    assert [a.title for a in found.articles] == [s.title for s in STORIES]
    # The date of the first is that of its page; the others are those of the list.
    assert [a.date for a in found.articles] == ["2020-02-02", *(s.day for s in STORIES[1:])]
    outlets = ["The Page"] * 20 if name == "old.csv" else [s.outlet for s in STORIES]
    assert [a.outlet for a in found.articles] == outlets
    assert [a.url for a in found.articles] == [f"{pages.url}/{i}" for i in range(20)]
    assert any("no text; the pages of column 'url' are downloaded" in note for note in found.notes)


def test_the_first_time_that_gdelt_saw_an_article_is_not_its_date(
    tmp_path: Path, pages: Any, read: Any
) -> None:
    (tmp_path / "gdelt.json").write_bytes(made.as_json(made.gdelt_doc(STORIES, pages.url)))
    found = read(tmp_path / "gdelt.json", allow_private=True, fetch=True)
    assert not found.errors and [a.text for a in found.articles] == [s.text for s in STORIES]
    assert {a.date for a in found.articles} == {"2020-02-02"}
    assert "date 'seendate' (when it was seen)" in found.notes[0]
    pages.pages["/0"] = (200, {"Content-Type": "text/html"}, pages.pages["/0"][2].replace(b"2020-02-02", b""))
    found = read(tmp_path / "gdelt.json", allow_private=True, fetch=True)
    assert found.articles[0].date == "2024-01-01T09:15:00+00:00"


def test_records_of_gdelt_gkg(tmp_path: Path, pages: Any, read: Any) -> None:
    (tmp_path / "20240101091500.gkg.csv").write_bytes(made.gdelt_gkg(STORIES, pages.url))
    found = read(tmp_path, allow_private=True, fetch=True)
    expected = [s for i, s in enumerate(STORIES) if i != 1]
    assert not found.errors and [a.text for a in found.articles] == [s.text for s in expected]
    assert [a.title for a in found.articles] == [s.title for s in expected]
    assert [a.outlet for a in found.articles] == [s.outlet for s in expected]
    assert found.articles[0].id == "20240101091500-0" and found.articles[0].date == "2020-02-02"
    assert dict(found.reports[0].reasons) == {"URL without text": 1}


def test_ngrams_of_gdelt_are_fetched_once_per_page(tmp_path: Path, pages: Any, read: Any) -> None:
    (tmp_path / "a.webngrams.json").write_bytes(made.as_json_lines(made.gdelt_ngrams(STORIES, pages.url)))
    [error] = read(tmp_path, allow_private=True).errors
    assert "URLs and metadata without text" in error
    found = read(tmp_path, allow_private=True, fetch=True)
    assert [a.text for a in found.articles] == [s.text for s in STORIES] and not found.errors
    assert dict(found.reports[0].reasons) == {"the same URL again": 20} and len(pages.requests) == 21


def test_articles_that_news_api_cut_are_completed(tmp_path: Path, pages: Any, read: Any) -> None:
    page = made.news_api(STORIES)
    for i, article in enumerate(page["articles"]):
        article["url"] = f"{pages.url}/{i}"
    del pages.pages["/2"]
    (tmp_path / "newsapi.json").write_bytes(made.as_json(page))
    found = read(tmp_path, allow_private=True, fetch=True)
    texts = [s.text if i != 2 else s.text[:200] for i, s in enumerate(STORIES)]
    assert [a.text for a in found.articles] == texts
    assert [a.outlet for a in found.articles] == [s.outlet for s in STORIES]
    [error] = found.errors
    assert "newsapi.json, article 3: " in error and "answers 404; its own text was read" in error


def test_only_rows_that_lack_text_are_fetched(tmp_path: Path, pages: Any, read: Any) -> None:
    rows = [{**row, "text": STORIES[i].text if i % 2 else ""} for i, row in
            enumerate(made.media_cloud(STORIES, pages.url))]  # fmt: skip
    (tmp_path / "a.csv").write_bytes(made.csv_file(rows))
    found = read(tmp_path, allow_private=True, fetch=True)
    assert [a.text for a in found.articles] == [s.text for s in STORIES]
    assert len(pages.requests) == 11


def test_pages_outside_the_selection_are_not_fetched(tmp_path: Path, pages: Any, read: Any) -> None:
    rows = made.media_cloud(STORIES, pages.url)
    rows[3]["language"] = "es"
    (tmp_path / "mc.csv").write_bytes(made.csv_file(rows))
    options = {"since": "2021-03", "until": "2021-05", "allow_private": True, "fetch": True}
    found = read(tmp_path, **options)
    expected = [i for i, s in enumerate(STORIES) if "2021-03" <= s.day[:7] <= "2021-05" and i != 3]
    assert [a.url for a in found.articles] == [f"{pages.url}/{i}" for i in expected]
    # The first has no date in the list, so that its page has to tell.
    assert set(pages.requests) == {"/robots.txt", "/0", *(f"/{i}" for i in expected)}
    assert found.reports[0].reasons["not in English: es"] == 1


def test_pages_that_cannot_be_fetched_are_one_line_each(tmp_path: Path, pages: Any, read: Any) -> None:
    rows = made.media_cloud(STORIES, pages.url)
    for i, url in enumerate(
        ("http://169.254.169.254/latest", "ftp://h.example/1", "not a URL", f"{pages.url}/none", "")
    ):
        rows[i]["url"] = url
    rows[5]["url"] = f"{pages.url}/private"
    pages.add("/robots.txt", "User-agent: *\nDisallow: /private\n")
    (tmp_path / "mc.csv").write_bytes(made.csv_file(rows))
    (tmp_path / "z.txt").write_text("It rained.")
    found = read(tmp_path, fetch=True)
    assert [a.id for a in found.articles] == ["z"] and set(pages.requests) == set()
    assert len(found.errors) == 19 and found.reports[0].reasons == {"URL without text": 1}
    found = read(tmp_path, fetch=True, allow_private=True)
    assert len(found.articles) == 15 and "/private" not in pages.requests
    assert all("\n" not in e and "mc.csv, row" in e for e in found.errors)
    assert any("robots.txt forbids" in e for e in found.errors)
