"""Runs as tables on standard output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from ....data.errors import InputError
from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....experiments.champion.history import Change
    from ....experiments.review.rerun import Figure
    from ....experiments.review.run_details import Cell, MetricGroup, RunDetails
    from ....experiments.review.runs import RunRow

# With more stances than this, no stance has a column.
MAX_STANCES = 5
# Left out in this order if the console is too narrow for all columns.
DROPPED_FIRST = ("seconds", "stances", "macro_f1", "corpus", "when", "model")
HEADERS = {"micro_f1": "F1", "macro_f1": "macro-F1"}
# Columns that may be wrapped between words; a longer word is broken at this width.
WRAPPED = frozenset({"changed", "corpus", "config"})
LONGEST_WORD = 32
COUNTS = frozenset({"support", "predicted", "articles"})
GAP = 2


def print_runs(rows: Sequence[RunRow], columns: Sequence[str] | None = None) -> None:
    """Runs, one per line.

    Args:
        rows: the runs.
        columns: columns to show. Default: those that fit the console.

    Raises:
        InputError: there is no such column.
    """
    stances = list(dict.fromkeys(s for row in rows for s in row.stances))
    shown = stances if len(stances) <= MAX_STANCES else []
    default = ["run", "when", "config", "changed", "corpus", *HEADERS, *shown, "seconds", "model"]
    known = [*default, *(s for s in stances if s not in shown), "kind", "status", "measured_by"]
    for column in columns or ():
        if column not in known:
            raise InputError(f"no column {column!r}", where="--columns", hint=f"one of {', '.join(known)}")
    console = stdout_console()
    cells = {c: [_cell(row, c) for row in rows] for c in columns or default}
    if columns is None:
        cells = _fitting(cells, shown, console.width)
    table = light_table("", ())
    widths = _widths(cells, console.width)
    for column in cells:
        table.add_column(
            _header(column), width=widths[column], overflow="fold", no_wrap=column not in WRAPPED
        )
        if column in (*HEADERS, *stances, "seconds"):
            table.columns[-1].justify = "right"
    for values in zip(*cells.values(), strict=True):
        table.add_row(*(Text(v) for v in values))
    console.print(table)


def _cell(row: RunRow, column: str) -> str:
    if column in ("micro_f1", "macro_f1"):
        return _figure(row, getattr(row, column))
    if column == "seconds":
        return number(row.seconds, 1)
    if column == "model":  # the status of a run that did not finish
        return row.registered or ("" if row.status == "FINISHED" else row.status.lower())
    short = {"run": row.run[:8], "when": row.when[5:16], "measured_by": row.measured_by[:8]}
    if column in short or column in row.__dataclass_fields__:
        return str(short.get(column, getattr(row, column)))
    return _figure(row, row.stances.get(column))


def _figure(row: RunRow, value: float | None) -> str:
    """A figure; in brackets if a final model inherits it."""
    shown = number(value)
    return f"({shown})" if row.measured_by and value is not None else shown


def _header(column: str) -> str:
    """Stances are shown by their first word: "ceasefire"."""
    return HEADERS.get(column, column.split("_")[0])


def _fitting(cells: dict[str, list[str]], stances: Sequence[str], width: int) -> dict[str, list[str]]:
    """The columns that fit the console; settings, corpora and configs may be wrapped between words."""

    if not any(cells["changed"]):
        cells = {c: v for c, v in cells.items() if c != "changed"}
    for dropped in DROPPED_FIRST:
        if sum(_min_width(column, values) + GAP for column, values in cells.items()) <= width:
            break
        gone = stances if dropped == "stances" else (dropped,)
        cells = {c: v for c, v in cells.items() if c not in gone}
    return cells


def _min_width(column: str, values: Sequence[str]) -> int:
    """The width below which a column would be cut, or a word in it broken."""
    if column not in WRAPPED:
        return max(map(len, (_header(column), *values)))
    words = [word for value in (_header(column), *values) for word in value.split()]
    return min(LONGEST_WORD, max(map(len, words)))


def _widths(cells: Mapping[str, Sequence[str]], width: int) -> dict[str, int]:
    """Column widths: the minimum each, and the remaining space for columns that would be wrapped."""
    out = {column: _min_width(column, values) for column, values in cells.items()}
    left = width + GAP - sum(n + GAP for n in out.values())
    for column, values in cells.items():
        more = max(0, min(left, max(map(len, (_header(column), *values))) - out[column]))
        out[column] += more
        left -= more
    return out


def print_run(run: RunDetails) -> None:
    """One run: its metrics in groups, then thresholds, settings and tags."""
    console = stdout_console()
    console.print(Text(f"run {run.run}", style="bold"))
    about = {"name": run.name, "started": run.when, "status": run.status.lower()}
    about["figures"] = run.figures
    for name, value in {**about, "model": run.registered, "changed": run.changed}.items():
        if value:
            console.print(Text(f"{name}: {value}"))
    for group in run.groups:
        _print_group(console, group)
    for title, content in (
        ("thresholds", run.thresholds),
        ("settings", run.settings),
        ("tags", {k: _short(v) for k, v in run.tags.items() if k != "changed"}),
    ):
        if content:
            table = light_table(title, ("name", "value"))
            table.show_header = False
            for key, value in sorted(content.items()):
                table.add_row(Text(key), Text(value))
            console.print()
            console.print(table)
    console.print()
    console.print(Text(f"artifacts: {run.artifacts}", style="dim", overflow="fold"))


def _short(value: str) -> str:
    """A tag unchanged, except that digests are shortened."""
    return value[:12] if re.fullmatch(r"[0-9a-f]{64}", value) else value


def _print_group(console: Console, group: MetricGroup) -> None:
    """Print a group of metrics; if the console is too narrow, as several tables below each other."""
    names = 2 if group.columns[1:2] == ("split",) else 1
    rows = [[_value(c, v) for c, v in zip(group.columns, row, strict=True)] for row in group.rows]
    # A name that is repeated for each split is shown once.
    for k in range(len(rows) - 1, 0, -1):
        if names == 2 and rows[k][0] == rows[k - 1][0]:
            rows[k][0] = ""
    title = group.title
    for part in _parts(group.columns, rows, names, console.width):
        headers = [group.columns[k] for k in part]
        table = light_table(title, headers[:names], headers[names:])
        table.show_header = any(h not in ("", "value") for h in headers)
        for column in table.columns:
            column.no_wrap = True
        for row in rows:
            table.add_row(*(Text(row[k]) for k in part))
        console.print()
        console.print(table)
        title = ""


def _parts(
    columns: Sequence[str], rows: Sequence[Sequence[str]], names: int, width: int
) -> Iterator[list[int]]:
    """Indices of columns that fit side by side, names first; columns without values are left out."""
    widths = [max(len(c), *(len(row[k]) for row in rows)) + GAP for k, c in enumerate(columns)]
    left = list(range(names))
    part: list[int] = []
    used = sum(widths[:names])
    for k in range(names, len(columns)):
        if all(row[k] == number(None) for row in rows):
            continue
        if part and used + widths[k] - GAP > width:
            yield left + part
            part, used = [], sum(widths[:names])
        part.append(k)
        used += widths[k]
    yield left + part


def _value(column: str, value: Cell) -> str:
    if isinstance(value, str):
        return value.replace("_", " ")
    if value is None or (column not in COUNTS and isinstance(value, float)):
        return number(value)
    return f"{value:.0f}"


def print_history(changes: Sequence[Change]) -> None:
    """Changes of champion, oldest first."""
    table = light_table("", ("when (UTC)", "champion", "before", "how", "why"))
    for change in changes:
        when = change.when[:19].replace("T", " ")
        table.add_row(*map(Text, (when, change.version, change.replaced or "–", change.how, change.why)))
    stdout_console().print(table)


def print_figures(figures: Sequence[Figure]) -> None:
    """Figures of two runs that differ."""
    table = light_table("", ("figure",), ("then", "now", "difference"))
    for f in figures:
        both = f.before is not None and f.now is not None
        change = f"{(f.now or 0) - (f.before or 0):+.4f}" if both else "–"
        table.add_row(Text(f.name), number(f.before, 4), number(f.now, 4), change)
    stdout_console().print(table)
