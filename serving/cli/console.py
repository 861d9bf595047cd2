"""What goes to standard error: progress, notes and errors. Only results go to standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import typer

from ...data.errors import InputError
from ..output.counts import plural as plural

if TYPE_CHECKING:
    from ..output.progress import ProgressBar


class Verbosity(IntEnum):
    """How much a command says on standard error besides errors."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


_verbosity = Verbosity.NORMAL


def set_verbosity(quiet: bool = False, verbose: bool = False) -> None:
    """Set what standard error shows from now on; `--verbose` also lets MLflow's own log lines through."""
    global _verbosity
    _verbosity = Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL
    import logging

    logging.getLogger("stancewire").setLevel(logging.DEBUG if verbose else logging.WARNING)


def raise_verbosity(quiet: bool, verbose: bool) -> None:
    """The same options after the command's name: they win over those before it."""
    if quiet or verbose:
        set_verbosity(quiet, verbose)


def note(line: str) -> None:
    """Something worth knowing that is not an error."""
    if _verbosity >= Verbosity.NORMAL:
        typer.echo(line, err=True)


def detail(line: str) -> None:
    """A detail that only `--verbose` shows: where a model lies, how long a step took."""
    if _verbosity >= Verbosity.VERBOSE:
        typer.echo(typer.style(line, dim=True), err=True)


def report_error(error: InputError) -> None:
    """One line: `error: where: what (hint)`."""
    typer.echo(typer.style("error: ", fg="red", bold=True) + str(error).replace("\n", " "), err=True)


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
        """Raise `typer.Exit(1)` where an error was reported."""
        if self.errors:
            raise typer.Exit(1)


@contextmanager
def exit_on_input_error() -> Iterator[None]:
    """Turn an invalid input, or a file that the system refuses, into one line and exit code 1."""
    try:
        yield
    except InputError as error:
        stop(error)
    except OSError as error:
        if error.filename is None:  # not about a file: a closed pipe, for example, is not an input error
            raise
        hint = "check its name and permissions"
        stop(InputError(f"cannot be used: {error.strerror}", where=str(error.filename), hint=hint))


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[ProgressBar]:
    """A progress bar on standard error; nothing is drawn with `--quiet` or where it is not a terminal."""
    from ..output.progress import ProgressBar

    enabled = _verbosity >= Verbosity.NORMAL and sys.stderr.isatty()
    with ProgressBar(what, total, enabled=enabled) as bar:
        yield bar
