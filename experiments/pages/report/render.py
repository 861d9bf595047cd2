"""Render the report of runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....data.errors import plural
from ...comparison.results import MeasureRow
from ...comparison.wording import interval_text, points
from ...studies.learning_curve import Row
from ..page import PageKind, render_page
from .confusion import Confusion, confusion_of
from .contents import MIN_ARTICLES, Contents
from .curves import draw_calibration, draw_epochs, draw_precision_recall
from .entries import Entry, Errors
from .forest import draw_forest
from .learning import draw_curve
from .provenance import not_measured, provenance

if TYPE_CHECKING:
    from markupsafe import Markup

KIND = PageKind(
    "report.html", (Path(__file__).parent / "templates",), styles=("report.css",), scripts=("report.js",)
)
_SHADES = 5
# The filters of the error browser: attribute of an entry, and title.
FILTERS = (
    ("made_by", "Made by"), ("kind", "Kind"), ("cause", "Cause"), ("stance", "Stance"),
    ("conflict", "Conflict"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table of measures, as text."""

    name: str
    support: str
    values: list[str]
    differences: list[str]


def render_report(
    contents: Contents,
    errors: Errors,
    *,
    text: bool = True,
    curve: Sequence[Row] = (),
    title: str | None = None,
) -> str:
    """The report as one self-contained HTML page.

    Args:
        contents: the runs and their comparison.
        errors: see `errors_of_report`.
        text: whether the errors have texts; otherwise the page says that they were left out.
        curve: a learning curve, if there is one.
        title: Default: the names of the runs.

    Returns:
        A complete HTML document, to be written in UTF-8.
    """
    by_epoch = draw_epochs(contents)
    texts = not text or all(e.sentence for e in errors.entries)
    return render_page(
        KIND,
        title=title or " against ".join(s.title for s in contents.sides),
        contents=contents,
        several=len(contents.sides) > 1,
        verdict=verdict(contents),
        details=_details(contents),
        measures=[(r.group, _row(contents, r)) for r in contents.measures],
        slices=[(r.group, _row(contents, r)) for r in contents.slices],
        confusions=[(s.letter, _shaded(confusion_of(s.predictions))) for s in contents.sides],
        epochs=by_epoch,
        curve=draw_curve(curve) if curve else None,
        text=text,
        provenance=provenance(contents),
        not_measured=not_measured(contents, epochs=by_epoch is not None, curve=bool(curve), texts=texts),
        **_plots(contents),
        **_browser(errors),
    )


def _browser(errors: Errors) -> dict[str, Any]:
    """The variables of the error browser."""
    return {
        "entries": errors.entries,
        "filters": [(name, title, _choices(errors.entries, name)) for name, title in FILTERS],
        "words": [(heading, found) for heading, found in errors.words if found],
    }


def _plots(contents: Contents) -> dict[str, Markup | None]:
    return {
        "forest": draw_forest(contents),
        "precision_recall": draw_precision_recall(contents),
        "calibration": draw_calibration(contents),
    }


def verdict(contents: Contents) -> str:
    """The first sentence of the report: the conclusion of the comparison, or the F1 of the only run."""
    if contents.comparison is not None:
        return contents.comparison.conclusion
    counts = contents.sides[0].counts
    row = next(r for r in contents.measures if r.group == "F1" and r.name == contents.headline)
    value, interval = row.values[0], contents.intervals.get((row.group, row.name))
    what = f"F1 of {contents.headline.replace('_', ' ')}"
    if value is None:
        return f"{what} was not measured: the articles have none."
    on = f"on {plural(len(counts), contents.split + ' article')}"
    if interval is None:
        return f"{what} is {value:.3f} {on}; fewer than {MIN_ARTICLES} have any, too few for an interval."
    return f"{what} is {value:.3f} (95% interval {interval.low:.3f} to {interval.high:.3f}) {on}."


def _details(contents: Contents) -> list[str]:
    """The verdicts that the first sentence is drawn from."""
    found = contents.comparison
    if found is None:
        return []
    sentences = [v.sentence for v in found.models] + [v.sentence for v in found.recipes]
    return [s for s in sentences if s != found.conclusion]


def _row(contents: Contents, row: MeasureRow) -> _Row:
    is_f1 = row.group not in ("calibration", "behaviour", "cost")
    digits = 1 if row.group == "cost" else 3
    values = ["–" if v is None else f"{v:,.{digits}f}" for v in row.values]
    if is_f1 and len(contents.sides) == 1:
        interval = contents.intervals.get((row.group, row.name))
        return _row_of(row, values, [f"{interval.low:.3f} to {interval.high:.3f}" if interval else "–"])
    differences = []
    for value, interval in zip(row.values[1:], row.intervals, strict=False):
        if interval is None or value is None or row.values[0] is None or not is_f1:
            differences.append("–")
            continue
        mark = "*" if interval.method == "percentile" else ""
        differences.append(f"{points(value - row.values[0])} ({interval_text(interval)}){mark}")
    missing = len(contents.sides) - 1 - len(differences)
    return _row_of(row, values, [*differences, *["–"] * missing])


def _row_of(row: MeasureRow, values: list[str], differences: list[str]) -> _Row:
    support = "" if row.support is None else f"{row.support:,}"
    return _Row(row.name.replace("_", " "), support, values, differences)


def _shaded(confusion: Confusion) -> dict[str, Any]:
    """The table with a shade from 0 to 5 for each cell, by its share of its row."""
    rows = []
    for name, counts in zip(confusion.names, confusion.counts, strict=True):
        total = sum(c or 0 for c in counts) or 1
        cells = [("–", 0) if c is None else (f"{c:,}", round(_SHADES * c / total)) for c in counts]
        rows.append((_role(name), cells))
    return {"names": [_role(n) for n in confusion.names], "rows": rows}


def _role(name: str) -> str:
    return name.replace("_", " ").replace(":", " ")


def _choices(entries: Sequence[Entry], name: str) -> list[tuple[str, int]]:
    values = Counter(v for e in entries if (v := getattr(e, name)))
    return sorted(values.items(), key=lambda x: (-x[1], x[0]))
