"""Runs are kept in a store of their own, with what the tracking store would have had, and uploaded later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stancewire.data.errors import InputError
from stancewire.experiments.tracking.lifecycle.kept import KEPT_OF, keep_run
from stancewire.experiments.tracking.lifecycle.run import open_run
from stancewire.experiments.tracking.lifecycle.upload import upload_runs
from stancewire.experiments.tracking.served.logged_model import log_model
from stancewire.experiments.tracking.store import connect
from stancewire.training.serialization import load_model

MODEL = Path(__file__).parents[3] / "models" / "5-linear"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A work folder with a trained model."""
    folder = tmp_path / "elsewhere" / "work"
    folder.mkdir(parents=True)
    (folder / "model").symlink_to(MODEL, target_is_directory=True)
    return folder


def keep(run_id: str, work: Path, nested: bool = False) -> Path:
    """Keep a run with two values of a metric, an artifact and a model."""

    def log(mlflow: Any) -> None:
        with open_run(mlflow, "a run", {KEPT_OF: run_id, "config": "x"}, "stancewire", nested):
            mlflow.log_params({"seed": "0"})
            for step in (1, 2):
                mlflow.log_metric("epoch/f1", step / 10, step=step)
            mlflow.log_text("card", "model_card.md")
            log_model(mlflow, MODEL, load_model(MODEL), work)

    return keep_run(run_id, "stancewire", work, log)


@pytest.mark.parametrize("opened", [True, False])
def test_a_kept_run_is_completed_or_copied(opened: bool, store: Path, work: Path) -> None:
    mlflow = connect(write=True)
    run_id = "0" * 32
    if opened:  # the store failed after the start of the run
        with open_run(mlflow, "a run", {}, "stancewire") as run:
            run_id, run.status = run.run_id, "FAILED"
    folder = keep(run_id, work)
    assert folder == store / f"stancewire-run-{run_id[:8]}"
    assert mlflow.get_tracking_uri() == f"sqlite:///{store / 'mlflow.db'}"
    [uploaded] = upload_runs(folder)
    assert uploaded.copied and (uploaded.run_id == run_id) == opened
    found = mlflow.get_run(uploaded.run_id)
    assert found.info.status == "FINISHED" and found.data.params == {"seed": "0"}
    history = mlflow.MlflowClient().get_metric_history(uploaded.run_id, "epoch/f1")
    assert [(m.step, m.value) for m in history] == [(1, 0.1), (2, 0.2)]
    assert mlflow.artifacts.load_text(f"runs:/{uploaded.run_id}/model_card.md") == "card"
    model = mlflow.pyfunc.load_model(f"models:/{found.outputs.model_outputs[0].model_id}")
    assert model.metadata.signature is not None
    [again] = upload_runs(folder)
    assert not again.copied and again.run_id == uploaded.run_id
    assert len(mlflow.search_runs(search_all_experiments=True, output_format="list")) == 1


def test_a_moved_folder_can_be_uploaded(store: Path, work: Path) -> None:
    connect(write=True)
    folder = keep("0" * 32, work).rename(store / "moved")
    [uploaded] = upload_runs(folder)
    assert uploaded.copied and uploaded.model is not None and uploaded.model.is_relative_to(folder)


def test_a_nested_run_is_kept_while_its_parent_is_open(store: Path, work: Path) -> None:
    mlflow = connect(write=True)
    with open_run(mlflow, "parent", {}, "stancewire") as parent:
        with open_run(mlflow, "child", {}, nested=True) as run:
            run.status = "FAILED"
        folder = keep(run.run_id, work, nested=True)
        assert mlflow.active_run().info.run_id == parent.run_id
    [uploaded] = upload_runs(folder)
    assert uploaded.run_id == run.run_id
    assert mlflow.get_run(run.run_id).data.tags["mlflow.parentRunId"] == parent.run_id


def test_where_no_store_can_be_made_the_model_is_kept(store: Path, work: Path) -> None:
    connect(write=True)

    def failing(mlflow: Any) -> None:
        raise OSError("disk full")

    folder = keep_run("0" * 32, "stancewire", work, failing)
    assert folder.name == "stancewire-model-00000000" and load_model(folder).codebook.name == "stancewire"
    assert not list(store.glob("stancewire-run-*"))


def test_a_folder_without_a_store_is_an_error(store: Path) -> None:
    with pytest.raises(InputError, match=r"there is no mlflow\.db in this folder"):
        upload_runs(store / "none")
