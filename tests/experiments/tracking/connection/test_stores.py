"""Stores that cannot be used: one line with the remedy, soon, and nothing is created."""

from __future__ import annotations

import http.server
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.tracking.connection import database, server
from stancewire.experiments.tracking.store import connect

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]


def _change(store: Path, sql: str) -> None:
    with closing(sqlite3.connect(store / "mlflow.db")) as connection, connection:
        connection.execute(sql)


def test_an_older_schema_says_how_to_upgrade(store: Path, cli: Cli, one_line: OneLine) -> None:
    # The revision before the newest one.
    _change(store, "UPDATE alembic_version SET version_num = '451aebb31d03'")
    line = one_line(cli("experiments", "list"))
    assert "an older release of MLflow" in line and "mlflow db upgrade sqlite:///" in line


def test_a_newer_schema_says_to_upgrade_mlflow(store: Path, cli: Cli, one_line: OneLine) -> None:
    _change(store, "UPDATE alembic_version SET version_num = 'ffffffffffff'")
    line = one_line(cli("experiments", "list"))
    assert "a newer release of MLflow" in line and "pip install --upgrade mlflow" in line


def test_a_database_of_another_program_is_left_alone(store: Path, cli: Cli, one_line: OneLine) -> None:
    (store / "mlflow.db").unlink()
    _change(store, "CREATE TABLE recipes (name TEXT)")
    before = (store / "mlflow.db").read_bytes()
    assert "not a database of MLflow" in one_line(cli("experiments", "list"))
    assert (store / "mlflow.db").read_bytes() == before


@pytest.mark.parametrize("what", ["folder", "database"])
def test_a_read_only_store_is_one_line_before_training(
    what: str, tiny_file: Path, store: Path, cli: Cli, one_line: OneLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = os.access

    def denied(path: Path | str, mode: int) -> bool:
        refused = store if what == "folder" else store / "mlflow.db"
        return access(path, mode) and not (Path(path) == refused and mode & os.W_OK)

    monkeypatch.setattr(database.os, "access", denied)
    began = time.perf_counter()
    line = one_line(cli("train", "--corpus", tiny_file))
    assert time.perf_counter() - began < 20
    assert "read-only" in line and "a folder that you can write to" in line


def test_listing_runs_writes_nothing(trained_store: Path, cli: Cli) -> None:
    before = (trained_store / "mlflow.db").read_bytes()
    assert cli("experiments", "list").exit_code == 0 and cli("models", "list").exit_code == 0
    assert (trained_store / "mlflow.db").read_bytes() == before
    assert [p.name for p in trained_store.iterdir()] == ["mlflow.db"]


def test_a_locked_database_is_one_line(
    store: Path, cli: Cli, one_line: OneLine, tiny_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(store / "mlflow.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        line = one_line(cli("train", "--corpus", tiny_file))
    assert "locked" in line and "another program is writing to it" in line


def test_reading_creates_no_database(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_line: OneLine
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///none.db")
    assert cli("experiments", "list").exit_code == 0
    assert "no run" in one_line(cli("experiments", "show", "deadbeef"))
    assert cli("experiments", "clean").exit_code == 0
    assert cli("models", "list").exit_code == 0
    assert not list(tmp_path.iterdir())


def test_a_deleted_experiment_says_how_to_restore_it(
    trained_store: Path, cli: Cli, one_line: OneLine, tiny_file: Path, tiny_model: Path
) -> None:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{trained_store / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("stancewire")
    assert experiment is not None
    client.delete_experiment(experiment.experiment_id)
    restore = f"mlflow experiments restore --experiment-id {experiment.experiment_id}"
    assert restore in one_line(cli("experiments", "list"))
    assert restore in one_line(cli("train", "--corpus", tiny_file))
    assert restore in one_line(
        cli("evaluate", "--corpus", tiny_file, "--model", tiny_model, "--bootstrap", "0")
    )


class _Json(http.server.BaseHTTPRequestHandler):
    """Answers `{}` to everything."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def other_server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Json) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://anna:S3cret@127.0.0.1:{running.server_port}"
        running.shutdown()


def test_a_server_of_another_program_is_one_line(
    other_server: str, cli: Cli, one_line: OneLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", other_server)
    line = one_line(cli("experiments", "list"))
    assert "not an MLflow tracking server" in line and "anna:***@" in line and "S3cret" not in line


def test_a_silent_server_is_one_line(cli: Cli, one_line: OneLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server.ANSWER_SECONDS <= 15
    monkeypatch.setattr(server, "ANSWER_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.perf_counter()
        line = one_line(cli("experiments", "list"))
    assert "does not answer within 1 s" in line and time.perf_counter() - began < 10


@pytest.mark.parametrize("verbose", [(), ("-v",)])
def test_a_password_is_not_shown_with_verbose_either(
    verbose: tuple[str, ...], cli: Cli, one_line: OneLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "mysql+nodriver://user:S3cret@h/db")
    result = cli(*verbose, "experiments", "list")
    assert result.exit_code == 1 and "S3cret" not in result.output and "user:***@h" in result.stderr


def test_a_hidden_password_is_not_in_log_lines(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import logging

    connect()
    logging.getLogger("alembic.test").error("cannot reach %s", "postgresql://u:S3cret@h/db")
    shown = capsys.readouterr().err
    assert "S3cret" not in shown


def test_a_lock_that_is_held_for_long_is_one_line(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock
    from stancewire.experiments.tracking.connection import lock

    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.1)
    with FileLock(lock.lock_file()), pytest.raises(InputError, match="another command"), lock.store_lock():
        pass
