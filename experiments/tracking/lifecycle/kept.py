"""Keep a run in a SQLite store of its own, if the tracking store fails when the run is to be logged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ....data.errors import InputError
from ..connection.addresses import tracking_uri
from ..connection.failures import failures
from ..store import connect
from .experiment import KIND
from .work_folder import remove

DATABASE = "mlflow.db"
# A tag of the kept run: the id that it had in the store that failed.
KEPT_OF = "kept_of"
_VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")


def keep_run(run_id: str, experiment: str, work: Path, log: Callable[[Any], None]) -> Path:
    """Log a run to a new store: in the working folder or, if that cannot be written to, beside `work`.

    Args:
        run_id: id of the run in the store that failed.
        experiment: the MLflow experiment.
        work: the work folder, with the trained model in `model`.
        log: logs the run to the store that the given MLflow module is connected to.

    Returns:
        The folder with `mlflow.db` and `mlruns`; the folder with the model alone if no store could be made.
    """
    for parent in (Path.cwd(), work.parent):
        folder = parent / f"stancewire-run-{run_id[:8]}"
        try:
            folder.mkdir()
        except OSError:
            continue
        caught: tuple[type[Exception], ...] = (InputError, *failures())
        try:
            with local_store(folder, experiment) as mlflow:
                log(mlflow)
            return folder
        except caught:
            remove(folder)
    return _keep_model(work / "model", f"stancewire-model-{run_id[:8]}")


def _keep_model(model: Path, name: str) -> Path:
    for folder in (Path.cwd(), model.parents[1]):
        try:
            return Path(shutil.copytree(model, folder / name, dirs_exist_ok=True))
        except OSError:
            continue
    # The same file system as the work folder: moving needs no space.
    return model.rename(model.parents[1] / f"{name}-moved")


@contextmanager
def local_store(folder: Path, experiment: str) -> Iterator[Any]:
    """Log to a new SQLite store in a folder instead of the current store, within the block.

    Yields:
        MLflow, connected to it.

    Raises:
        InputError: the store cannot be made.
    """
    before = {name: os.environ.pop(name, None) for name in _VARIABLES}
    os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{(folder / DATABASE).absolute()}"
    try:
        mlflow = connect(write=True)
        # Otherwise the artifacts would be in `mlruns` of the working folder.
        artifacts = (folder / "mlruns" / "1").absolute()
        mlflow.create_experiment(experiment, artifact_location=artifacts.as_uri(), tags=KIND)
        yield mlflow
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        _point_back()


def _point_back() -> None:
    import mlflow

    mlflow.set_tracking_uri(tracking_uri())
