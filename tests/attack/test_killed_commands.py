"""Trainings that are killed, or whose tracking server dies. F7 and F27 of the list of attacks."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.tests.experiments.tracking.servers import stop, tracking_server

KILLS, TERMS, SERVERS = 20, 10, 5
# A test run in the background ignores some signals, and so would its children.
TRAIN = """
import signal, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
from stancewire.serving.cli.main import main
from stancewire.serving.cli.signals import exit_on_signal, raise_on_signals
with exit_on_signal():
    raise_on_signals()
    print("started", flush=True)
    main()
"""


def _train(folder: Path, corpus: Path, temporary: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, "train", "--corpus", str(corpus), "--set", "bootstrap=0"],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _statuses(database: Path) -> list[str]:
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{database}")
    experiments = [e.experiment_id for e in client.search_experiments()]
    return [r.info.status for r in client.search_runs(experiments)]


def _ours(temporary: Path) -> list[str]:
    return [p.name for p in temporary.iterdir() if not p.name.startswith("db_init_lock")]


@pytest.fixture
def duration(store: Path, tiny_file: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long a tiny training takes here, in seconds."""
    seconds = []
    for _ in range(2):  # the first fills the caches
        began = time.perf_counter()
        process = _train(store, tiny_file, tmp_path_factory.mktemp("warm"))
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        seconds.append(time.perf_counter() - began)
    return min(seconds)


@pytest.mark.slow
def test_clean_closes_the_runs_of_killed_trainings(
    store: Path,
    duration: float,
    tiny_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    cli: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary, rng = tmp_path_factory.mktemp("temporary"), random.Random(0)
    for _ in range(KILLS):
        process = _train(store, tiny_file, temporary)
        time.sleep(rng.uniform(0.0, duration))
        process.kill()
        process.communicate()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    result = cli("experiments", "clean")
    assert result.exit_code == 0, result.stderr
    statuses = _statuses(store / "mlflow.db")
    assert "RUNNING" not in statuses and "KILLED" in statuses, statuses
    assert _ours(temporary) == []
    assert not list(store.glob(".*.part"))


@pytest.mark.slow
def test_a_terminated_training_closes_its_run_itself(
    store: Path, duration: float, tiny_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    temporary, rng = tmp_path_factory.mktemp("temporary"), random.Random(1)
    for n in range(TERMS):
        number = (signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)[n % 4]
        process = _train(store, tiny_file, temporary)
        # Before that line, Python itself is starting, and a signal ends it at once.
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        time.sleep(rng.uniform(0.0, duration))
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        lines = [line for line in err.splitlines() if not line.startswith("registered")]
        finished = "registered as" in out + err
        # Python resets the handlers when it exits: after its work is done, the process may die of the signal.
        expected = {128 + number} | ({0, -number} if finished else set())
        assert process.returncode in expected, (number.name, process.returncode, err)
        if process.returncode == 128 + number:
            assert lines == [f"interrupted by {number.name}"], err
        assert _ours(temporary) == []
    statuses = _statuses(store / "mlflow.db")
    assert set(statuses) <= {"FINISHED", "KILLED"} and "KILLED" in statuses, statuses


@pytest.mark.slow
@pytest.mark.parametrize("n", range(SERVERS))
def test_a_training_whose_server_dies_keeps_its_run_until_the_server_is_back(
    n: int,
    store: Path,
    tiny_file: Path,
    cli: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from stancewire.experiments import train as module

    names = ("log_result", "log_model", "_fit", "log_model", "log_result")
    original = getattr(module, names[n])
    folder = store / "server"
    folder.mkdir()
    (store / "mlflow.db").rename(folder / "mlflow.db")
    with tracking_server(folder) as (process, uri):

        def dying(*arguments: object) -> object:
            stop(process)
            return original(*arguments)

        monkeypatch.setattr(module, names[n], dying)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        result = cli("train", "--corpus", tiny_file, "--set", "bootstrap=0")
    monkeypatch.setattr(module, names[n], original)
    assert result.exit_code == 1 and "Traceback" not in result.stderr
    assert "validation, 8 articles" in result.stdout and "test, 6 articles" in result.stdout
    [line] = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    found = re.search(r"the run is kept in (\S+)/mlflow.db \(.*stancewire experiments upload (\S+)\)", line)
    assert found and found[1] == found[2] and Path(found[1]).parent == store, line
    kept = Path(found[1])
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{kept / 'mlflow.db'}")
    before = _only_run()
    assert before.data.params["classifier.kind"] == "linear" and before.data.tags["kept_of"] in result.stdout
    assert before.data.metrics["validation/statements/f1"] > 0 and before.data.metrics["seconds"] > 0
    # At the same address, which MLflow caches with the run.
    with tracking_server(folder, port=int(uri.rpartition(":")[2])) as (_, uri):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        for word in ("uploaded", "already there"):
            uploaded = cli("experiments", "upload", kept)
            assert uploaded.stdout.startswith(f"{word}: run {before.data.tags['kept_of']}"), uploaded.output
            named = f"stancewire models import {next(kept.rglob('model.json')).parent}"
            assert (named in uploaded.stderr) == (word == "uploaded")
        after = _only_run()
        assert after.info.run_id == before.data.tags["kept_of"] and after.info.status == "FINISHED"
        assert after.data.params == before.data.params
        common = {k: v for k, v in after.data.metrics.items() if not k.startswith("system/")}
        assert common == before.data.metrics
        imported = next(kept.rglob("model.json")).parent
        assert "registered as stancewire version 1, champion" in cli("models", "import", imported).stdout
        shown = cli("experiments", "show", after.info.run_id)
        assert shown.exit_code == 0 and "statements" in shown.stdout


def _only_run() -> Any:
    from stancewire.experiments.tracking.store import connect

    [run] = connect().search_runs(search_all_experiments=True, output_format="list")
    return run
