"""`corpus agreement`, `diff` and `check` at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Cli = Callable[..., Result]
SHEET = """### one
split: test
annotators: anna

¶ Chad blamed Sudan for the raid.
> blame | Chad | TCD | Sudan | SDN
+ Oman called for calm.
> appeal | Oman | OMN | - | -
"""


@pytest.fixture
def sheets(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "anna.sheet", tmp_path / "ben.sheet"
    first.write_text(SHEET, encoding="utf-8")
    second.write_text(
        SHEET.replace("anna", "ben").replace("> appeal | Oman | OMN | - | -", "! loaded"), encoding="utf-8"
    )
    return first, second


def test_agreement_as_table_and_as_json(cli: Cli, sheets: tuple[Path, Path]) -> None:
    shown = cli("corpus", "agreement", *sheets)
    assert shown.exit_code == 0
    assert "all: 1 article, 2 sentences" in shown.stdout and "blame" in shown.stdout
    found = json.loads(cli("corpus", "agreement", *sheets, "--format", "json").stdout)["all"]
    assert found["blame"]["f1"] == 1.0 and found["appeal"]["f1"] == 0.0


def test_diff_names_the_annotators(cli: Cli, sheets: tuple[Path, Path]) -> None:
    shown = cli("corpus", "diff", *sheets).stdout.splitlines()
    assert shown == [
        "one:1  Oman called for calm.",
        "  - appeal | Oman | OMN | - | -   (anna)",
        "  + loaded   (ben)",
    ]
    rows = [json.loads(x) for x in cli("corpus", "diff", *sheets, "--format", "jsonl").stdout.splitlines()]
    assert [(r["kind"], r["one"], r["other"]) for r in rows] == [
        ("appeal", "Oman | OMN | - | -", None),
        ("loaded", None, "loaded"),
    ]


def test_different_texts_give_one_error(cli: Cli, sheets: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.sheet"
    other.write_text(SHEET.replace("calm", "peace"), encoding="utf-8")
    result = cli("corpus", "agreement", sheets[0], other)
    assert result.exit_code == 1
    assert "one:1" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.slow
def test_check_lists_likely_errors_of_a_corpus(cli: Cli, tiny_file: Path) -> None:
    result = cli("corpus", "check", tiny_file, "-n", "3", "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    rows = [json.loads(x) for x in result.stdout.splitlines()]
    assert len(rows) == 3
    assert all(set(r) == {"doc_id", "sentence", "kind", "annotated", "probability", "text"} for r in rows)


def test_sentences_are_indexed_from_0_as_in_records(cli: Cli, sheets: tuple[Path, Path]) -> None:
    shown = cli("corpus", "diff", *sheets, "--format", "jsonl")
    [row, _] = [json.loads(x) for x in shown.stdout.splitlines()]
    assert (row["doc_id"], row["sentence"]) == ("one", 1)
    assert row["annotators"] == {"first": ["anna"], "second": ["ben"]}
    assert "2 differences in 1 sentence" in cli("corpus", "diff", *sheets).stderr


def test_stats_compare_with_a_folder_of_plain_articles(
    cli: Cli, sheets: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, corpus = tmp_path / "articles", tmp_path / "mine.jsonl"
    folder.mkdir()
    (folder / "x.txt").write_text("Rain fell.\n\nThe army said that it had left.", encoding="utf-8")
    (folder / "y.txt").write_text("It rained again.", encoding="utf-8")
    assert cli("corpus", "import", sheets[0], "-o", corpus).exit_code == 0
    result = cli("corpus", "stats", corpus, "--against", folder, "--format", "json")
    assert result.exit_code == 0, result.stderr
    [*_, plain] = json.loads(result.stdout)["columns"].values()
    assert (plain["articles"], plain["sentences"], plain["statements"]) == (2, 3, None)


def test_stats_compare_with_a_file_of_plain_articles(
    cli: Cli, sheets: tuple[Path, Path], tmp_path: Path
) -> None:
    plain = tmp_path / "fresh.jsonl"
    plain.write_text(
        json.dumps({"id": "x", "text": "Rain fell. The army said that it had left."}) + "\n", encoding="utf-8"
    )
    corpus = tmp_path / "mine.jsonl"
    assert cli("corpus", "import", sheets[0], "-o", corpus).exit_code == 0
    result = cli("corpus", "stats", corpus, "--against", plain, "--clauses", "--format", "json")
    assert result.exit_code == 0, result.stderr
    columns = json.loads(result.stdout)["columns"]
    assert [columns[k]["sentences"] for k in columns] == [2, 2, 2]
    assert columns[list(columns)[-1]]["statements"] is None and columns["all"]["clauses_mean"] >= 1
