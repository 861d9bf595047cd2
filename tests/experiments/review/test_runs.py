"""Runs listed, sorted and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.review.run_details import run_details
from stancewire.experiments.review.runs import find_run, list_runs, registered_models
from stancewire.experiments.tracking.store import connect
from stancewire.experiments.tracking.versions import ModelVersion

Cli = Callable[..., Result]
FIGURES = {
    "middling": {
        "validation/statements/f1": 0.6,
        "validation/macro_f1": 0.5,
        "validation/blame/f1": 0.3,
        "validation/appeal/f1": 0.9,
        "seconds": 12.0,
    },
    "best": {
        "validation/statements/f1": 0.8,
        "validation/macro_f1": 0.4,
        "validation/blame/f1": 0.7,
        "validation/appeal/f1": 0.1,
        "seconds": 9.0,
    },
    "worst": {
        "validation/statements/f1": 0.1,
        "validation/macro_f1": 0.1,
        "validation/blame/f1": 0.5,
        "test/blame/f1": 1.0,
        "seconds": 100.0,
    },
}


@pytest.fixture
def runs(store: Path) -> dict[str, str]:
    """Three runs and one that died before it was measured; ids by name."""
    mlflow = connect()
    mlflow.set_experiment("stancewire")
    ids = {}
    for name, figures in FIGURES.items():
        with mlflow.start_run(run_name=name) as run:
            mlflow.set_tags({"config": name, "changed": "seed=1" if name == "best" else ""})
            mlflow.log_params(
                {"corpus": "('shipped', 'mine.jsonl')", "seed": "0", "threshold.blame.actor": "0.31"}
            )
            mlflow.log_metrics(figures)
            ids[name] = run.info.run_id
    with mlflow.start_run(run_name="died") as run:
        ids["died"] = run.info.run_id
    mlflow.MlflowClient().set_terminated(ids["died"], "FAILED")
    mlflow.set_experiment("elsewhere")
    with mlflow.start_run(run_name="other"):
        mlflow.set_tags({"config": "other"})
    return ids


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("micro_f1", ["best", "middling", "worst"]),
        ("macro_f1", ["middling", "best", "worst"]),
        ("blame", ["best", "worst", "middling"]),
        ("appeal", ["middling", "best"]),
        ("config", ["best", "died", "middling", "worst"]),
        ("when", ["died", "worst", "best", "middling"]),
    ],
)
def test_best_and_newest_come_first_and_unmeasured_ones_last(
    runs: dict[str, str], sort: str, order: list[str]
) -> None:
    if sort == "when":  # times of one second each are not worth waiting for
        import sqlite3

        with sqlite3.connect("mlflow.db") as database:
            for n, name in enumerate(reversed(order)):
                database.execute(
                    "UPDATE runs SET start_time = ? WHERE run_uuid = ?",
                    (1_700_000_000_000 + n * 60_000, runs[name]),
                )
    assert [row.config for row in list_runs("stancewire", sort)][: len(order)] == order


def test_the_command_lists_in_the_order_asked_for(cli: Cli, runs: dict[str, str]) -> None:
    result = cli(
        "experiments", "list", "--experiment", "stancewire", "--sort", "micro_f1", "--format", "jsonl"
    )
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and [r["config"] for r in rows][:3] == ["best", "middling", "worst"]
    assert (
        rows[0]["run"] == runs["best"]
        and rows[0]["micro_f1"] == 0.8
        and rows[0]["stances"] == {"blame": 0.7, "appeal": 0.1}
    )
    assert (
        rows[0]["seconds"] == 9.0
        and rows[0]["corpus"] == "shipped, mine.jsonl"
        and re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d", rows[0]["when"])
    )
    assert rows[3]["micro_f1"] is None and rows[3]["status"] == "FAILED"


def test_the_table_has_one_row_per_run(cli: Cli, runs: dict[str, str]) -> None:
    result = cli("experiments", "list", "--sort", "micro_f1")
    assert result.exit_code == 0
    places = [result.stdout.index(runs[name][:8]) for name in ("best", "middling", "worst")]
    assert places == sorted(places)
    for shown in ("0.800", "0.700", "9.0", "failed", "other"):
        assert shown in result.stdout


def test_all_experiments_unless_one_is_named(runs: dict[str, str]) -> None:
    assert len(list_runs()) == 5 and [r.config for r in list_runs("elsewhere")] == ["other"]


def test_an_unknown_column_is_an_error_that_lists_the_columns(
    cli: Cli, runs: dict[str, str], one_line: Callable[[Result], str]
) -> None:
    line = one_line(cli("experiments", "list", "--sort", "beauty"))
    assert "'beauty'" in line and "micro_f1" in line and "blame" in line


def test_an_unknown_experiment_is_an_error(
    cli: Cli, runs: dict[str, str], one_line: Callable[[Result], str]
) -> None:
    assert "'nosuch'" in one_line(cli("experiments", "list", "--experiment", "nosuch"))


def test_no_runs_yet_is_not_an_error(cli: Cli, store: Path) -> None:
    result = cli("experiments", "list")
    assert result.exit_code == 0 and "stancewire train" in result.stderr
    assert cli("experiments", "list", "--format", "jsonl").stdout == ""


def test_a_run_can_be_named_by_the_start_of_its_id(cli: Cli, runs: dict[str, str]) -> None:
    result = cli("experiments", "show", runs["best"][:10])
    assert result.exit_code == 0
    for shown in (
        runs["best"],
        "best",
        "blame.actor",
        "0.31",
        "statements",
        "0.8",
        "artifacts",
    ):
        assert shown in result.stdout
    about = json.loads(cli("experiments", "show", runs["best"], "--format", "json").stdout)
    assert (
        about["run"] == runs["best"]
        and about["metrics"]["validation/blame/f1"] == 0.7
        and about["params"]["seed"] == "0"
    )


def test_an_unknown_or_ambiguous_run_is_an_error(
    cli: Cli, runs: dict[str, str], one_line: Callable[[Result], str]
) -> None:
    assert "no run 'zzzz'" in one_line(cli("experiments", "show", "zzzz"))
    with pytest.raises(InputError, match="5 runs start with ''"):
        find_run("")


def test_rows_show_what_differs_from_the_config(runs: dict[str, str]) -> None:
    assert {r.config: r.changed for r in list_runs("stancewire")} == {
        "best": "seed=1", "middling": "", "worst": "", "died": "",
    }  # fmt: skip


def test_the_champion_is_the_current_one_of_the_registry() -> None:
    versions = [
        ModelVersion("stancewire", 2, "b", 0, aliases=("champion",)),
        ModelVersion("stancewire", 1, "a", 0),
        ModelVersion("stancewire-deeds", 1, "c", 0, aliases=("challenger", "champion")),
    ]
    assert registered_models(versions) == {"b": "v2 champion", "a": "v1", "c": "deeds v1 challenger champion"}


def test_a_trained_run_is_listed_with_its_alias(trained_store: Path) -> None:
    [row] = list_runs()
    assert (row.registered, row.changed, row.config) == ("v1 champion", "bootstrap=20", "linear")
    assert set(row.stances) == {"blame", "ceasefire_claim", "appeal", "loaded"}


def test_details_group_the_metrics_of_a_run(trained_store: Path) -> None:
    found = run_details(list_runs()[0].run)
    groups = {g.title: g for g in found.groups}
    groups.pop("system", None)  # of trainings that took more than ten seconds
    assert list(groups) == [
        "statements",
        "by stance and label",
        "roles",
        "calibration",
        "behaviour",
        "other",
    ]
    assert all(len(row) == len(g.columns) for g in found.groups for row in g.rows)
    assert [row[0] for row in groups["statements"].rows] == ["validation", "test"]
    assert {row[:2] for row in groups["by stance and label"].rows} == {
        (name, split)
        for name in ("blame", "ceasefire_claim", "appeal", "loaded")
        for split in ("validation", "test")
    }
    assert ("blame_actor", "test") in {row[:2] for row in groups["roles"].rows}
    assert {row[0] for row in groups["other"].rows} >= {"seconds"}
    assert found.registered == "v1 champion" and found.settings["classifier.kind"] == "linear"
    assert "blame.actor" in found.thresholds and found.metrics["test"]["statements"]["ci95"]


def test_details_of_a_run_of_an_earlier_release_come_from_its_metrics(store: Path) -> None:
    mlflow = connect()
    mlflow.set_experiment("stancewire")
    with mlflow.start_run() as run:
        mlflow.log_metrics(
            {
                "validation/statements/p": 0.5,
                "validation/statements/f1": 0.4,
                "validation/statements/gold": 3,
                "validation/statements/ci95_low": 0.1,
                "validation/roles/ece": 0.02,
                "validation/roles/blame_actor/f1": 0.3,
                "validation/blame/f1": 0.4,
                "name_flips": 0.0,
            }
        )
    groups = {g.title: g.rows for g in run_details(run.info.run_id).groups}
    assert groups["statements"][0][:7] == ("validation", 0.5, None, 0.4, 3, None, 0.1)
    assert groups["roles"] == (("blame_actor", "validation", 0.3, None, None),)
    assert groups["calibration"][0][1] == 0.02 and groups["other"] == (("name_flips", 0.0),)
