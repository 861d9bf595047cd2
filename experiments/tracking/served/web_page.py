"""MLflow's own web page for the local store: a server with one worker, opened at the list of runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from ....data.errors import InputError
from ..connection.addresses import is_http, redacted, shown_uri, tracking_uri
from ..lifecycle.experiment import deleted_experiment
from ..store import connect, store_exists

LOCALHOST = "127.0.0.1"
# Importing MLflow's server takes seconds, on a busy machine many.
START_SECONDS = 120.0
STOP_SECONDS = 10.0


def runs_path(experiment: str | None) -> str:
    """The path of the page with the runs of an experiment.

    Args:
        experiment: its name. Default: the experiment with the latest run.

    Raises:
        InputError: there is no such experiment, or the store cannot be used.
    """
    mlflow = connect() if store_exists() else None
    if mlflow is not None and experiment is None:
        latest = mlflow.search_runs(search_all_experiments=True, max_results=1, output_format="list")
        if latest:
            return _runs_of(latest[0].info.experiment_id)
    found = mlflow.get_experiment_by_name(experiment or "stancewire") if mlflow is not None else None
    if found is None:
        what = f"no experiment {experiment!r}" if experiment else "no runs yet"
        hint = (
            "`stancewire experiments list` shows the runs" if experiment else "run `stancewire train` first"
        )
        raise InputError(what, where=shown_uri(), hint=hint)
    if found.lifecycle_stage == "deleted":
        raise deleted_experiment(found.name, found.experiment_id)
    return _runs_of(found.experiment_id)


def _runs_of(experiment_id: str) -> str:
    # Without the workflow, the menu beside the runs is about generative AI, and lacks the models.
    return f"/#/experiments/{experiment_id}/runs?workflowType=machine_learning"


def server_page(path: str) -> str | None:
    """The address of a page of the tracking server, without its password; None for a local store."""
    uri = tracking_uri()
    if not is_http(uri):
        return None
    scheme, _, rest = redacted(uri).partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].rstrip('/')}{path}"


def free_port(port: int) -> int:
    """The port itself if it is free, or any free port for 0.

    Raises:
        InputError: another program uses it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
            # Without this, Linux lets two programs bind to a port on which neither listens yet.
            probe.listen()
        except OSError as error:
            raise InputError(
                f"port {port} is not available: {error.strerror}",
                where="--port",
                hint="choose another one, or 0 for any free port",
            ) from None
        return int(probe.getsockname()[1])


@contextmanager
def running_server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run MLflow's server for the current store on localhost, and stop it after the block.

    Yields:
        Its process, when it answers.

    Raises:
        InputError: it does not start.
    """
    command = [sys.executable, "-m", "mlflow", "server", "--host", LOCALHOST, "--port", str(port)]
    environment = os.environ | {
        # Not as an option: the URI may have a password, and everybody can see the options of a process.
        "MLFLOW_BACKEND_STORE_URI": tracking_uri(),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        # Jobs evaluate language models; they would add several processes.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "--workers", "1", "--uvicorn-opts", "--log-level warning"],
            env=environment,
            stdout=log,
            stderr=log,
            # A session of its own: Ctrl-C reaches stancewire alone, which then ends the server.
            start_new_session=True,
        )
        try:
            _wait(process, port, log)
            yield process
        finally:
            _stop(process)


def _wait(process: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise InputError(f"MLflow's server ended: {_last_line(log)}", where=shown_uri())
        with suppress(OSError), urllib.request.urlopen(f"http://{LOCALHOST}:{port}/health", timeout=5):
            return
        time.sleep(0.1)
    raise InputError(f"MLflow's server does not answer within {START_SECONDS:.0f} s", where=shown_uri())


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    said = log.read().decode("utf-8", "replace").strip().splitlines()
    return redacted(said[-1][:200]) if said else "it printed nothing"


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and its worker."""
    if sys.platform == "win32":
        process.terminate()
        process.wait()
        return
    import signal

    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            break
    with suppress(ProcessLookupError, PermissionError):  # a worker that outlived its parent
        os.killpg(process.pid, signal.SIGKILL)
