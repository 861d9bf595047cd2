"""A store whose writer was killed in the middle of a transaction, which SQLite has to roll back first."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.tracking.connection import database
from stancewire.experiments.tracking.connection.database import check_database, open_known, read_only
from stancewire.experiments.tracking.versions import list_versions

# A small page cache makes SQLite write changed pages before the commit, and with them a journal on disk.
KILLED = """
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size = 1")
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE alembic_version SET version_num = 'half-written'")
for n in range(2000):
    database.execute("INSERT INTO tags VALUES (?, ?, ?)", (f"key{n}", "x" * 400, sys.argv[2]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def _interrupt(file: Path) -> Path:
    with closing(sqlite3.connect(file)) as opened:
        [run] = opened.execute("SELECT run_uuid FROM runs LIMIT 1").fetchone() or ["none"]
    subprocess.run([sys.executable, "-c", KILLED, str(file), run], check=False)
    journal = file.with_name(f"{file.name}-journal")
    assert journal.stat().st_size > 0
    return journal


@pytest.fixture
def interrupted(trained_store: Path) -> Path:
    """The database of a store with one model, and the journal of an unfinished transaction."""
    file = trained_store / "mlflow.db"
    _interrupt(file)
    return file


@pytest.mark.parametrize("write", [False, True])
def test_the_database_is_recovered(interrupted: Path, write: bool) -> None:
    assert check_database(interrupted, write)
    with open_known(interrupted) as opened:  # the revision is the one before the interruption
        assert opened.execute("SELECT count(*) FROM tags WHERE key LIKE 'key%'").fetchone() == (0,)


def test_versions_are_read_without_mlflow(interrupted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "stancewire.experiments.tracking.versions._from_mlflow", lambda: pytest.fail("MLflow was asked")
    )
    assert [v.number for v in list_versions()] == [1]


@pytest.mark.parametrize("command", ["list", "clean"])
def test_commands_work_after_it(interrupted: Path, cli: Callable[..., Result], command: str) -> None:
    result = cli("experiments", command)
    assert result.exit_code == 0, result.stderr


def test_nothing_can_be_written_while_reading(interrupted: Path) -> None:
    with (
        closing(read_only(interrupted)) as opened,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        opened.execute("DELETE FROM alembic_version")


def test_a_store_that_cannot_be_recovered_says_why(
    interrupted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a read-only file system; permissions do not stop the superuser.
    monkeypatch.setattr(database.os, "access", lambda path, mode: not mode & os.W_OK)
    with pytest.raises(InputError) as caught:
        check_database(interrupted, write=False)
    assert "was interrupted" in str(caught.value) and "write" in str(caught.value)
