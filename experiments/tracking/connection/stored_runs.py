"""Runs in a local SQLite store, read directly: MLflow takes seconds for a thousand of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .addresses import sqlite_file, tracking_uri
from .database import open_known

# The workspace in which MLflow stores everything if workspaces are not used.
_WORKSPACE = "default"


@dataclass(frozen=True, slots=True)
class StoredInfo:
    """Like MLflow's `RunInfo`; times are in milliseconds since 1970."""

    run_id: str
    run_name: str
    experiment_id: str
    status: str
    start_time: int
    end_time: int | None
    artifact_uri: str


@dataclass(frozen=True, slots=True)
class StoredData:
    """Like MLflow's `RunData`: settings, tags and the last value of each metric."""

    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """Like MLflow's `Run`, without datasets and models."""

    info: StoredInfo
    data: StoredData


def read_runs(
    prefix: str = "",
    tags: Mapping[str, str] | None = None,
    status: str | None = None,
    experiment: str | None = None,
) -> list[StoredRun] | None:
    """The runs of a local SQLite store, newest first; None if MLflow has to read the store.

    Args:
        prefix: the first characters of the run id.
        tags: tags that the runs have.
        status: MLflow's status.
        experiment: name of the experiment. Default: all experiments.
    """
    file = sqlite_file(tracking_uri())
    if file is None or not file.exists():
        return None
    chosen, arguments = _selection(prefix, tags or {}, status, experiment)
    try:
        with open_known(file) as database:
            return _rows(database, chosen, arguments)
    except (sqlite3.Error, TypeError, ValueError):  # another schema, or no database
        return None


def _selection(
    prefix: str, tags: Mapping[str, str], status: str | None, experiment: str | None
) -> tuple[str, list[str]]:
    """A query for the ids of the runs, with its arguments."""
    query = (
        "SELECT r.run_uuid FROM runs r JOIN experiments e ON e.experiment_id = r.experiment_id "
        "WHERE r.lifecycle_stage = 'active' AND e.lifecycle_stage = 'active' AND e.workspace = ? "
        "AND substr(r.run_uuid, 1, ?) = ?"
    )
    arguments: list[Any] = [_WORKSPACE, len(prefix), prefix]
    if status is not None:
        query, arguments = f"{query} AND r.status = ?", [*arguments, status]
    if experiment is not None:
        query, arguments = f"{query} AND e.name = ?", [*arguments, experiment]
    for key, value in tags.items():
        query += (
            " AND EXISTS (SELECT 1 FROM tags t WHERE t.run_uuid = r.run_uuid AND t.key = ? AND t.value = ?)"
        )
        arguments += [key, value]
    return query, arguments


def _rows(database: sqlite3.Connection, chosen: str, arguments: list[str]) -> list[StoredRun]:
    data: dict[str, StoredData] = {}
    columns = "run_uuid, name, experiment_id, status, start_time, end_time, artifact_uri"
    order = "ORDER BY start_time DESC, run_uuid"
    found = database.execute(
        f"SELECT {columns} FROM runs WHERE run_uuid IN ({chosen}) {order}", arguments
    ).fetchall()
    for row in found:
        data[row[0]] = StoredData()
    for table, name in (("params", "params"), ("tags", "tags"), ("latest_metrics", "metrics")):
        value = "value" if name != "metrics" else "CASE WHEN is_nan THEN NULL ELSE value END"
        query = f"SELECT run_uuid, key, {value} FROM {table} WHERE run_uuid IN ({chosen})"
        for run_id, key, found_value in database.execute(query, arguments):
            missing = float("nan") if name == "metrics" else ""
            getattr(data[run_id], name)[key] = missing if found_value is None else found_value
    return [
        StoredRun(
            StoredInfo(run_id, run_name or "", str(experiment), status, start or 0, end, uri or ""),
            data[run_id],
        )
        for run_id, run_name, experiment, status, start, end, uri in found
    ]
