"""The MLflow experiment that runs are logged to."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from ....data.errors import InputError
from ..connection.addresses import shown_uri, sqlite_file, tracking_uri
from ..connection.lock import store_lock
from .artifacts import local_path

# How MLflow's page shows an experiment: as one of trainings, not of generative AI.
KIND = {"mlflow.experimentKind": "custom_model_development"}


def use_experiment(mlflow: Any, name: str) -> None:
    """Make an experiment the current one; it is created if needed.

    Raises:
        InputError: it was deleted, or its artifacts belong to a folder of another machine.
    """
    from mlflow import MlflowClient

    found = MlflowClient().get_experiment_by_name(name)
    if found is None:
        # Two processes may create it at once. A database on a server serialises that itself.
        with store_lock() if sqlite_file(tracking_uri()) is not None else nullcontext():
            mlflow.set_experiment(name)
        mlflow.set_experiment_tags(KIND)
        return
    if found.lifecycle_stage == "deleted":
        raise deleted_experiment(name, found.experiment_id)
    _check_location(name, str(found.artifact_location))
    mlflow.set_experiment(name)


def deleted_experiment(name: str, number: str) -> InputError:
    """The error for an experiment in MLflow's trash."""
    return InputError(
        f"the experiment {name!r} was deleted",
        where=shown_uri(),
        hint=f"restore it with `mlflow experiments restore --experiment-id {number}` and MLFLOW_TRACKING_URI "
        "set to this store, or log to another one",
    )


def _check_location(name: str, location: str) -> None:
    """Reject a location in a folder that does not exist, where the database was moved away from it."""
    database, folder = sqlite_file(tracking_uri()), local_path(location)
    if database is None or folder is None or folder.exists():
        return
    if folder.is_relative_to(database.absolute().parent) or folder.parent.parent.is_dir():
        return
    raise InputError(
        f"the store was moved: the artifacts of the experiment {name!r} belong to {folder}",
        where=str(database),
        hint="train with --set experiment=NAME, a new one; models and runs of this one can still be read",
    )
