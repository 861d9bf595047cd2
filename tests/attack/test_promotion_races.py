"""Two trainings that end at the same time: the better model is champion. Two first commands: both succeed.

F24 and F25 of the list of attacks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROUNDS = 20
# Registers one model with a validation F1; waits for a file, so that all processes start together.
REGISTER = """
import sys, time
from pathlib import Path
from stancewire.data.codebook import shipped_codebook
from stancewire.experiments.review.promotion import register
from stancewire.experiments.train import Trained
from stancewire.experiments.tracking.store import connect

run_id, uri, f1, go, ready = sys.argv[1:]
metrics = {"validation": {"statements": {"f1": float(f1)}}}
trained = Trained(run_id, uri, metrics, {"validation": "same"}, shipped_codebook(), 1.0, "")
connect(write=True)
Path(ready).touch()
while not Path(go).exists():
    time.sleep(0.002)
promotion = register(trained)
print(promotion.version, promotion.alias, promotion.why)
"""
OPEN = """
import sys, time
from pathlib import Path
import mlflow
from stancewire.experiments.tracking.lifecycle.run import open_run
from stancewire.experiments.tracking.store import connect

go, ready = sys.argv[1:]
Path(ready).touch()
while not Path(go).exists():
    time.sleep(0.002)
with open_run(connect(write=True), "first", {"config": "linear"}, "stancewire"):
    pass
"""


def _together(
    programs: list[list[str]], folder: Path, go: Path, ready: list[Path]
) -> list[tuple[int, str, str]]:
    """Start programs, let all go at once, and return exit code, output and errors of each."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", *program],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for program in programs
    ]
    while not all(path.exists() for path in ready) and all(p.poll() is None for p in started):
        os.sched_yield()
    go.touch()
    results = []
    for process in started:
        out, err = process.communicate(timeout=300)
        results.append((process.returncode, out, err))
    return results


@pytest.mark.slow
def test_the_better_of_two_models_is_champion_after_a_race(store: Path) -> None:
    from stancewire.experiments.tracking.lifecycle.run import open_run
    from stancewire.experiments.tracking.store import connect

    mlflow = connect(write=True)
    with open_run(mlflow, "two", {}, "stancewire") as run:
        uri = mlflow.pyfunc.log_model(
            name="model", python_model=str(_model(store)), pip_requirements=[]
        ).model_uri
    client = mlflow.MlflowClient()
    for n in range(ROUNDS):
        go, ready = store / f"go{n}", [store / f"ready{n}-{k}" for k in range(2)]
        # The worse one starts first in one half of the rounds. Both beat the champion so far.
        values = [0.3 + n / 100, 0.305 + n / 100]
        values = values if n % 2 else values[::-1]
        programs = [
            [REGISTER, run.run_id, uri, str(f1), str(go), str(file)]
            for f1, file in zip(values, ready, strict=True)
        ]
        results = _together(programs, store, go, ready)
        assert [code for code, _, _ in results] == [0, 0], results
        champion = client.get_model_version_by_alias("stancewire", "champion")
        assert float(champion.tags["validation_f1"]) == max(values), (n, results)
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
def test_two_first_commands_on_a_fresh_store_both_succeed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(ROUNDS):
        folder = tmp_path / str(n)
        folder.mkdir()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        go, ready = folder / "go", [folder / f"ready{k}" for k in range(2)]
        results = _together([[OPEN, str(go), str(file)] for file in ready], folder, go, ready)
        assert [code for code, _, _ in results] == [0, 0], results
        from mlflow import MlflowClient

        client = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
        experiment = client.get_experiment_by_name("stancewire")
        assert experiment is not None
        statuses = [r.info.status for r in client.search_runs([experiment.experiment_id])]
        assert statuses == ["FINISHED", "FINISHED"]
