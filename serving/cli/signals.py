"""SIGHUP, SIGINT and SIGTERM end a command with one line and exit code 128 plus the signal's number."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

import typer

NAMES = ("SIGHUP", "SIGINT", "SIGTERM")
_received: list[int] = []


class Interrupted(BaseException):
    """A signal asked the command to stop. Raised in the main thread, so that `finally` blocks clean up.

    Not a `KeyboardInterrupt`, because Click would turn that into "Aborted!" and exit code 1.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _signals() -> list[signal.Signals]:
    """The signals that this platform has; Windows has no SIGHUP."""
    return [getattr(signal, name) for name in NAMES if hasattr(signal, name)]


def raise_on_signals() -> None:
    """Raise `Interrupted` on a signal from now on; a second signal kills the process at once.

    A signal that is ignored stays ignored: `nohup` ignores SIGHUP, and shells ignore SIGINT for background
    jobs.
    """
    for number in _signals():
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    for other in _signals():
        if signal.getsignal(other) is _interrupt:
            signal.signal(other, signal.SIG_DFL)
    _received.append(number)
    raise Interrupted(number)


@contextmanager
def exit_on_signal() -> Iterator[None]:
    """Turn a signal that stops the block into one line and exit code 128 plus the signal's number.

    Code that calls Python from C or Rust may raise an error of its own in place of `Interrupted`: pydantic
    raises a `SchemaError` if the signal arrives while it builds a class.
    """
    _received.clear()
    try:
        yield
    except (Interrupted, Exception):
        if not _received:
            raise
        report_interruption(_received[0])
        raise SystemExit(128 + _received[0]) from None


def report_interruption(number: int) -> None:
    """Print one line on standard error; after SIGHUP the terminal may be closed."""
    with suppress(OSError):
        typer.echo(f"interrupted by {signal.Signals(number).name}", err=True)
