"""Two trainings that end at the same time: the better model is champion. Two first commands: both succeed.

F24 and F25 of the list of attacks.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stancewire.experiments.champion.rule import PLAIN_MARGIN

ROUNDS = 20
# Both processes live through all rounds, because importing MLflow takes seconds. In each round they report
# that they are ready, and wait for a file, so that they start together.
REGISTER = """
import sys, time
from pathlib import Path
from stancewire.data.codebook import shipped_codebook
from stancewire.experiments.review.promotion import register
from stancewire.experiments.train import Trained
from stancewire.experiments.tracking.store import connect

run_id, uri, me, *values = sys.argv[1:]
connect(write=True)
for n, f1 in enumerate(values):
    metrics = {"validation": {"statements": {"f1": float(f1)}}}
    trained = Trained(run_id, uri, metrics, {"validation": "same"}, shipped_codebook(), 1.0, "")
    Path(f"ready{n}-{me}").touch()
    while not Path(f"go{n}").exists():
        time.sleep(0.001)
    register(trained)
    Path(f"done{n}-{me}").touch()
"""
OPEN = """
import os, sys, time
from pathlib import Path
import mlflow
from stancewire.experiments.tracking.lifecycle.run import open_run
from stancewire.experiments.tracking.store import connect

me, rounds = sys.argv[1:]
for n in range(int(rounds)):
    os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{Path.cwd() / f'{n}.db'}"
    Path(f"ready{n}-{me}").touch()
    while not Path(f"go{n}").exists():
        time.sleep(0.001)
    with open_run(connect(write=True), "first", {"config": "linear"}, "stancewire"):
        pass
    Path(f"done{n}-{me}").touch()
"""


def _race(program: str, arguments: list[list[str]], folder: Path, after: Callable[[int], None]) -> None:
    """Run two processes through all rounds, and check the store after each round."""
    errors = folder / "errors.txt"
    with errors.open("w") as log:
        started = [
            subprocess.Popen([sys.executable, "-c", program, *words], cwd=folder, stderr=log, stdout=log)
            for words in arguments
        ]
        try:
            for n in range(ROUNDS):
                _wait(folder, f"ready{n}-", started, errors)
                (folder / f"go{n}").touch()
                _wait(folder, f"done{n}-", started, errors)
                after(n)
            assert [process.wait(60) for process in started] == [0, 0]
        finally:
            for process in started:
                process.kill()
                process.wait()


def _wait(folder: Path, name: str, started: list[subprocess.Popen[bytes]], errors: Path) -> None:
    while not all((folder / f"{name}{k}").exists() for k in range(2)):
        assert not any(process.poll() for process in started), errors.read_text(encoding="utf-8")
        time.sleep(0.005)


@pytest.mark.slow
def test_the_better_of_two_models_is_champion_after_a_race(store: Path) -> None:
    from stancewire.experiments.tracking.lifecycle.run import open_run
    from stancewire.experiments.tracking.store import connect

    mlflow = connect(write=True)
    with open_run(mlflow, "two", {}, "stancewire") as run:
        logged = mlflow.pyfunc.log_model(name="model", python_model=str(_model(store)), pip_requirements=[])
    client = mlflow.MlflowClient()
    # Both beat the champion of the round before, and the better one beats the other, by more than the margin
    # without counts per article. In half of the rounds the first process has the better one.
    step, margin = 2.25 * PLAIN_MARGIN, 1.2 * PLAIN_MARGIN
    values = [[0.1 + n * step + (margin if (n + k) % 2 else 0) for n in range(ROUNDS)] for k in range(2)]

    def champion_is_the_better_one(n: int) -> None:
        champion = client.get_model_version_by_alias("stancewire", "champion")
        assert float(champion.tags["validation_f1"]) == max(values[0][n], values[1][n]), n

    arguments = [[run.run_id, logged.model_uri, str(k), *map(str, values[k])] for k in range(2)]
    _race(REGISTER, arguments, store, champion_is_the_better_one)
    assert len(client.search_model_versions("name='stancewire'")) == 2 * ROUNDS


def _model(folder: Path) -> Path:
    path = folder / "model.py"
    path.write_text(
        "import mlflow\n\n\nclass M(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input: list[str]):\n        return model_input\n\n\n"
        "mlflow.models.set_model(M())\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.slow
def test_two_first_commands_on_a_fresh_store_both_succeed(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    def both_finished(n: int) -> None:
        client = MlflowClient(f"sqlite:///{tmp_path / f'{n}.db'}")
        experiment = client.get_experiment_by_name("stancewire")
        assert experiment is not None
        statuses = [r.info.status for r in client.search_runs([experiment.experiment_id])]
        assert statuses == ["FINISHED", "FINISHED"], n

    _race(OPEN, [[str(k), str(ROUNDS)] for k in range(2)], tmp_path, both_finished)
