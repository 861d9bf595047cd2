"""What goes to stderr: progress, notes, faults. Results alone go to stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from ...data.errors import InputError


def note(line: str) -> None:
    typer.echo(line, err=True)


def fault(error: InputError) -> None:
    typer.echo(typer.style("error: ", fg="red", bold=True) + str(error).replace("\n", " "), err=True)


def stop(error: InputError) -> NoReturn:
    """Say the fault and exit with 1."""
    fault(error)
    raise typer.Exit(1)


@contextmanager
def exit_on_input_error() -> Iterator[None]:
    """Turn a fault of the input, or a file that the system refuses (a name too long, no permission), into one line and exit code 1."""
    try:
        yield
    except InputError as error:
        stop(error)
    except OSError as error:
        if error.filename is None:  # of no file: a closed pipe, which is no fault
            raise
        stop(
            InputError(
                f"cannot be used: {error.strerror}", where=str(error.filename), hint="give another name"
            )
        )


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A progress bar on stderr; yields `update(done=…, total=…, what=…)`. Nothing is drawn where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=total)

        def update(
            done: int | None = None,
            total: int | None = None,
            what: str | None = None,
            advance: int | None = None,
        ) -> None:
            bar.update(task, completed=done, total=total, description=what, advance=advance)

        yield update
