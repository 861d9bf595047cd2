"""What `stancewire score` writes: the contract as JSONL, CSV, a table; whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.training.labeller import Labeller

Cli = Callable[..., Result]
TEXT = (
    "Armenia and Azerbaijan trade fire\n\n"
    "Armenian Prime Minister Nikol Pashinyan accused Azerbaijan of shelling the town of Goris. "
    "“You must stop the shelling,” he told reporters in Yerevan.\n\n"
    "“Azerbaijan attacked our villages.” Russia’s foreign ministry said a ceasefire had been agreed with Azerbaijan – it urged both sides to observe it.\n\n"
    "The heroic defenders held the barbaric enemy’s 😀 hordes back.\n"
)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "goris.txt"
    path.write_text(TEXT, encoding="utf-8", newline="\n")
    return path


@pytest.fixture
def score(cli: Cli, tiny_model: Path, article: Path) -> Callable[..., Result]:
    def run(*arguments: str | Path) -> Result:
        result = cli("score", article, "--model", tiny_model, *arguments)
        assert result.exit_code == 0, result.stderr
        return result

    return run


@pytest.fixture
def record(score: Callable[..., Result]) -> dict[str, Any]:
    [line] = score("--format", "jsonl").stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_the_record_has_the_fields_of_the_contract_and_no_others(record: dict[str, Any], article: Path) -> None:
    assert set(record) == {"id", "source", "title", "model", "sentences", "statements"}
    assert (record["id"], record["source"], record["title"], record["model"]) == ("goris", str(article), "Armenia and Azerbaijan trade fire", "tiny")
    assert all(set(s) == {"start", "end", "text", "labels"} for s in record["sentences"])
    assert all(set(label) == {"name", "score"} for s in record["sentences"] for label in s["labels"])
    for s in record["statements"]:
        assert set(s) == {"sentence", "stance", "score", "actor", "target"}
        for party in (s["actor"], *([s["target"]] if s["target"] else [])):
            assert set(party) == {"text", "start", "end", "id"}


def test_offsets_are_characters_of_the_article_as_read(record: dict[str, Any]) -> None:
    assert len(record["sentences"]) == 6 and record["statements"]
    for sentence in record["sentences"]:
        assert TEXT[sentence["start"] : sentence["end"]] == sentence["text"]
    assert [s["start"] for s in record["sentences"]] == sorted(s["start"] for s in record["sentences"])
    for s in record["statements"]:
        sentence = record["sentences"][s["sentence"]]
        for party in (s["actor"], s["target"]):
            if party and party["text"] is not None:
                assert TEXT[party["start"] : party["end"]] == party["text"]
                assert sentence["start"] <= party["start"] < party["end"] <= sentence["end"]
            elif party:
                assert party["start"] is None and party["end"] is None


def test_statements_and_labels_reach_their_thresholds(record: dict[str, Any], tiny_labeller: Labeller) -> None:
    thresholds = tiny_labeller.decisions.thresholds
    assert all(thresholds[f"{s['stance']}:actor"] <= s["score"] + 1e-4 <= 1 + 1e-4 for s in record["statements"])
    assert all(thresholds[label["name"]] <= label["score"] + 1e-4 for s in record["sentences"] for label in s["labels"])


def test_min_score_replaces_the_thresholds(score: Callable[..., Result]) -> None:
    def scores(least: str) -> list[float]:
        return [s["score"] for s in json.loads(score("--format", "jsonl", "--min-score", least).stdout)["statements"]]

    low, high = scores("0.02"), scores("0.6")
    assert len(low) > len(high) and min(low) < 0.2 and all(x >= 0.6 for x in high)


def test_csv_has_a_row_a_statement_and_a_labelled_sentence(score: Callable[..., Result], record: dict[str, Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(score("--format", "csv").stdout)))
    stated = [r for r in rows if r["stance"]]
    assert len(stated) == len(record["statements"])
    for row, s in zip(stated, sorted(record["statements"], key=lambda s: s["sentence"]), strict=True):
        assert (row["id"], row["stance"], int(row["sentence"]), float(row["score"])) == ("goris", s["stance"], s["sentence"], s["score"])
        assert (row["actor"], row["actor_id"]) == (s["actor"]["text"] or "", s["actor"]["id"] or "")
        assert row["actor_start"] == ("" if s["actor"]["start"] is None else str(s["actor"]["start"]))
        assert (row["target"], row["target_id"]) == (((s["target"]["text"] or ""), s["target"]["id"] or "") if s["target"] else ("", ""))
        assert row["text"] == record["sentences"][s["sentence"]]["text"]
    alone = {n for n, s in enumerate(record["sentences"]) if s["labels"]} - {s["sentence"] for s in record["statements"]}
    assert {int(r["sentence"]) for r in rows if not r["stance"]} == alone


def test_the_table_shows_each_statement(score: Callable[..., Result], record: dict[str, Any]) -> None:
    shown = score().stdout
    flat = " ".join(shown.replace("│", " ").split())
    assert "Armenia and Azerbaijan trade fire" in shown and "goris" in shown
    assert f"{len(record['sentences'])} sentences, {len(record['statements'])} statements" in shown
    for s in record["statements"]:
        assert s["stance"].replace("_", " ") in shown and f"{s['score']:.2f}" in shown
        assert s["actor"]["id"] in shown and (s["actor"]["text"] or "(unnamed speaker)").split()[0] in flat


def test_an_article_without_statements_says_so(cli: Cli, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "calm.txt").write_text("It rained on Monday.", encoding="utf-8")
    shown = cli("score", tmp_path / "calm.txt", "--model", tiny_model).stdout
    assert "calm: no statements" in shown
    assert cli("score", tmp_path / "calm.txt", "--model", tiny_model, "--format", "csv").stdout.count("\n") == 1


@pytest.mark.parametrize(("name", "kind"), [("out.jsonl", "jsonl"), ("out.csv", "csv"), ("out.txt", "table")])
def test_the_ending_of_out_tells_the_format_and_nothing_goes_to_stdout(score: Callable[..., Result], tmp_path: Path, name: str, kind: str) -> None:
    result = score("-o", tmp_path / name)
    assert result.stdout == ""
    written = (tmp_path / name).read_text(encoding="utf-8")
    assert written == score("--format", kind).stdout


def test_the_format_asked_for_outdoes_the_ending(score: Callable[..., Result], tmp_path: Path) -> None:
    score("-o", tmp_path / "out.csv", "--format", "jsonl")
    assert json.loads((tmp_path / "out.csv").read_text(encoding="utf-8"))["id"] == "goris"


def test_out_appears_whole_or_not_at_all(cli: Cli, tiny_model: Path, article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the middle of writing leaves what was there, and no part of a file beside it."""
    (tmp_path / "out.jsonl").write_text("kept\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(TEXT, encoding="utf-8")
    before = sorted(p.name for p in tmp_path.iterdir())
    real, calls = Labeller.label, []

    def fails_on_the_second(self: Labeller, *args: Any, **kwargs: Any) -> dict[str, Any]:
        calls.append(1)
        if len(calls) == 2:
            assert len(list(tmp_path.glob(".out.jsonl.*"))) == 1  # it is under way
            raise KeyboardInterrupt
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Labeller, "label", fails_on_the_second)
    assert cli("score", article, tmp_path / "b.txt", "--model", tiny_model, "-o", tmp_path / "out.jsonl").exit_code != 0
    assert len(calls) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "kept\n"


def test_scoring_twice_gives_the_same_bytes(score: Callable[..., Result]) -> None:
    assert score("--format", "jsonl").stdout == score("--format", "jsonl").stdout


def test_markup_in_an_article_is_shown_as_it_stands(cli: Cli, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text("[bold]News[/bold]\n\nArmenia accused [red]Azerbaijan[/red] of shelling [/] the town.", encoding="utf-8")
    result = cli("score", tmp_path / "odd.txt", "--model", tiny_model)
    assert result.exit_code == 0 and "[bold]News[/bold]" in result.stdout


def test_windows_line_ends_keep_offsets_right(cli: Cli, tiny_model: Path, tmp_path: Path) -> None:
    raw = TEXT.replace("\n", "\r\n")
    (tmp_path / "dos.txt").write_bytes(raw.encode())
    found = json.loads(cli("score", tmp_path / "dos.txt", "--model", tiny_model, "--format", "jsonl").stdout)
    assert len(found["sentences"]) == 6
    for sentence in found["sentences"]:
        assert raw[sentence["start"] : sentence["end"]] == sentence["text"]
