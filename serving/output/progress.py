"""The progress bar on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from .console import SafeConsole


class _Counted(ProgressColumn):
    """A column that stays empty while the number of steps is unknown."""

    def __init__(self, column: ProgressColumn) -> None:
        self.column = column
        super().__init__()

    def render(self, task: Task) -> Text:
        return Text("") if task.total is None else self.column.render(task)  # type: ignore[return-value]


class ProgressBar:
    """A spinner with the current step, and a bar once the number of steps is known.

    Args:
        what: the current step, such as "scoring".
        total: number of steps; None shows the spinner and the elapsed time alone.
        enabled: whether to draw anything.
    """

    def __init__(self, what: str, total: int | None = None, *, enabled: bool = True) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            *(_Counted(c) for c in (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())),
            TimeElapsedColumn(),
            console=SafeConsole(stderr=True),
            transient=True,
            redirect_stdout=False,
            disable=not enabled,
        )
        self._enabled = enabled
        self._task = self._bar.add_task(what, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def step(self, what: str) -> None:
        """Begin another step, whose total is unknown until `update` sets it."""
        self._bar.remove_task(self._task)
        self._task = self._bar.add_task(what, total=None)

    def update(self, done: int, total: int | None = None) -> None:
        """Set the number of finished steps and, if known, the total."""
        self._bar.update(self._task, completed=done, total=total)

    def advance(self, n: int = 1) -> None:
        """Count `n` more steps as done."""
        self._bar.advance(self._task, n)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Remove the bar while something is printed to the same terminal."""
        if not (self._enabled and sys.stdout.isatty()):
            yield
            return
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()
