"""`score` with tables, story lists and spreadsheets: --dedupe, --fetch and --append."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "articles"))

from synthetic import table_files as made
from synthetic.stories import Story, stories
from synthetic.web_server import Web

Cli = Callable[..., Result]
# The paragraphs of `stories` are similar enough to be copies of each other.
_TEXTS = (
    "The council of Ashford said that the ferry would sail again. Kenya accused Somalia of shelling a town.",
    "Farmers waited for rain this week, and maize rose in price. Sudan accused Chad of raiding two villages.",
    "A museum of radio masts opens in Dunmere. Israel accused Lebanon of firing rockets at its coast.",
)
STORIES = [
    replace(story, paragraphs=(text, f"{text} So it was reported on Tuesday, and again on the day after."))
    for story, text in zip(stories(3), _TEXTS, strict=True)
]
COPY = Story("Another headline", "Second Paper", "2021-02-01", "", STORIES[0].paragraphs)


def rows(articles: list[Story], first: int = 0) -> list[dict[str, Any]]:
    return [{**row, "Article ID": f"A{first + i}"} for i, row in enumerate(made.plain_rows(articles))]


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def folder(trained_store: Path) -> Path:
    (trained_store / "in").mkdir()
    return trained_store / "in"


def test_wire_copy_in_different_files_is_scored_once(folder: Path, cli: Cli) -> None:
    (folder / "a.csv").write_bytes(made.csv_file(rows(STORIES)))
    (folder / "b.xlsx").write_bytes(made.xlsx_file(rows([COPY], first=10)))
    (folder / "c.parquet").write_bytes(made.parquet_file(rows([COPY], first=20)))
    result = cli("score", folder, "--dedupe", "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    found = {record["id"]: record for record in records(result.stdout)}
    assert list(found) == ["A0", "A1", "A2"]
    carriers = found["A0"]["also_in"]
    assert [(c["id"], c["outlet"], c["date"]) for c in carriers] == [
        ("A10", "Second Paper", "2021-02-01"),
        ("A20", "Second Paper", "2021-02-01"),
    ]
    assert [Path(c["source"]).name for c in carriers] == ["b.xlsx", "c.parquet"]
    assert not found["A1"]["also_in"]
    assert "2 of 5 articles are near-identical copies of an earlier one; not read again" in result.stderr
    assert len(records(cli("score", folder, "--format", "jsonl").stdout)) == 5


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    from stancewire.serving.articles.web.fetcher import shared_fetcher

    monkeypatch.setattr(shared_fetcher(True), "delay", 0.0)
    server = Web()
    for i, story in enumerate(STORIES):
        server.add(f"/{i}", made.page_of(story, i))
    yield server
    server.close()


def test_a_story_list_is_fetched_and_scored(folder: Path, web: Web, cli: Cli) -> None:
    path = folder / "mc-content.csv"
    path.write_bytes(made.csv_file(made.media_cloud(STORIES, web.url)))
    refused = cli("score", path)
    assert refused.exit_code == 1 and not web.requests
    assert "URLs and metadata without text" in refused.stderr and "--fetch" in refused.stderr
    private = cli("score", path, "--fetch")
    assert private.exit_code == 1 and not web.requests and private.stderr.count("--allow-private") == 3
    del web.pages["/1"]
    out = folder / "records.jsonl"
    result = cli("score", path, "--fetch", "--allow-private", "-o", out)
    assert result.exit_code == 1
    [error] = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert "mc-content.csv, row 3: " in error and "the server answers 404" in error
    found = records(out.read_text())
    assert [record["id"] for record in found] == ["0", "2"]
    assert [record["outlet"] for record in found] == [STORIES[0].outlet, STORIES[2].outlet]
    assert [record["date"] for record in found] == [STORIES[0].day, STORIES[2].day]
    statements = [record["statements"][0] for record in found]
    assert [s["actor"]["id"] for s in statements] == ["KEN", "ISR"]


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_articles_of_a_later_export_are_appended(folder: Path, ending: str, cli: Cli) -> None:
    (folder / "monday.csv").write_bytes(made.csv_file(rows(STORIES[:2])))
    (folder / "tuesday.xlsx").write_bytes(made.xlsx_file(rows(STORIES)))
    (folder / "friday.parquet").write_bytes(made.parquet_file(rows(STORIES)))
    (folder / "page.html").write_bytes(made.page_of(COPY))
    out = folder.parent / f"scores.{ending}"
    options = ("-o", out, "--append", "--min-score", "0.01")
    ids = []
    for name in ("monday.csv", "tuesday.xlsx", "friday.parquet", "page.html"):
        result = cli("score", folder / name, *options)
        assert result.exit_code == 0, result.stderr
        if ending == "jsonl":
            found = [record["id"] for record in records(out.read_text())]
        else:
            with out.open(newline="") as file:
                found = list(dict.fromkeys(row["id"] for row in csv.DictReader(file)))
        ids.append(found)
    expected = [["A0", "A1"], ["A0", "A1", "A2"], ["A0", "A1", "A2"], ["A0", "A1", "A2", "page"]]
    assert ids == expected
