"""Real servers of MLflow for tests, on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

LIMIT = 180.0  # seconds until a server has to answer; importing MLflow takes long on a busy machine


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill a server with its worker processes, which are in a session of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(
    arguments: Sequence[str],
    folder: Path,
    health: str,
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `python -m mlflow …` until the block ends; yields the process and the address.

    Args:
        arguments: the command of MLflow and its options, without host and port.
        folder: where it runs.
        health: a path that it answers when it has started.
        environment: additional environment variables.
        port: default: a free one.
    """
    port = port or free_port()
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", *arguments, "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            env={
                **os.environ,
                # MLflow runs the uvicorn of the active environment.
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
                "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
                **(environment or {}),
            },
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + LIMIT
        while not _answers(f"http://127.0.0.1:{port}{health}"):
            assert process.poll() is None and time.monotonic() < end, log.read_text()[-3000:]
            time.sleep(0.2)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def tracking_server(
    folder: Path,
    more: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> AbstractContextManager[tuple[subprocess.Popen[bytes], str]]:
    """A tracking server with its database and artifacts in a folder; a context manager."""
    store = [
        "--backend-store-uri",
        f"sqlite:///{folder / 'mlflow.db'}",
        "--artifacts-destination",
        str(folder / "artifacts"),
    ]
    return running(["server", "--workers", "1", *store, *more], folder, "/health", environment, port)
