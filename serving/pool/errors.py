"""What can go wrong with a job of the pool, besides invalid input."""

from __future__ import annotations

import signal

from ...data.errors import InputError


class JobError(Exception):
    """A job has no result. `str()` says why, in words that follow the name of the job."""


class WorkerDied(JobError):
    """The process ended while it worked on the job, also the second time."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(f"the process that scored it ended ({_ending(exit_code)})")


class TimedOut(JobError):
    """The job took too long; its process was ended."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"took longer than {seconds:g} s")
        self.seconds = seconds


class Overdue(JobError):
    """The job waited so long that it was not begun."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"waited longer than {seconds:g} s")


class JobFailed(JobError):
    """The job raised an exception that is not about its input."""


class PoolClosed(JobError):
    """The pool was closed before the job had a result."""

    def __init__(self) -> None:
        super().__init__("the pool was closed")


def error_to_dict(error: InputError) -> dict[str, str | None]:
    """Plain values, from which `InputError(**values)` makes the same error."""
    return {"what": error.what, "where": error.where, "hint": error.hint}


def _ending(exit_code: int | None) -> str:
    """How a process ended, for example `SIGKILL: killed, or out of memory`."""
    if exit_code is None or exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    return f"{name}: killed, or out of memory" if name == "SIGKILL" else name
