"""`experiments ui` serves the page of the runs, and ends cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.tracking.served.web_page import free_port, runs_path, server_page
from stancewire.experiments.tracking.store import connect
from stancewire.tests.experiments.tracking.servers import free_port as any_port

Cli = Callable[..., Result]
PROGRAM = """
import signal
for name in ("SIGINT", "SIGTERM"):  # a test run in the background ignores some signals
    signal.signal(getattr(signal, name), signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
from stancewire.serving.cli.main import main
main()
"""


def test_the_page_is_that_of_the_experiment_with_the_latest_run(trained_store: Path) -> None:
    experiment = connect().get_experiment_by_name("stancewire")
    assert experiment is not None
    path = f"/#/experiments/{experiment.experiment_id}/runs"
    assert runs_path(None) == runs_path("stancewire") == f"{path}?workflowType=machine_learning"


def test_a_store_without_runs_is_one_line(
    store: Path, cli: Cli, one_line: Callable[[Result], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no runs yet" in one_line(cli("experiments", "ui", "--no-open"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///none.db")
    assert "no runs yet" in one_line(cli("experiments", "ui", "--no-open"))
    assert not (store / "none.db").exists()


def test_an_unknown_experiment_is_an_error(trained_store: Path) -> None:
    with pytest.raises(InputError, match="no experiment 'none'"):
        runs_path("none")


def test_the_page_of_a_server_has_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://anna:S3cret@host/mlflow/")
    assert server_page("/#/experiments/1/runs") == "https://host/mlflow/#/experiments/1/runs"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///a.db")
    assert server_page("/") is None


def test_a_port_in_use_is_one_line(trained_store: Path, cli: Cli, one_line: Callable[[Result], str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = one_line(cli("experiments", "ui", "--no-open", "--port", port))
    assert f"port {port} is not available" in line and "--port" in line
    assert free_port(port) == port and free_port(0) > 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_the_runs_with_one_worker_and_ends_with_a_signal(
    trained_store: Path, number: signal.Signals
) -> None:
    port = any_port()
    command = [sys.executable, "-c", PROGRAM, "experiments", "ui", "--no-open", "--port", str(port)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=trained_store, env=dict(os.environ), stdout=pipe, stderr=pipe)
    try:
        assert process.stdout is not None
        page = process.stdout.readline().decode().strip()
        assert page == f"http://127.0.0.1:{port}{runs_path(None)}"
        with urllib.request.urlopen(page.partition("#")[0], timeout=60) as answer:
            assert b"<div id=" in answer.read()
        children = psutil.Process(process.pid).children(recursive=True)
        servers = [c for c in children if "-m uvicorn" in " ".join(c.cmdline())]
        assert len(servers) == 1, [c.cmdline() for c in children]
        assert {c.laddr.ip for c in servers[0].net_connections() if c.status == "LISTEN"} <= {"127.0.0.1"}
        began = time.monotonic()
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        assert time.monotonic() - began < 30
    finally:
        process.kill()
    assert process.returncode == 128 + number, err
    assert err.decode().splitlines() == ["press Ctrl-C to stop", f"interrupted by {number.name}"]
    assert not any(c.is_running() and c.status() != psutil.STATUS_ZOMBIE for c in children)
    assert free_port(port) == port
