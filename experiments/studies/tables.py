"""Learning curves as files: CSV with every single figure, Markdown with those over seeds."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from ...data.files.atomic import atomic_write
from ..tracking.markdown import markdown_table
from .acquisition import ALL, RANDOM, Step, Worth, as_random, curves
from .learning_curve import Row


def write_csv(path: Path, rows: Sequence[Any]) -> Path:
    """Rows of one dataclass, whole or not at all; None is an empty cell.

    Args:
        rows: at least one.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([f.name for f in fields(rows[0])])
    table.writerows(astuple(row) for row in rows)
    return write_text(path, text.getvalue())


def write_text(path: Path, text: str) -> Path:
    with atomic_write(path) as out:
        out.write(text)
    return path


def learning_curve_tables(rows: Sequence[Row]) -> str:
    """A table for each set of articles measured on: a line for each figure, a column for each share."""
    parts = []
    for on in dict.fromkeys(r.on for r in rows):
        own = [r for r in rows if r.on == on]
        shares = sorted({r.share for r in own})
        at = {(r.name, r.share): r for r in own}
        head = [f"F1 on {on}", *(f"{s * 100:g} %" for s in shares), "gold"]
        size = [
            ["training articles", *(str(next(r.articles for r in own if r.share == s)) for s in shares), ""]
        ]
        size += [
            [
                "training sentences",
                *(f"{next(r.sentences for r in own if r.share == s):,}" for s in shares),
                "",
            ]
        ]
        body = []
        for name in dict.fromkeys(r.name for r in own):
            line = [at[name, s] for s in shares]
            body.append([name.replace("_", " "), *(str(r.over_seeds) for r in line), str(line[0].gold)])
            if any(r.low is not None for r in line):
                shown = [
                    f"{r.low:.3f} to {r.high:.3f}" if r.low is not None and r.high is not None else ""
                    for r in line
                ]
                body.append(["  over articles", *shown, ""])
        parts.append(markdown_table(head, size + body))
    runs = sorted({r.over_seeds.runs for r in rows})
    about = (
        f"Means over {' or '.join(map(str, runs))} random subsets of training articles, in brackets their 95 % t-interval: "
        "mean ± t(0.975, n-1)·s/√n, within 0 and 1. "
        "It says how far the subset matters; the whole is trained on once and has none. "
        '"Over articles" is the 95 % interval of resampled measured articles (mean of the bounds): how far the choice of what is measured on matters.\n'
    )
    return "\n".join([*parts, about])


def acquisition_tables(steps: Sequence[Step], worths: Sequence[Worth], name: str) -> str:
    """For each set of articles measured on a table of F1 by annotated sentences and strategy; then what each is worth."""
    parts = []
    for on in dict.fromkeys(s.on for s in steps):
        found = curves(steps, on, name)
        read = as_random(steps, on, name)
        head = [
            f"sentences, {name} on {on}",
            *(x for k in found for x in ([k] if k == RANDOM else [k, "as random"])),
        ]
        body = []
        for n in range(max(len(points) for points in found.values())):
            row = [f"{found[RANDOM][n][0]:,.0f}"]
            for strategy, points in found.items():
                mean = points[n][1].mean
                much = read(mean)
                row += [str(points[n][1])] + (
                    [] if strategy == RANDOM else ["more than all" if much is None else f"{much:,}"]
                )
            body.append(row)
        whole = [s for s in steps if s.on == on and s.name == name and s.round == ALL]
        body += [[f"{s.sentences:,} (all)", f"{s.f1:.3f}", *[""] * (len(head) - 2)] for s in whole]
        parts.append(markdown_table(head, body))
    lines = [f"- {w}\n" for w in worths]
    about = (
        "Means over seeds, in brackets 95 % t-intervals: mean ± t(0.975, n-1)·s/√n. "
        '"As random": how many random sentences give the F1 beside it, read from the random curve.\n'
    )
    return "\n".join([*parts, "".join(lines), about])
