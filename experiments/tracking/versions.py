"""Registered models and their versions, as the MLflow registry stores them.

A local SQLite store is read directly and read-only, because importing and querying MLflow takes more CPU time
than loading a linear model. MLflow reads all other stores, and schemas that are unknown here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .connection.addresses import shown_uri, sqlite_file, tracking_uri
from .connection.database import read_only
from .connection.failures import failures, store_error
from .lifecycle.artifacts import find_artifacts
from .store import connect

# The registered model of the shipped codebook; other codebooks add a hyphen and their name.
PREFIX = "stancewire"
# The workspace in which MLflow stores everything if workspaces are not used.
_WORKSPACE = "default"


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version of a registered model.

    `location` is the URI or path of its artifacts; None if only MLflow knows it. `created` is in
    milliseconds since 1970.
    """

    name: str
    number: int
    run_id: str
    created: int
    description: str = ""
    location: str | None = None
    aliases: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name that records and tables show: `stancewire/3`."""
        return f"{self.name}/{self.number}"


def registered_name(codebook: str) -> str:
    """The registered model of a codebook: `stancewire` for the shipped one, `stancewire-NAME` for others."""
    return codebook if codebook == PREFIX else f"{PREFIX}-{codebook}"


def list_versions() -> list[ModelVersion]:
    """All versions of all models of stancewire in the registry, by name, newest first.

    Raises:
        InputError: the store cannot be used.
    """
    local = _from_sqlite(tracking_uri())
    found = _from_mlflow() if local is None else local
    return sorted(found, key=lambda v: (v.name != PREFIX, v.name, -v.number))


def _is_ours(name: str) -> bool:
    return name == PREFIX or name.startswith(f"{PREFIX}-")


def _from_mlflow() -> list[ModelVersion]:
    connect()
    try:
        return _search()
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def _search() -> list[ModelVersion]:
    from mlflow import MlflowClient

    client = MlflowClient()
    versions: list[ModelVersion] = []
    for model in client.search_registered_models(filter_string=f"name LIKE '{PREFIX}%'"):
        if not _is_ours(model.name):
            continue
        # A search returns versions without their aliases, which the model has.
        aliases: dict[int, list[str]] = {}
        for alias, number in model.aliases.items():
            aliases.setdefault(int(number), []).append(alias)
        for version in client.search_model_versions(f"name='{model.name}'"):
            number = int(version.version)
            versions.append(
                ModelVersion(
                    name=model.name,
                    number=number,
                    run_id=version.tags.get("run_id") or version.run_id or "",
                    created=int(version.creation_timestamp),
                    description=version.description or "",
                    aliases=tuple(sorted(aliases.get(number, ()))),
                    tags=dict(version.tags),
                )
            )
    return versions


def _sqlite_file(uri: str) -> Path | None:
    """The file of a plain `sqlite:///FILE`; None for any other store."""
    # MLflow handles a separate registry, and drivers or options in the URI.
    return None if os.environ.get("MLFLOW_REGISTRY_URI") else sqlite_file(uri)


def _from_sqlite(uri: str) -> list[ModelVersion] | None:
    """The versions in a local SQLite store; None if MLflow has to read the store.

    A file that does not exist yet contains no models, and is not created here.
    """
    file = _sqlite_file(uri)
    if file is None:
        return None
    if not file.exists():
        return []
    try:
        with closing(read_only(file)) as database:
            return _rows(database)
    except (sqlite3.Error, TypeError, ValueError):  # another schema, or no database
        return None


def _rows(database: sqlite3.Connection) -> list[ModelVersion]:
    def rows(table: str, *columns: str) -> list[tuple[Any, ...]]:
        names = ", ".join(columns)
        query = f"SELECT {names} FROM {table} WHERE workspace = ?"
        return database.execute(query, (_WORKSPACE,)).fetchall()

    # One transaction, so that a concurrent alias change cannot be read half-done.
    database.execute("BEGIN")
    aliases: dict[tuple[str, int], list[str]] = {}
    for name, alias, number in rows("registered_model_aliases", "name", "alias", "version"):
        aliases.setdefault((name, int(number)), []).append(alias)
    tags: dict[tuple[str, int], dict[str, str]] = {}
    for name, number, key, value in rows("model_version_tags", "name", "version", "key", "value"):
        tags.setdefault((name, int(number)), {})[key] = value
    columns = ("name", "version", "run_id", "creation_time", "description", "source", "storage_location")
    out = []
    for name, raw, run_id, created, description, source, storage, stage in rows(
        "model_versions", *columns, "current_stage"
    ):
        # Deleted versions stay in the table, with their names redacted, in this stage.
        if not _is_ours(name) or stage == "Deleted_Internal":
            continue
        key = name, int(raw)
        own = tags.get(key, {})
        out.append(
            ModelVersion(
                name=name,
                number=int(raw),
                run_id=own.get("run_id") or run_id or "",
                created=int(created),
                description=description or "",
                location=storage or source,
                aliases=tuple(sorted(aliases.get(key, ()))),
                tags=own,
            )
        )
    return out


def local_folder(version: ModelVersion) -> Path | None:
    """The folder of a version's artifacts; None if MLflow has to download them."""
    folder = find_artifacts(version.location) if version.location else None
    return folder if folder is not None and folder.is_dir() else None
