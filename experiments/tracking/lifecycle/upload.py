"""Copy runs that a local store kept while the tracking store was down to the tracking store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from ....data.errors import InputError
from ....training.serialization import FILE, load_model
from ..connection.addresses import shown_uri
from ..connection.database import check_database, check_schema
from ..connection.failures import failures, store_error
from ..served.logged_model import log_model
from ..store import connect
from .artifacts import find_artifacts
from .experiment import use_experiment
from .kept import DATABASE, KEPT_OF
from .process import HEARTBEAT, HOST, PID, STARTED
from .signals import postponed_signals
from .work_folder import work_folder

# A tag of a copied run: its id in the local store.
UPLOADED_FROM = "uploaded_from"
# What MLflow accepts at once.
_METRICS, _PARAMS = 1000, 100
_OWN_TAGS = frozenset({HOST, PID, STARTED, HEARTBEAT, "mlflow.runName", "mlflow.log-model.history"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UploadedRun:
    """A run of the local store.

    Attributes:
        run_id: its id in the tracking store.
        name: its name.
        model: folder of its model on this machine; None if it has none.
        copied: False if the tracking store had it already.
    """

    run_id: str
    name: str
    model: Path | None
    copied: bool


def upload_runs(folder: Path) -> list[UploadedRun]:
    """Copy all finished runs of a local store to the tracking store, with metrics, artifacts and model.

    A run that was opened in the tracking store before that failed is completed there, under its id.

    Args:
        folder: the folder with `mlflow.db`.

    Raises:
        InputError: there is no store in the folder, or the tracking store cannot be used.
    """
    database = folder / DATABASE
    if not database.is_file():
        raise InputError(f"there is no {DATABASE} in this folder", where=str(folder))
    if check_database(database, write=False):
        check_schema(database)
    mlflow = connect(write=True)
    from mlflow import MlflowClient

    source = MlflowClient(f"sqlite:///{database.absolute()}")
    try:
        experiments = {e.experiment_id: e.name for e in source.search_experiments()}
        runs = source.search_runs(list(experiments), filter_string="attributes.status = 'FINISHED'")
        return [_upload(mlflow, source, run, experiments[run.info.experiment_id], database) for run in runs]
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def _upload(mlflow: Any, source: Any, run: Any, experiment: str, database: Path) -> UploadedRun:
    model = _model_folder(source, run, database)
    use_experiment(mlflow, experiment)
    found, complete = _existing(mlflow, run)
    if found is not None and complete:
        return UploadedRun(found, run.info.run_name, model, copied=False)
    from mlflow import MlflowClient

    client = MlflowClient()
    target = found or _new_run(client, run, experiment)
    with work_folder() as work, mlflow.start_run(run_id=target):
        _copy(client, source, run, target)
        artifacts = find_artifacts(run.info.artifact_uri, database)
        if artifacts is not None and artifacts.is_dir():
            client.log_artifacts(target, str(artifacts))
        if model is not None:
            log_model(mlflow, model, load_model(model), work)
    with postponed_signals():
        client.set_terminated(target, "FINISHED", run.info.end_time)
    return UploadedRun(target, run.info.run_name, model, copied=True)


def _model_folder(source: Any, run: Any, database: Path) -> Path | None:
    for output in run.outputs.model_outputs if run.outputs else ():
        location = source.get_logged_model(output.model_id).artifact_location
        folder = find_artifacts(location, database)
        found = sorted(folder.rglob(FILE)) if folder is not None else []
        if found:
            return found[0].parent
    return None


def _existing(mlflow: Any, run: Any) -> tuple[str | None, bool]:
    """The run in the tracking store, and whether it is complete there."""
    from mlflow.exceptions import MlflowException

    copies = mlflow.search_runs(
        filter_string=f"tags.{UPLOADED_FROM} = '{run.info.run_id}'", output_format="list"
    )
    for copy in copies:
        return str(copy.info.run_id), copy.info.status == "FINISHED"
    if (before := run.data.tags.get(KEPT_OF)) is None:
        return None, False
    try:
        found = mlflow.get_run(before)
    except MlflowException:  # the tracking store was lost, or is another one
        return None, False
    return before, found.info.status == "FINISHED"


def _new_run(client: Any, run: Any, experiment: str) -> str:
    number = client.get_experiment_by_name(experiment).experiment_id
    created = client.create_run(number, run.info.start_time, run_name=run.info.run_name)
    if run.inputs and run.inputs.dataset_inputs:
        client.log_inputs(created.info.run_id, datasets=run.inputs.dataset_inputs)
    return str(created.info.run_id)


def _copy(client: Any, source: Any, run: Any, target: str) -> None:
    """Copy tags, parameters and all values of the metrics."""
    from mlflow.entities import Metric, Param, RunTag

    tags = {k: v for k, v in run.data.tags.items() if k not in _OWN_TAGS}
    tags[UPLOADED_FROM] = run.info.run_id
    for some in _batches([RunTag(k, v) for k, v in tags.items()], _PARAMS):
        client.log_batch(target, tags=some)
    for some_params in _batches([Param(k, v) for k, v in run.data.params.items()], _PARAMS):
        client.log_batch(target, params=some_params)
    values = [m for key in run.data.metrics for m in source.get_metric_history(run.info.run_id, key)]
    for some_metrics in _batches([Metric(m.key, m.value, m.timestamp, m.step) for m in values], _METRICS):
        client.log_batch(target, metrics=some_metrics)


def _batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
