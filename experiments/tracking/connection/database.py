"""A local SQLite store, checked before MLflow opens it: MLflow retries for two minutes, or upgrades it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ....data.errors import InputError

# How long to wait for another process that writes to the database.
BUSY_SECONDS = 10.0
# The revision of MLflow's tables for which our own queries were written: that of MLflow 3.17.
REVISION = "dc11669786a5"


def check_database(path: Path, write: bool) -> bool:
    """Check that a database can be opened, and written to if needed. Nothing is created.

    Args:
        path: the database file; it need not exist.
        write: whether the command has to write to it.

    Returns:
        Whether it has tables already.

    Raises:
        InputError: it is no database, is damaged or locked, or is read-only but has to be written to.
    """
    where = str(path)
    if path.is_dir():
        raise InputError("a folder, not a database", where=where, hint="name a file in it, such as mlflow.db")
    try:
        if path.exists() and not os.access(path, os.R_OK):
            raise InputError("cannot be read", where=where, hint="check its permissions")
        if write:
            _check_writable(path)
        if not path.exists() or not path.stat().st_size:
            return False
        return _has_tables(path, write)
    except sqlite3.Error as error:
        raise InputError(
            f"the database cannot be used: {_reason(error)}", where=where, hint=_hint(error)
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"the database cannot be used: {reason}", where=where, hint=_ELSEWHERE) from None


_ELSEWHERE = "set MLFLOW_TRACKING_URI to sqlite:///FILE in a folder that you can write to"


def _is_interrupted(error: sqlite3.Error) -> bool:
    """Whether a killed process left an unfinished transaction that cannot be rolled back without writing."""
    name = getattr(error, "sqlite_errorname", "")
    return name in {"SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY"}


def _reason(error: sqlite3.Error) -> str:
    return "a write to it was interrupted" if _is_interrupted(error) else str(error)


def _hint(error: sqlite3.Error) -> str:
    if _is_interrupted(error):
        return (
            "run a command once with write permission for it and its folder: that undoes the unfinished write"
        )
    text = str(error)
    if "locked" in text:
        return "another program is writing to it: try again when that has ended"
    if "readonly" in text or "read-only" in text:
        return _ELSEWHERE
    return "restore it from a copy, or set MLFLOW_TRACKING_URI to another store"


def _check_writable(path: Path) -> None:
    folder = path.absolute().parent
    while not folder.exists():  # MLflow creates missing folders
        folder = folder.parent
    if path.exists() and not os.access(path, os.W_OK):
        raise InputError("the database is read-only", where=str(path), hint=_ELSEWHERE)
    # SQLite writes its journal beside the database.
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"the folder {folder} is read-only", where=str(path), hint=_ELSEWHERE)


def _has_tables(path: Path, write: bool) -> bool:
    with closing(_connect(path, "rw") if write else read_only(path)) as database:
        tables = database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
        if write:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
    return bool(tables)


@contextmanager
def open_known(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database for queries of our own, in one transaction; nothing can be written.

    The tables are an internal matter of MLflow, so only those of the release that we know are read: columns
    of another one may be missing, or mean something else. MLflow has to read these.

    Raises:
        sqlite3.Error: it is no database of MLflow, or one of another release.
    """
    with closing(read_only(path)) as database:
        # Otherwise, what another process writes between two queries would be read by half.
        database.execute("BEGIN")
        if _revisions(database) != [REVISION]:
            raise sqlite3.DatabaseError("another release of MLflow made the tables")
        yield database


def read_only(path: Path) -> sqlite3.Connection:
    """Connect to a database without the permission to change anything.

    SQLite rolls back the transaction of a killed process when the next one reads, and refuses to read where
    it cannot. So if there is a journal, the file is opened for writing, and only queries are allowed.
    """
    journal = path.with_name(f"{path.name}-journal")
    recover = journal.exists() and all(os.access(p, os.W_OK) for p in (path, journal, path.absolute().parent))
    database = _connect(path, "rw" if recover else "ro")
    database.execute("PRAGMA query_only = ON")
    return database


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def _revisions(database: sqlite3.Connection) -> list[str]:
    return [row[0] for row in database.execute("SELECT version_num FROM alembic_version")]


def check_schema(path: Path) -> None:
    """Check that the tables are those of the installed MLflow, which would otherwise change some of them.

    Raises:
        InputError: another release of MLflow made the tables.
    """
    try:
        with closing(read_only(path)) as database:
            revisions = _revisions(database)
    except sqlite3.Error:
        raise InputError(
            "not a database of MLflow",
            where=str(path),
            hint="set MLFLOW_TRACKING_URI to sqlite:///FILE with another file",
        ) from None
    import mlflow.store
    from mlflow.store.db.utils import _get_latest_schema_revision

    latest = _get_latest_schema_revision()  # type: ignore[no-untyped-call]
    if [latest] == revisions:
        return
    steps = Path(str(mlflow.store.__file__)).parent / "db_migrations" / "versions"
    known = bool(revisions) and any(p.name.startswith(f"{revisions[0]}_") for p in steps.glob("*.py"))
    raise schema_error(str(path), f"sqlite:///{path}", older=known)


def schema_error(where: str, uri: str, older: bool) -> InputError:
    """The error for a database of another release of MLflow."""
    from mlflow import __version__

    if older:
        return InputError(
            f"an older release of MLflow made this database (MLflow {__version__} is installed)",
            where=where,
            hint=f"copy it, then upgrade it with `mlflow db upgrade {uri}`",
        )
    return InputError(
        f"a newer release of MLflow made this database (MLflow {__version__} is installed)",
        where=where,
        hint="upgrade MLflow with `pip install --upgrade mlflow`, or use another store",
    )
