"""Tables for people: scored articles, metrics and runs, at different widths."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from stancewire.data.errors import InputError, plural
from stancewire.data.record import Record
from stancewire.experiments.review.run_details import MetricGroup, RunDetails
from stancewire.experiments.review.runs import RunRow
from stancewire.serving.output.console import number
from stancewire.serving.output.tables.metric_tables import metric_cells
from stancewire.serving.output.tables.run_tables import print_run, print_runs
from stancewire.serving.output.tables.score_table import TableWriter

TEXT = "Kenya blamed Somalia and urged the UN to act."
RECORD = Record.from_dict(
    {
        "id": "a",
        "model": "stancewire/1",
        "sentences": [
            {"start": 0, "end": 11, "text": "It rained.\n", "labels": []},
            {"start": 11, "end": 56, "text": TEXT, "labels": [{"name": "loaded", "score": 0.5}]},
        ],
        "statements": [
            {
                "sentence": 1,
                "stance": "blame",
                "score": 0.9,
                "actor": {"text": "Kenya", "start": 11, "end": 16, "id": "KEN"},
                "target": {"text": "Somalia", "start": 24, "end": 31, "id": "SOM"},
            },
            {"sentence": 1, "stance": "appeal", "score": 0.8, "actor": {"text": None, "id": None}},
        ],
    }
)


def _row(**more: object) -> RunRow:
    fixed = {
        "run": "0123456789abcdef",
        "when": "2026-01-02 03:04:05",
        "kind": "training",
        "config": "linear",
        "corpus": "shipped",
        "micro_f1": 0.8,
        "macro_f1": 0.7,
        "stances": {"blame": 0.6, "ceasefire_claim": 0.5},
        "seconds": 61.2,
        "status": "FINISHED",
        "registered": "v1 champion",
    }
    return RunRow(**{**fixed, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [80, 120])
def test_a_scored_article_fits_the_console(width: int) -> None:
    out = io.StringIO()
    TableWriter(Console(file=out, width=width)).write(RECORD)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    text = out.getvalue()
    assert text.count(TEXT) == 1, "the sentence is shown once, not per statement"
    assert "│" not in text and "〃" not in text
    assert "(unnamed speaker)" in text and "the outlet" in text
    assert lines[-1].strip() == "2 sentences, 2 statements, 1 sentence with labels; model stancewire/1"
    [first] = [line for line in lines if TEXT in line]
    assert first.split()[0] == "1", "sentences are numbered from 0"


def test_missing_metrics_are_shown_as_a_dash() -> None:
    assert metric_cells({"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0, "predicted": 0})[:3] == (
        "–", "–", "–",
    )  # fmt: skip
    some = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0, "predicted": 2}
    assert metric_cells(some)[:5] == ("0.000", "–", "0.000", "0", "2")
    assert number(None) == number(float("nan")) == "–"


def test_singular_and_plural_agree() -> None:
    assert (plural(1, "article"), plural(0, "article")) == ("1 article", "0 articles")


@pytest.mark.parametrize(("columns", "shown"), [("80", False), ("120", True)])
def test_runs_fit_the_console(
    columns: str, shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    changed = "classifier.regularisation=1.0 seed=3 classifier.min_count=1"
    print_runs([_row(), _row(registered="", changed=changed)])
    text = capsys.readouterr().out
    header = text.splitlines()[0].split()
    assert max(map(len, text.splitlines())) <= int(columns)
    assert ("when" in header) is shown and "F1" in header
    assert "classifier.regularisation=1.0" in text, "settings are not broken inside a word"
    assert ("ceasefire" in header) is shown
    assert text.count("v1 champion") == 1 and "01234567" in text


def test_columns_can_be_chosen_and_unknown_ones_are_errors(capsys: pytest.CaptureFixture[str]) -> None:
    print_runs([_row()], ["run", "ceasefire_claim", "status"])
    assert capsys.readouterr().out.splitlines()[-1].split() == ["01234567", "0.500", "FINISHED"]
    with pytest.raises(InputError, match="no column 'beauty'"):
        print_runs([_row()], ["beauty"])


def test_a_group_wider_than_the_console_is_split_into_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    group = MetricGroup(
        "statements", ("", "precision", "recall", "support", "a long name", "empty"),
        (("test", 0.5, 0.25, 12.0, 1.0, None),),
    )  # fmt: skip
    print_run(RunDetails("r1", "linear", "now", "FINISHED", "", "", {}, (group,), {}, {}, {}, "file"))
    text = capsys.readouterr().out
    assert text.count("test ") == 2 and "12" in text and "12.0" not in text and "empty" not in text
    assert max(map(len, text.splitlines())) <= 40
