"""Progress, notes and errors on standard error. Only results go to standard output."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import typer

from ...data.errors import InputError
from ...data.errors import plural as plural
from ...data.printable import one_line

if TYPE_CHECKING:
    from ..output.progress import ProgressBar


class Verbosity(IntEnum):
    """How much a command prints on standard error besides errors."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


_verbosity = Verbosity.NORMAL


def set_verbosity(quiet: bool = False, verbose: bool = False) -> None:
    """Set what standard error shows from now on; `--verbose` also shows MLflow's log lines."""
    global _verbosity
    _verbosity = Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL
    import logging

    level = logging.ERROR if quiet else logging.DEBUG if verbose else logging.WARNING
    logging.getLogger("stancewire").setLevel(level)


def raise_verbosity(quiet: bool, verbose: bool) -> None:
    """Apply the same options after the name of the command, where they override those before it."""
    if quiet or verbose:
        set_verbosity(quiet, verbose)


def note(line: str) -> None:
    """Print a remark that is not an error."""
    if _verbosity >= Verbosity.NORMAL:
        _say(one_line(line))


def detail(line: str) -> None:
    """Print a detail that only `--verbose` shows, such as a folder or the duration of a step."""
    if _verbosity >= Verbosity.VERBOSE:
        _say(typer.style(one_line(line), dim=True))


def report_error(error: InputError) -> None:
    """One line: `error: where: what (hint)`."""
    _say(typer.style("error: ", fg="red", bold=True) + one_line(str(error)))


def _say(line: str) -> None:
    """Print a line on standard error, unless that is closed or full: there is nowhere to report it."""
    with suppress(OSError):
        typer.echo(line, err=True)


def stop(error: InputError) -> NoReturn:
    """Report the error and exit with 1."""
    report_error(error)
    raise typer.Exit(1)


class ErrorCount:
    """Reports each error and counts them; a command that processed the rest then exits with 1."""

    def __init__(self) -> None:
        self.errors = 0

    def __call__(self, error: InputError) -> None:
        self.errors += 1
        report_error(error)

    def exit_if_any(self) -> None:
        """Raise `typer.Exit(1)` if an error was reported."""
        if self.errors:
            raise typer.Exit(1)


@contextmanager
def exit_on_input_error() -> Iterator[None]:
    """Turn invalid input, or a file that cannot be read or written, into one line and exit code 1."""
    try:
        yield
    except InputError as error:
        stop(error)
    except OSError as error:
        if error.errno == errno.EPIPE and error.filename is None:  # `| head` has read enough
            raise
        if error.filename is None:
            stop(unnamed(error))
        # A failed rename names the temporary file first, then the file that the user named.
        where = str(error.filename2 or error.filename)
        hint = "check its name and permissions"
        stop(InputError(f"cannot be used: {error.strerror}", where=where, hint=hint))


def unnamed(error: OSError) -> InputError:
    """The line about an error that does not say which file it is about."""
    what = error.strerror or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "make room where the output, the tracking store and temporary files (TMPDIR) are"
        return InputError(what, hint=hint)
    return InputError(f"cannot read or write: {what}", hint="check the output and the disks")


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[ProgressBar]:
    """A progress bar on standard error; nothing is drawn with `--quiet` or if it is not a terminal.

    Nor is it drawn where results go to a pipe: the program that reads them may print to the same terminal.
    """
    from ..output.progress import ProgressBar

    enabled = _verbosity >= Verbosity.NORMAL and sys.stderr.isatty() and not _piped()
    with ProgressBar(what, total, enabled=enabled) as bar:
        yield bar


def _piped() -> bool:
    """Whether standard output is a pipe."""
    try:
        return stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):  # no file: captured, or closed
        return False
