"""The console for results, light tables, and numbers as text."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from ...data.printable import printable

# Used if standard output is not a terminal and COLUMNS is not set.
WIDTH = 120
MISSING = "–"


class SafeConsole(Console):
    """A console that prints text from outside as it is: control characters visible, no markup.

    All tables and progress bars are drawn on one.

    Args:
        file: the stream. Default: standard output.
        stderr: whether to print to standard error instead.
        width: columns. Default: those of the terminal.
    """

    def __init__(
        self, file: IO[str] | None = None, *, stderr: bool = False, width: int | None = None
    ) -> None:
        super().__init__(file=file, stderr=stderr, width=width, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render text with control characters made visible; rich calls this for every part of an output."""
        if isinstance(renderable, str):
            renderable = printable(renderable)
        elif isinstance(renderable, Text) and (shown := printable(renderable.plain)) != renderable.plain:
            renderable = renderable.copy()
            renderable.plain = shown
        return super().render(renderable, options)


def stdout_console() -> Console:
    """A console on standard output: as wide as the terminal or COLUMNS says, otherwise 120 columns."""
    known = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return SafeConsole(width=None if known else WIDTH)


def number(value: float | None, digits: int = 3) -> str:
    """A number, or – where nothing was measured."""
    return MISSING if value is None or math.isnan(value) else f"{value:.{digits}f}"


def light_table(title: str, left: Sequence[str], right: Sequence[str] = ()) -> Table:
    """A table with a rule under its header and no other lines.

    Args:
        title: printed above it, in bold.
        left: headers of left-aligned columns.
        right: headers of right-aligned columns after them, for numbers; these are never wrapped.
    """
    table = Table(
        title=Text(title) if title else None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )
    for header in left:
        table.add_column(header, overflow="fold")
    for header in right:
        table.add_column(header, justify="right", no_wrap=True)
    return table
