"""The worker process: loads a handler once, then answers one job after another.

Jobs and answers are JSON over a pipe. Nothing is pickled but the arguments that `multiprocessing` itself
hands to its own child: two strings and the pipe.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from collections.abc import Callable
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

from ...data.errors import InputError
from ...data.files.torch_free import this_process_is_ours
from .errors import error_to_dict

Handler = Callable[[Any], Any]
# Set before NumPy and PyTorch are imported; ONNX Runtime ignores them and has its own setting.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_log = logging.getLogger("stancewire")


def run(connection: Connection, loader: str, arguments: str) -> None:
    """Load the handler and answer jobs until the pipe is closed. The main function of the process.

    Args:
        connection: to the process that started this one.
        loader: `module:function`; the function returns a handler and a dict that describes it.
        arguments: keyword arguments of the loader, as JSON.
    """
    this_process_is_ours()
    # A signal of the terminal or of a service manager goes to all processes of the group. The parent decides
    # what becomes of the jobs that it has accepted.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    handler, about = _load(loader, arguments)
    _send(connection, about)
    while handler is not None:
        try:
            job = json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        _send(connection, _answer(handler, job))


def _exit_with_parent() -> None:
    """End this process in the middle of its work when its parent was killed."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _load(loader: str, arguments: str) -> tuple[Handler | None, dict[str, Any]]:
    """The handler, and the message that says that it is loaded; without a handler, what went wrong."""
    try:
        from threadpoolctl import threadpool_limits

        threadpool_limits(1)  # where a library was imported before the variables were set
        module, _, name = loader.partition(":")
        handler, about = getattr(import_module(module), name)(**json.loads(arguments))
        return handler, {"result": about}
    except Exception as error:
        return None, _failure(error)


def _answer(handler: Handler, job: Any) -> dict[str, Any]:
    try:
        return {"result": handler(job)}
    except Exception as error:
        return _failure(error)


def _failure(error: Exception) -> dict[str, Any]:
    if isinstance(error, InputError):
        return {"input_error": error_to_dict(error)}
    _log.debug("a job failed", exc_info=error)
    # Without the message, which may quote the text.
    what = "too large for the memory" if isinstance(error, MemoryError) else type(error).__name__
    return {"failed": what}


def _send(connection: Connection, message: dict[str, Any]) -> None:
    try:
        connection.send_bytes(json.dumps(message).encode())
    except (BrokenPipeError, ConnectionResetError):
        os._exit(1)
