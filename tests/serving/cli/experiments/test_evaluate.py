"""`stancewire evaluate`: behavioural tests and the oracle analysis on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]
CATEGORIES = {"names", "roles", "negated", "attributed", "lists"}


def test_the_behaviour_is_tested_without_a_corpus(cli: Cli, tiny_model: Path) -> None:
    table = cli("evaluate", "--behaviour", "--errors", "1", "--no-log", "--model", tiny_model)
    assert table.exit_code == 0, table.stderr
    for title in ("names swapped", "roles swapped", "negated", "attributed to another", "actors in lists"):
        assert title in table.stdout
    assert "wrong items" in table.stdout and "precision" not in table.stdout


def test_as_json_it_has_counts_and_intervals(cli: Cli, tiny_model: Path) -> None:
    result = cli("evaluate", "--behaviour", "--no-log", "--format", "json", "--model", tiny_model)
    found = json.loads(result.stdout)
    assert set(found) == {"behaviour"} and set(found["behaviour"]) == CATEGORIES
    for m in found["behaviour"].values():
        low, high = m["ci95"]
        assert m["share"] == pytest.approx(m["right"] / m["items"], abs=1e-4)
        assert 0 <= low <= m["share"] <= high <= 1 and low < high


def test_the_results_are_metrics_of_the_logged_run(cli: Cli, tiny_model: Path, store: Path) -> None:
    from stancewire.experiments.tracking.store import connect

    result = cli("evaluate", "--behaviour", "--format", "json", "--model", tiny_model)
    assert result.exit_code == 0, result.stderr
    run_id = result.stderr.split("logged as run ")[1].split()[0]
    run = connect().get_run(run_id)
    shares = {f"behaviour/{k}": m["share"] for k, m in json.loads(result.stdout)["behaviour"].items()}
    assert run.data.metrics == pytest.approx(shares)
    assert run.data.params["corpus"] == "behavioural items"
    assert run_id[:8] in cli("experiments", "list").stdout
    shown = cli("experiments", "show", run_id)
    assert shown.exit_code == 0 and "attributed" in shown.stdout


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ((), "nothing to evaluate on"),
        (("--behaviour", "--split", "test"), "--split"),
        (("--behaviour", "--oracle"), "--oracle"),
        (("--behaviour", "--name-swaps", "2"), "--name-swaps"),
    ],
)
def test_what_needs_articles_needs_a_corpus(
    options: tuple[str, ...], named: str, cli: Cli, one_line: OneLine, tiny_model: Path
) -> None:
    line = one_line(cli("evaluate", *options, "--no-log", "--model", tiny_model))
    assert named in line and "--corpus" in line


def test_the_oracle_is_shown_by_kind_of_actor(cli: Cli, tiny_model: Path, tiny_file: Path) -> None:
    evaluated = ("evaluate", "--corpus", tiny_file, "--split", "test", "--bootstrap", "0", "--oracle")
    table = cli(*evaluated, "--no-log", "--model", tiny_model)
    assert table.exit_code == 0, table.stderr
    assert "F1 with gold steps" in table.stdout and "by kind of actor" in table.stdout
    found = json.loads(cli(*evaluated, "--no-log", "--format", "json", "--model", tiny_model).stdout)
    [whole] = [r for r in found["oracle_by_actor"] if (r["actor"], r["stance"]) == ("any", "statements")]
    by_step = {r["gold"]: r for r in found["oracle"]}
    assert whole["f1"] == by_step["nothing"]["f1"] and whole["support"] == found["statements"]["support"]
    assert whole["f1 with gold roles"] == by_step["roles"]["f1"]
    assert whole["with_target with gold pairing"] == by_step["pairing"]["with target f1"]
