"""A comparison of runs as tables on standard output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from ....data.errors import plural
from ..console import MISSING, light_table, number, stdout_console

if TYPE_CHECKING:
    from ....experiments.comparison.results import Comparison, MeasureRow
    from ....experiments.comparison.significance import Interval

_INDENT = "   "


def print_comparison(found: Comparison) -> None:
    """The conclusion first, then the verdicts, what differs, measures and slices."""
    console = stdout_console()
    console.print(Text(found.conclusion, style="bold"))
    console.print()
    for side in found.sides:
        console.print(_hanging(f"{side.letter}  ", side.title, console.width))
    console.print(Text(f"\non {_articles(found)}"))
    for title, verdicts in (("model", found.models), ("recipe", found.recipes)):
        for verdict in verdicts:
            console.print(_hanging(f"{title}: ", verdict.sentence, console.width))
    console.print()
    _print_differing(console, found)
    for k, side in enumerate(found.sides[1:]):
        title = f"{side.letter} against A"
        _print_rows(console, found.measures, k, side.letter, title, ("measure",))
        _print_rows(console, found.slices, k, side.letter, f"{title}, F1 by slice", ("by", "slice"))
    _print_notes(console, found)


def _articles(found: Comparison) -> str:
    text = plural(found.articles, f"{found.split} article")
    if found.conflicts:
        text += f" from {plural(found.conflicts, 'conflict')}"
    if found.left_out:
        text += f"; {plural(found.left_out, 'article')} left out, because not all runs were measured on them"
    return text


def _hanging(prefix: str, text: str, width: int) -> Text:
    """Text whose further lines are indented below the first."""
    from textwrap import wrap

    lines = wrap(text, max(20, width - len(prefix)), break_on_hyphens=False) or [""]
    return Text(prefix + f"\n{' ' * len(prefix)}".join(lines))


def _print_differing(console: Console, found: Comparison) -> None:
    if not found.differing:
        console.print(Text("settings, code and corpus are the same\n"))
        return
    table = light_table("what differs", ("", "", *(side.letter for side in found.sides)))
    group = ""
    for row in found.differing:
        values = (Text(MISSING if v is None else v) for v in row.values)
        table.add_row(Text("" if row.group == group else row.group), Text(row.name), *values)
        group = row.group
    console.print(table)
    console.print()


def _print_rows(
    console: Console, rows: Sequence[MeasureRow], k: int, letter: str, title: str, names: tuple[str, ...]
) -> None:
    """One table; side `k` + 1 against A."""
    if not rows:
        return
    table = light_table(title, names, ("A", letter, f"{letter} − A", "95% interval", "support"))
    group = ""
    for row in rows:
        shown = row.name.replace("_", " ")
        left = (row.group if row.group != group else "", shown) if len(names) == 2 else (shown,)
        table.add_row(*(Text(x) for x in left), *_cells(row, k))
        group = row.group
    console.print(table)
    console.print()


def _cells(row: MeasureRow, k: int) -> Iterator[str]:
    a, b = row.values[0], row.values[k + 1]
    digits = 1 if row.group == "cost" else 3
    yield number(a, digits)
    yield number(b, digits)
    yield _signed(None if a is None or b is None else b - a, digits)
    interval = row.intervals[k] if k < len(row.intervals) and a is not None and b is not None else None
    yield "" if interval is None else _interval(interval)
    yield "" if row.support is None else str(row.support)


def _signed(value: float | None, digits: int = 3) -> str:
    return MISSING if value is None else f"{value:+.{digits}f}".replace("-", "−")


def _interval(interval: Interval) -> str:
    if interval.low == interval.high == 0:
        return "the same "
    mark = "*" if interval.method == "percentile" else " "
    return f"{_signed(interval.low)} to {_signed(interval.high)}{mark}"


def _print_notes(console: Console, found: Comparison) -> None:
    rows = (*found.measures, *found.slices)
    methods = {i.method for row in rows for i in row.intervals if i is not None and (i.low or i.high)}
    if "percentile" in methods:
        console.print(
            Text("* percentile interval: of several seeds, of calibration, or where BCa is degenerate")
        )
    console.print(
        Text("intervals of measures and slices show where to look; only the verdicts are adjusted tests")
    )
    if found.split == "validation":
        console.print(
            Text(
                "thresholds were tuned on these articles; --split test measures on others, for the last look"
            )
        )
