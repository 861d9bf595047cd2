"""What killed commands leave behind: runs that look unfinished, and temporary files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..connection.addresses import shown_uri
from ..connection.failures import failures, store_error
from ..store import connect, store_exists
from .process import is_lost, last_heartbeat
from .work_folder import abandoned_folders, remove

CLOSED = "closed"
LOST = "LOST"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What was found, and removed or closed.

    Attributes:
        runs: ids and names of lost runs.
        files: temporary files and folders.
    """

    runs: tuple[tuple[str, str], ...]
    files: tuple[Path, ...]


def status_of(run: Any) -> str:
    """MLflow's status of a run, or LOST for one that looks unfinished although its process is gone."""
    status = str(run.info.status)
    if status in ("RUNNING", "SCHEDULED") and is_lost(run.data.tags, _started(run)):
        return LOST
    return status


def _started(run: Any) -> datetime:
    return datetime.fromtimestamp(run.info.start_time / 1000, UTC)


def clean(temporary_files: Iterable[Path] = (), dry_run: bool = False) -> Leftovers:
    """Close lost runs as KILLED, and remove temporary files.

    Args:
        temporary_files: files to remove besides abandoned work folders.
        dry_run: only look.

    Raises:
        InputError: the store cannot be used.
    """
    runs = _lost_runs()
    files = (*abandoned_folders(), *temporary_files)
    if not dry_run:
        _close(runs)
        for path in files:
            remove(path)
    return Leftovers(tuple((r.info.run_id, r.info.run_name or "") for r in runs), files)


def _lost_runs() -> list[Any]:
    if not store_exists():
        return []
    mlflow = connect()
    try:
        found = mlflow.search_runs(
            search_all_experiments=True,
            filter_string="attributes.status != 'FINISHED'",
            output_format="list",
            max_results=50_000,
        )
    except failures() as error:
        raise store_error(error, shown_uri()) from None
    return [run for run in found if status_of(run) == LOST]


def _close(runs: Iterable[Any]) -> None:
    runs = list(runs)
    if not runs:
        return
    connect(write=True)
    from mlflow import MlflowClient

    client = MlflowClient()
    try:
        for run in runs:
            last = last_heartbeat(run.data.tags, _started(run))
            client.set_tag(run.info.run_id, CLOSED, "lost: its process ended without closing it")
            client.set_terminated(run.info.run_id, "KILLED", end_time=int(last.timestamp() * 1000))
    except failures() as error:
        raise store_error(error, shown_uri()) from None
