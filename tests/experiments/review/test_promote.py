"""`experiments promote`, `history` and `rollback` on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stancewire
from click.testing import Result

Cli = Callable[..., Result]


@pytest.fixture
def second_run(trained_store: Path, tiny_file: Path, cli: Cli) -> str:
    """A run on the same articles, whose model is not registered."""
    options = ["--set", "bootstrap=20", "--set", "classifier.regularisation=0.01", "--no-register"]
    result = cli("train", "--corpus", tiny_file, *options)
    assert result.exit_code == 0, result.stderr
    return next(x.split()[1] for x in result.stdout.splitlines() if x.startswith("run "))


def champion() -> str:
    from mlflow import MlflowClient

    return str(MlflowClient().get_registered_model("stancewire").aliases["champion"])


def test_a_run_that_is_not_better_is_registered_but_not_promoted(cli: Cli, second_run: str) -> None:
    result = cli("experiments", "promote", second_run[:10])
    assert result.exit_code == 0, result.stderr
    assert "stancewire version 2 is not promoted: compared with version 1" in result.stdout
    assert "points are needed" in result.stdout or "may still be worse" in result.stdout
    assert "validation" in result.stdout and "8 articles" in result.stdout
    assert champion() == "1"


def test_a_run_that_is_better_is_registered_and_promoted(
    cli: Cli, trained_store: Path, tiny_file: Path
) -> None:
    better = ["--set", "classifier.regularisation=4.6", "--set", "classifier.min_count=1"]
    options = ["--set", "bootstrap=20", *better, "--no-register"]
    result = cli("train", "--corpus", tiny_file, *options)
    run = next(x.split()[1] for x in result.stdout.splitlines() if x.startswith("run "))
    found = cli("experiments", "promote", run)
    assert "stancewire version 2 is champion: compared with version 1" in found.stdout, found.stdout
    assert "not worse by 2 points (96% lower bound" in found.stdout and "8 articles" in found.stdout
    assert champion() == "2"
    row = json.loads(cli("experiments", "history", "--format", "jsonl").stdout.splitlines()[-1])
    assert (row["how"], row["version"], row["replaced"]) == ("promote", "2", "1")


def test_looks_at_test_results_are_counted(cli: Cli, second_run: str, tiny_file: Path) -> None:
    first = json.loads(cli("experiments", "promote", second_run, "--format", "json").stdout)
    again = json.loads(cli("experiments", "promote", second_run, "--format", "json").stdout)
    # Two trainings have shown them, and each promotion shows them once more.
    assert (first["test_looks"], again["test_looks"]) == (3, 4)
    assert first["test"]["gain"]["articles"] == 6 and first["promoted"] is False
    said = "results on these test articles have been shown {} times so far"
    compared = cli("experiments", "compare", "champion", second_run, "--split", "test")
    assert said.format(5) in compared.stderr
    assert said.format(6) in cli("experiments", "errors", second_run, "--split", "test").stderr
    stancewire.compare(second_run, "champion", split="test")
    page = ["experiments", "report", second_run, "--split", "test", "-o", "report.html"]
    assert said.format(8) in cli(*page).stderr
    assert "were shown" not in cli("experiments", "compare", "champion", second_run).stderr
    evaluated = cli("evaluate", "--corpus", tiny_file, "--split", "test", "--bootstrap", "0")
    assert evaluated.exit_code == 0, evaluated.stderr
    third = json.loads(cli("experiments", "promote", second_run, "--format", "json").stdout)
    assert third["test_looks"] == 10


def test_force_is_recorded_and_rollback_restores_the_former_champion(cli: Cli, second_run: str) -> None:
    why = "fewer false claims"
    forced = cli("experiments", "promote", second_run, "--force", "--why", why)
    assert "version 2 is champion: fewer false claims (by force; the rule says:" in forced.stdout
    assert champion() == "2"
    back = cli("experiments", "rollback", "--why", "it was a mistake")
    assert "version 1 is champion again, in place of version 2" in back.stdout
    assert champion() == "1"
    rows = [json.loads(x) for x in cli("experiments", "history", "--format", "jsonl").stdout.splitlines()]
    assert [(r["version"], r["replaced"], r["how"]) for r in rows] == [
        ("1", "", "train"),
        ("2", "1", "force"),
        ("1", "2", "rollback"),
    ]
    assert rows[1]["why"].startswith(why) and rows[2]["why"] == "it was a mistake"
    table = cli("experiments", "history").stdout
    assert "rollback" in table and "it was a mistake" in table


def test_there_is_nothing_before_the_first_champion(
    cli: Cli, trained_store: Path, one_line: Callable[[Result], str]
) -> None:
    assert "there was no champion before this one" in one_line(cli("experiments", "rollback"))


def test_the_champion_itself_stays(cli: Cli, trained_store: Path) -> None:
    assert "is champion: it is the champion already" in cli("experiments", "promote", "1").stdout


def test_an_unknown_run_is_one_line(cli: Cli, trained_store: Path, one_line: Callable[[Result], str]) -> None:
    assert "no model 'zzz'" in one_line(cli("experiments", "promote", "zzz"))


def test_an_unknown_codebook_is_one_line(
    cli: Cli, trained_store: Path, one_line: Callable[[Result], str]
) -> None:
    line = one_line(cli("experiments", "history", "--codebook", "deeds"))
    assert "no model of the codebook 'deeds' is registered" in line and "registered: stancewire" in line


@pytest.mark.parametrize("options", [["--force"], ["--why", "x"]])
def test_force_needs_a_reason(cli: Cli, trained_store: Path, options: list[str]) -> None:
    result: Any = cli("experiments", "promote", "1", *options)
    assert result.exit_code == 2 and "--force and --why belong together" in result.stderr
