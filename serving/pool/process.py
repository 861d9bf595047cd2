"""A worker process, seen from the process that started it."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Any

from ...data.errors import InputError
from .errors import JobFailed, TimedOut, WorkerDied
from .worker import THREAD_VARIABLES, run

# Workers are forked from a process without threads that has imported the libraries (on Linux; elsewhere the
# system's libraries do not survive a fork). Replacing a worker then takes the time to load a model.
METHOD = "forkserver" if sys.platform == "linux" else "spawn"
PRELOADED = "stancewire.serving.pool.preload"
# Seconds in which a worker has to end by itself after its pipe was closed.
_GRACE = 5.0
_starting = threading.Lock()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that start within the block use one thread for linear algebra."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class WorkerProcess:
    """One worker; started at once, ready after `wait_until_ready`.

    Args:
        loader: `module:function`, see `worker.run`.
        arguments: keyword arguments of the loader; JSON.
    """

    def __init__(self, loader: str, arguments: dict[str, Any]) -> None:
        context: Any = get_context(METHOD)
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=run, args=(theirs, loader, json.dumps(arguments)), daemon=True, name="stancewire-worker"
        )
        # The environment belongs to all threads.
        with _starting, _one_thread_each():
            if METHOD == "forkserver":
                context.set_forkserver_preload([PRELOADED])
            self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid or 0

    def wait_until_ready(self) -> dict[str, Any]:
        """Wait for the loader, and return its description of the handler.

        Raises:
            InputError: the loader says that its arguments are invalid.
            JobError: it failed, or the process ended.
        """
        about: dict[str, Any] = self._receive(None)
        return about

    def ask(self, job: bytes, timeout: float | None) -> Any:
        """Send a job and wait for its result.

        Args:
            job: JSON.
            timeout: seconds. The process is useless after that: `kill` it.

        Raises:
            InputError: the input of the job is invalid.
            JobError: there is no result: it took too long, the process ended, or the handler failed.
        """
        try:
            self._connection.send_bytes(job)
        except OSError:
            raise self._death() from None
        return self._receive(timeout)

    def _receive(self, timeout: float | None) -> Any:
        try:
            if not self._connection.poll(timeout):
                raise TimedOut(timeout or 0)
            answer = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            raise self._death() from None
        if "input_error" in answer:
            raise InputError(**answer["input_error"])
        if "failed" in answer:
            raise JobFailed(answer["failed"])
        return answer["result"]

    def _death(self) -> WorkerDied:
        self._process.join(_GRACE)
        return WorkerDied(self._process.exitcode)

    def close(self) -> None:
        """End the process, which must not have a job."""
        self._connection.close()
        self._process.join(_GRACE)
        self.kill()

    def kill(self) -> None:
        """End the process at once, in the middle of a job."""
        with suppress(ValueError):  # closed already
            if self._process.is_alive():
                self._process.kill()
            self._process.join(_GRACE)

    def end(self) -> None:
        """Kill the process, and release what belongs to it."""
        self.kill()
        with suppress(OSError):
            self._connection.close()
