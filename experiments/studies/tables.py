"""Results of studies as files: CSV with every value, Markdown with means over seeds."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from ...data.files.atomic import atomic_write
from ...data.files.csv_writing import SafeCsv
from ..tracking.card.markdown import markdown_table
from .acquisition import ALL, RANDOM, Gain, Step, as_random, curves
from .learning_curve import Row


def write_csv(path: Path, rows: Sequence[Any]) -> Path:
    """Write rows of one dataclass atomically; None becomes an empty cell.

    Args:
        path: the file.
        rows: at least one.
    """
    text = io.StringIO()
    table = SafeCsv(text)
    table.row(f.name for f in fields(rows[0]))
    for row in rows:
        table.row(astuple(row))
    return write_text(path, text.getvalue())


def write_text(path: Path, text: str) -> Path:
    """Write a text file atomically."""
    with atomic_write(path) as out:
        out.write(text)
    return path


def learning_curve_tables(rows: Sequence[Row]) -> str:
    """One table per set of test articles: a row per stance and label, a column per fraction."""
    tables = [
        _learning_curve_table([r for r in rows if r.on == on]) for on in dict.fromkeys(r.on for r in rows)
    ]
    runs = max(r.over_seeds.runs for r in rows)
    subsets = "One random subset of the training articles per fraction. "
    if runs > 1:
        subsets = (
            f"Means over {runs} random subsets of the training articles, with their 95% t-interval in "
            "brackets: mean ± t(0.975, n-1)·s/√n, within 0 and 1. It shows the effect of the choice of "
            "training articles; the full set is trained on once and has no interval. "
        )
    about = (
        f'{subsets}"Over articles" is the 95% bootstrap interval over test articles (mean of the bounds): '
        "the effect of the choice of test articles.\n"
    )
    return "\n".join([*tables, about])


def _learning_curve_table(rows: Sequence[Row]) -> str:
    shares = sorted({r.share for r in rows})
    at = {(r.name, r.share): r for r in rows}
    first = [next(r for r in rows if r.share == s) for s in shares]
    body = [
        ["training articles", *(str(r.articles) for r in first), ""],
        ["training sentences", *(f"{r.sentences:,}" for r in first), ""],
    ]
    for name in dict.fromkeys(r.name for r in rows):
        line = [at[name, s] for s in shares]
        body.append([name.replace("_", " "), *(str(r.over_seeds) for r in line), str(line[0].gold)])
        if any(r.low is not None for r in line):
            body.append(["  over articles", *map(_interval, line), ""])
    return markdown_table([f"F1 on {rows[0].on}", *(f"{s * 100:g}%" for s in shares), "support"], body)


def _interval(row: Row) -> str:
    return "" if row.low is None or row.high is None else f"{row.low:.3f} to {row.high:.3f}"


def acquisition_tables(steps: Sequence[Step], gains: Sequence[Gain], name: str) -> str:
    """A table of F1 by annotated sentences per set of test articles; then the gain of each strategy."""
    tables = [_acquisition_table(steps, on, name) for on in dict.fromkeys(s.on for s in steps)]
    listed = "".join(f"- {gain}\n" for gain in gains)
    about = (
        "Means over seeds, with 95% t-intervals in brackets: mean ± t(0.975, n-1)·s/√n. "
        '"As random": the number of random sentences that reach the F1 beside it, read from the '
        "random curve.\n"
    )
    return "\n".join([*tables, listed, about])


def _acquisition_table(steps: Sequence[Step], on: str, name: str) -> str:
    by_strategy = curves(steps, on, name)
    read = as_random(steps, on, name)
    head = [f"sentences, {name} on {on}"]
    for strategy in by_strategy:
        head += [strategy] if strategy == RANDOM else [strategy, "as random"]
    body = []
    for n in range(max(len(points) for points in by_strategy.values())):
        row = [f"{by_strategy[RANDOM][n][0]:,.0f}"]
        for strategy, points in by_strategy.items():
            row.append(str(points[n][1]))
            if strategy != RANDOM:
                number = read(points[n][1].mean)
                row.append("more than all" if number is None else f"{number:,}")
        body.append(row)
    whole = [s for s in steps if s.on == on and s.name == name and s.round == ALL]
    body += [[f"{s.sentences:,} (all)", f"{s.f1:.3f}", *[""] * (len(head) - 2)] for s in whole]
    return markdown_table(head, body)
