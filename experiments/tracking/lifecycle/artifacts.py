"""Artifacts on this machine, also of a store that was moved or copied from another folder or machine."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import unquote, urlsplit

from ..connection.addresses import sqlite_file, tracking_uri
from ..store import connect


def local_path(location: str) -> Path | None:
    """The path that a location names; None for a location that is not in the file system."""
    parts = urlsplit(location)
    if len(parts.scheme) == 1:  # a drive of Windows
        return Path(location)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        return None
    return Path(unquote(parts.path)) if parts.scheme else Path(location)


def find_artifacts(location: str, database: Path | None = None) -> Path | None:
    """The file or folder of a location; None if it is not on this machine.

    The store keeps absolute paths. If such a path does not exist, its last parts are looked up beside the
    database: `/srv/anna/project/mlruns/1/models/m-1` in `mlruns/1/models/m-1`.

    Args:
        location: URI or path.
        database: the database of the store. Default: that of the current store, if it is a SQLite file.
    """
    path = local_path(location)
    if path is None:
        return None
    if path.is_absolute() and path.exists():
        return path
    database = database or sqlite_file(tracking_uri())
    if database is None:
        return None
    text = str(path)
    parts = (PureWindowsPath(text) if text[1:2] == ":" else PurePosixPath(text.replace("\\", "/"))).parts
    # At least the folder of the artifacts and that of the experiment, so that no other folder is taken.
    for start in range(1 if path.is_absolute() or text[1:2] == ":" else 0, max(0, len(parts) - 1)):
        if ".." in parts[start:]:
            continue
        beside = database.absolute().parent.joinpath(*parts[start:])
        if beside.exists():
            return beside
    return None


def artifact_text(run: Any, name: str) -> str | None:
    """A text artifact of a run; None if the run has none, or it cannot be reached.

    Args:
        run: an MLflow run.
        name: its path within the artifacts.

    Raises:
        InputError: the artifacts are remote, and the store cannot be used.
    """
    uri = run.info.artifact_uri
    path = find_artifacts(f"{uri}/{name}")
    try:
        if path is not None:
            return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if local_path(uri) is not None:
        return None
    mlflow = connect()
    try:
        return str(mlflow.artifacts.load_text(f"{uri}/{name}"))
    except Exception:  # every kind of artifact store has exceptions of its own
        return None


def artifact_json(run: Any, name: str) -> dict[str, Any] | None:
    """An artifact of a run that is a JSON object; None as in `artifact_text`, or if it is damaged."""
    text = artifact_text(run, name)
    try:
        found = json.loads(text) if text is not None else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
