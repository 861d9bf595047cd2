"""A sweep on a tiny corpus: nested runs, resumed after a kill, the winner measured again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.config import load_config
from stancewire.experiments.studies.sweep import run as sweeping
from stancewire.experiments.studies.sweep import storage
from stancewire.experiments.studies.sweep.trials import Measured
from stancewire.experiments.tracking.store import connect

optuna = pytest.importorskip("optuna", reason="the extra `sweep` is not installed")
Cli = Callable[..., Result]
RANGES = """
name = "tiny"
bootstrap = 0
[classifier]
kind = "linear"
[sweep.classifier]
regularisation = { low = 0.1, high = 5.0, log = true }
min_count = { choices = [1, 2, 3] }
"""


@pytest.fixture
def config(store: Path) -> Path:
    path = store / "tiny.toml"
    path.write_text(RANGES, encoding="utf-8")
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Replace trainings by a formula: the F1 of a setting is known, and a training can be interrupted."""
    state: dict[str, Any] = {"calls": [], "kill": set(), "fail": set(), "analysed": 0}

    def analyse(settings: Any, progress: Any, read: Any) -> Any:
        state["analysed"] += 1
        return original(settings, progress, read)

    def train(mlflow: Any, corpus: Any, settings: Any, name: str, tags: Any, *rest: Any) -> Measured:
        state["calls"].append((name.partition(":")[0], settings.classifier.regularisation, settings.seed))
        if len(state["calls"]) in state["kill"]:
            raise KeyboardInterrupt  # not an `Exception`, like the signals that end a command
        if len(state["calls"]) in state["fail"]:
            raise InputError("no space left on device")
        f1 = round(0.5 + 0.1 * min(settings.classifier.regularisation, 2) - 0.001 * settings.seed, 4)
        good = int(100 * f1)
        return Measured("r", f1, tuple((good + n, 100, 100) for n in range(8)), 1.0)

    original = sweeping.analyse
    monkeypatch.setattr(sweeping, "analyse", analyse)
    monkeypatch.setattr(sweeping, "run_training", train)
    return state


def search(config: Path, tiny_file: Path, trials: int, folder: str = "out") -> sweeping.Sweep:
    settings = load_config(str(config), (), [str(tiny_file)])
    out = config.parent / folder
    out.mkdir(exist_ok=True)
    return sweeping.sweep(str(config), settings, trials, out)


def parameters(found: sweeping.Sweep) -> list[Any]:
    return [(r.values["classifier.regularisation"], r.f1) for r in found.trials if r.state == "complete"]


