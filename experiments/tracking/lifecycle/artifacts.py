"""Artifacts on this machine, also of a store that was moved or copied from another folder or machine."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote, urlsplit

from ..connection.addresses import sqlite_file, tracking_uri


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
