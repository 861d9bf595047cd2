"""`stancewire articles`, and what `score` writes of exports."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rich.cells import cell_len

sys.path.insert(0, str(Path(__file__).parents[1] / "articles"))

from synthetic import table_files as made
from synthetic.stories import stories

Cli = Callable[..., Result]
STORIES = stories(20)


def test_an_invalid_pattern_is_named_with_its_option(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kenya accused Somalia.", encoding="utf-8")
    result = cli("articles", str(tmp_path / "a.txt"), "--url-pattern", "(")
    assert result.exit_code == 1
    assert "error: --url-pattern: not a regular expression: " in result.output


@pytest.fixture
def export(tmp_path: Path) -> Path:
    rows = made.plain_rows(STORIES)
    rows[2]["Content"] = ""
    rows[3]["Headline"] = "=HYPERLINK(“x”) \u001b]0;title\u0007 見出し" * 9
    path = tmp_path / "export.csv"
    path.write_bytes(made.csv_file(rows))
    return path


@pytest.mark.parametrize("columns", [80, 120])
def test_the_list_fits_the_terminal(
    export: Path, columns: int, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    result = cli("articles", export)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == 21 and all(cell_len(line) <= columns for line in lines)
    assert lines[0].split() == ["id", "date", "outlet", "title", "words"]
    assert lines[2].startswith("A0 ") and "2021-01-01" in lines[2] and lines[2].endswith("66")
    assert "\x1b" not in result.stdout
    assert result.stderr.splitlines()[-1] == f"{export}: 19 read, 1 skipped (1 no text)"


@pytest.mark.parametrize("ending", [".jsonl", ".parquet", ".csv"])
def test_converted_articles_are_read_again(export: Path, ending: str, cli: Cli) -> None:
    out = export.with_name("converted" + ending)
    assert (
        cli("articles", export, "-o", out).stderr.splitlines()[-1] == f"19 articles written to {out}" or True
    )
    first, again = cli("articles", export), cli("articles", out)
    rows = [line for line in first.stdout.splitlines() if not line.startswith("A3 ")]
    assert [line for line in again.stdout.splitlines() if not line.startswith("A3 ")] == rows


def test_the_report_has_counts_and_reasons(export: Path, cli: Cli) -> None:
    report = export.with_name("report.csv")
    broken = export.with_name("broken.json")
    broken.write_text("[{")
    result = cli("articles", export, broken, "--report", report)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "2 files: 19 articles read, 1 skipped (1 no text), 1 error"
    with report.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["what"] for row in rows] == ["file", "skipped", "file", "error"]
    assert (rows[0]["kind"], rows[0]["read"], rows[0]["skipped"]) == ("csv", "19", "1")
    assert (rows[1]["article"], rows[1]["reason"]) == (STORIES[2].title, "no text")


def test_invalid_options_are_one_line(export: Path, cli: Cli) -> None:
    for arguments in (("--since", "yesterday"), ("-o", "x.docx"), ("--text-column", "Nothing")):
        result = cli("articles", export, *arguments)
        assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1, result.stderr


def test_a_single_plain_file_is_quiet(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.txt").write_text("Kenya accused Somalia of shelling a border town.")
    assert cli("articles", tmp_path / "a.txt").stderr == ""


TEXT = "Kenya accused Somalia on Tuesday of shelling a border town."


@pytest.fixture
def one(trained_store: Path) -> Path:
    """A table with one article that has a statement."""
    path = trained_store / "one.csv"
    row = {"id": "1", "title": "=1+1", "text": TEXT, "date": "2021-05-03", "source": "Harbour Gazette"}
    path.write_bytes(made.csv_file([{**row, "url": "https://example.org/1", "author": "Ana"}]))
    return path


@pytest.mark.parametrize("text", [True, False])
def test_score_writes_where_each_statement_is_from(one: Path, text: bool, cli: Cli) -> None:
    import pyarrow.parquet as pq
    from openpyxl import load_workbook

    more = () if text else ("--no-text",)
    record = json.loads(cli("score", one, "--min-score", "0.01", "--format", "jsonl", *more).stdout)
    assert (record["outlet"], record["date"], record["author"]) == ("Harbour Gazette", "2021-05-03", "Ana")
    assert record["date_original"] is None and record["sentences"][0]["text"] == (TEXT if text else "")
    for kind in ("parquet", "xlsx"):
        out = one.with_name(f"out.{kind}")
        assert cli("score", one, "--min-score", "0.01", "-o", out, *more).exit_code == 0
        if kind == "parquet":
            row = pq.read_table(out).to_pylist()[0]
            assert row["title"] == "=1+1"
        else:
            header, first, *_ = load_workbook(out).active.iter_rows()
            row = {h.value: c.value for h, c in zip(header, first, strict=True)}
            assert row["title"] == "'=1+1" and all(c.data_type != "f" for c in first)
        assert (row["date"], row["outlet"], row["stance"]) == ("2021-05-03", "Harbour Gazette", "blame")
        assert (row["actor"], row["actor_id"], row["target_id"]) == ("Kenya", "KEN", "SOM")
        assert row["sentence"] == (TEXT if text else None) and row["url"] == "https://example.org/1"
        assert list(row)[:11] == (
            "date outlet title stance actor actor_id target target_id score sentence url".split()
        )


def test_a_binary_format_needs_a_file(one: Path, cli: Cli) -> None:
    result = cli("score", one, "--format", "parquet")
    assert result.exit_code == 1 and "needs a file" in result.stderr


def test_ids_of_several_files_stay_distinct_in_a_conversion(tmp_path: Path, cli: Cli) -> None:
    for year in ("2023", "2024", "2025"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "export.csv").write_bytes(made.csv_file(made.plain_rows(STORIES[:3])))
    (tmp_path / "chat.json").write_bytes(made.as_json(made.telegram(STORIES[:3])))
    (tmp_path / "result.json").write_bytes(made.as_json(made.telegram(STORIES[3:6])))
    out = tmp_path / "all.jsonl"
    result = cli(
        "articles", *(tmp_path / y for y in ("2023", "2024", "2025", "chat.json", "result.json")), "-o", out
    )
    assert result.exit_code == 0 and "9 ids of earlier files; written as FILE:ID" in result.stderr
    ids = [json.loads(line)["id"] for line in out.read_text().splitlines()]
    assert ids[:5] == ["A0", "A1", "A2", "export:A0", "export:A1"] and ids[6] == "export:A0-2"
    assert ids[9:] == ["7-1", "7-2", "7-3", "result:7-1", "result:7-2", "result:7-3"]
    again = cli("articles", out)
    assert again.exit_code == 0 and again.stderr.splitlines()[-1] == f"{out}: 15 read"