def test_trials_are_runs_under_one_parent_and_never_see_test_articles(
    cli: Cli, config: Path, tiny_file: Path
) -> None:
    result = cli("experiments", "sweep", config, "--corpus", tiny_file, "--trials", 2, "-o", "out")
    assert result.exit_code == 0, result.stderr
    mlflow = connect()
    runs = mlflow.search_runs(search_all_experiments=True, output_format="list")
    parent = next(r for r in runs if r.data.tags["kind"] == "sweep")
    children = [r for r in runs if r.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    # Two trials, and three fresh seeds of the config; also of the winner, unless that is the config.
    assert len(children) in (5, 8) and {r.info.status for r in runs} == {"FINISHED"}
    assert all("validation/statements/f1" in r.data.metrics for r in children)
    assert not [k for r in runs for k in r.data.metrics if k.startswith("test/")]
    assert parent.data.metrics["trials"] == 2
    out = Path("out")
    rows = list(csv.DictReader(io.StringIO((out / "trials.csv").read_text("utf-8"))))
    assert [r["state"] for r in rows] == ["complete"] * 2 and float(rows[0]["classifier.min_count"]) == 2
    assert "Measured again with fresh seeds" in result.stdout
    winner = load_config(str(out / "winner.toml"))
    assert winner.corpus == (str(tiny_file),) and winner.seed == 0
    listed = cli("experiments", "list", "--format", "jsonl").stdout.splitlines()
    assert len(listed) == 1 and '"kind": "sweep"' in listed[0]


def test_a_killed_sweep_goes_on_with_the_same_parameters(
    quick: dict[str, Any], config: Path, tiny_file: Path
) -> None:
    whole = search(config, tiny_file, 6, "whole")
    quick["calls"].clear()
    # Killed in the third trial, then in the second of those that remain, then in the first fresh seed.
    for kill in (3, 5, 9):
        quick["kill"] = {kill}
        with pytest.raises(KeyboardInterrupt):
            search(config, tiny_file, 6)
    quick["kill"] = set()
    resumed = search(config, tiny_file, 6)
    assert parameters(resumed) == parameters(whole)
    assert [r.state for r in resumed.trials].count("failed") == 2
    assert resumed.measured == whole.measured and resumed.winner == whole.winner
    # Six trials and six measurements, and three that were killed.
    assert len(quick["calls"]) == 15


def test_the_values_of_the_config_are_tried_again_if_the_first_trial_failed(
    quick: dict[str, Any], config: Path, tiny_file: Path
) -> None:
    quick["fail"] = {1}
    with pytest.raises(InputError, match="no space left"):
        search(config, tiny_file, 2)
    found = search(config, tiny_file, 2)
    assert [r.state for r in found.trials] == ["failed", "complete", "complete"]
    assert found.base is not None and found.base.number == 1


def test_more_trials_extend_a_finished_sweep(quick: dict[str, Any], config: Path, tiny_file: Path) -> None:
    first = search(config, tiny_file, 3)
    calls = len(quick["calls"])
    again = search(config, tiny_file, 3)
    assert again.trials == first.trials and len(quick["calls"]) == calls
    more = search(config, tiny_file, 5)
    assert parameters(more)[:3] == parameters(first) and len(parameters(more)) == 5


def test_the_corpus_is_analysed_once(quick: dict[str, Any], config: Path, tiny_file: Path) -> None:
    search(config, tiny_file, 4)
    assert quick["analysed"] == 1 and len(quick["calls"]) == 4 + 6


def test_the_winner_is_measured_with_seeds_that_no_trial_used(
    quick: dict[str, Any], config: Path, tiny_file: Path
) -> None:
    found = search(config, tiny_file, 5)
    assert found.best.f1 == max(f1 for _, f1 in parameters(found))
    assert list(found.measured["winner"]) == list(found.measured["config"]) == [1, 2, 3]
    trials = [c for c in quick["calls"] if c[0].startswith("trial")]
    assert {seed for _, _, seed in trials} == {0} and trials[0][1] == 0.5


def test_another_search_in_the_same_folder_is_refused(
    quick: dict[str, Any], config: Path, tiny_file: Path
) -> None:
    search(config, tiny_file, 1)
    config.write_text(RANGES.replace("high = 5.0", "high = 4.0"), encoding="utf-8")
    with pytest.raises(InputError, match="differs in: ranges"):
        search(config, tiny_file, 1)


def test_two_sweeps_cannot_use_one_folder_at_once(tmp_path: Path) -> None:
    storage.require_optuna()
    refused = pytest.raises(InputError, match="another sweep is running")
    with storage.open_study(tmp_path, {"a": 1}), refused, storage.open_study(tmp_path, {"a": 1}):
        pass


def test_a_damaged_study_is_one_line(tmp_path: Path) -> None:
    storage.require_optuna()
    (tmp_path / storage.FILE).write_bytes(b"not a database at all" * 100)
    with (
        pytest.raises(InputError, match="the study cannot be used") as caught,
        storage.open_study(tmp_path, {}),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_a_trial_below_the_median_is_pruned(tmp_path: Path) -> None:
    storage.require_optuna()
    with storage.open_study(tmp_path, {}) as study:
        for _ in range(storage.PRUNE_AFTER):
            good = study.ask()
            for epoch in (1, 2, 3):
                good.report(0.8, epoch)
            study.tell(good, 0.8)
        bad = study.ask()
        bad.report(0.3, 1)
        assert not bad.should_prune()
        bad.report(0.3, 2)
        assert bad.should_prune()


def test_without_optuna_there_is_one_line(
    cli: Cli, config: Path, monkeypatch: pytest.MonkeyPatch, one_line: Callable[[Result], str]
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "optuna", None)
    line = one_line(cli("experiments", "sweep", config, "-o", "out"))
    assert "needs the package optuna" in line and "stancewire[sweep]" in line
