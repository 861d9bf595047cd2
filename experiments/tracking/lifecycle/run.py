"""An MLflow run from its opening, before training, to its end: FINISHED, FAILED or KILLED."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ..connection.addresses import redacted, shown_uri
from ..connection.failures import failures, store_error
from .experiment import use_experiment
from .process import HEARTBEAT, now, process_tags
from .signals import postponed_signals

# Seconds between two heartbeats.
INTERVAL = 20.0


@dataclass(slots=True)
class OpenRun:
    """A run in progress.

    Attributes:
        run_id: its id.
        status: the status with which it will end, unless an exception ends it.
    """

    run_id: str
    status: str = "FINISHED"


@contextmanager
def open_run(
    mlflow: Any,
    name: str,
    tags: Mapping[str, str],
    experiment: str | None = None,
    nested: bool = False,
    system_metrics: bool = False,
    run_id: str | None = None,
) -> Iterator[OpenRun]:
    """Open a run as MLflow's current run, and end it as FINISHED, FAILED or KILLED.

    KILLED is the status after a signal. While the run is open, a thread writes a heartbeat, so that other
    processes can tell an unfinished run from one whose process is gone.

    Args:
        mlflow: the module, connected to a store.
        name: name of the run.
        tags: its tags.
        experiment: the MLflow experiment. Default: the current one.
        nested: whether it is a child of the current run.
        system_metrics: whether MLflow logs the load of the machine every ten seconds.
        run_id: a run to open again; its name stays.

    Raises:
        InputError: the run cannot be opened.
    """
    all_tags = {k: redacted(v) for k, v in tags.items()} | process_tags()
    run, heart = None, None
    try:
        with postponed_signals():
            named = {"run_id": run_id} if run_id is not None else {"run_name": redacted(name)[:250]}
            how = named | {"nested": nested, "tags": all_tags, "log_system_metrics": system_metrics}
            run = OpenRun(_start(mlflow, experiment, how))
            heart = _Heart(run.run_id)
        yield run
    except BaseException as error:
        _end(mlflow, run, heart, "FAILED" if isinstance(error, Exception) else "KILLED")
        raise
    _end(mlflow, run, heart, run.status)


def _start(mlflow: Any, experiment: str | None, how: Mapping[str, Any]) -> str:
    """Start a run; returns its id."""
    try:
        if experiment is not None:
            use_experiment(mlflow, experiment)
        return str(mlflow.start_run(**how).info.run_id)
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def _end(mlflow: Any, run: OpenRun | None, heart: _Heart | None, status: str) -> None:
    """End the run. Nothing is raised where the store is gone: what ended the run matters more."""
    with postponed_signals():
        if heart is not None:
            heart.stop()
        current = mlflow.active_run()
        if run is not None and current is not None and current.info.run_id == run.run_id:
            with suppress(*failures()):
                mlflow.end_run(status)


class _Heart:
    """Writes the time to a tag of a run until it is stopped, or the store fails twice in a row."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True, name="stancewire-heartbeat")
        self.thread.start()

    def _beat(self) -> None:
        from mlflow import MlflowClient

        client, failed = MlflowClient(), 0
        while failed < 2 and not self.stopped.wait(INTERVAL):
            try:
                client.set_tag(self.run_id, HEARTBEAT, now())
                failed = 0
            except Exception:  # the training goes on; whoever logs next reports it
                failed += 1

    def stop(self) -> None:
        """Stop writing. A write in progress is not waited for: the store may be silent."""
        self.stopped.set()
        self.thread.join(1.0)
