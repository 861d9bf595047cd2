"""The console for results, light tables, and numbers as text."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

# Used if standard output is not a terminal and COLUMNS is not set.
WIDTH = 120
MISSING = "–"


def stdout_console() -> Console:
    """A console on standard output: as wide as the terminal or COLUMNS says, otherwise 120 columns."""
    known = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(width=None if known else WIDTH)


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
