"""The learning curve of a study in a report: F1 by amount of training articles."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....data.errors import InputError
from ...studies.learning_curve import Point, Row, rows
from ...studies.plots import sparse_ticks
from ...studies.testbed import MICRO
from ..palette import plot_colour, series_colour
from ..plots import figure_html
from .curves import MARKERS, figure_of, panels_of

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HINT = "name the curve.csv that `stancewire experiments learning-curve` wrote"
_TEXT, _OPTIONAL = {"on", "name"}, {"low", "high"}
_WHOLE = {"seed", "articles", "sentences", "measured", "gold"}


def read_curve(path: Path) -> list[Row]:
    """The rows of a learning curve, from the table of points.

    Raises:
        InputError: the file cannot be read or is another table.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = list(csv.DictReader(file))
        points = [_point(raw) for raw in table]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        what = error.strerror if isinstance(error, OSError) else "not a learning curve"
        raise InputError(str(what), where=str(path), hint=_HINT) from None
    if not points:
        raise InputError("no points", where=str(path), hint=_HINT)
    return rows(points)


def _point(raw: dict[str, str]) -> Point:
    values: dict[str, Any] = {}
    for field in fields(Point):
        text = raw[field.name]
        if field.name in _TEXT:
            values[field.name] = text
        elif field.name in _WHOLE:
            values[field.name] = int(text)
        else:
            values[field.name] = None if not text and field.name in _OPTIONAL else float(text)
    return Point(**values)


def draw_curve(curve: Sequence[Row]) -> Markup:
    """One panel per set of test articles, with a line per stance and label."""
    sets = list(dict.fromkeys(r.on for r in curve))

    def draw(width: float) -> Figure:
        panels = panels_of(width, len(sets))
        for axes, on in zip(panels, sets, strict=True):
            _draw_set(axes, [r for r in curve if r.on == on])
        return figure_of(panels)

    last = [r for r in curve if r.share == max(x.share for x in curve)]
    told = "; ".join(f"{_name(r.name)} on {r.on} {r.over_seeds.mean:.2f}" for r in last)
    return figure_html(
        draw,
        title="Learning curve: F1 by number of training articles",
        description=f"F1 with all training articles: {told}.",
        caption="Shaded, where there are several: 95% t-interval over random subsets of the articles.",
    )


def _name(name: str) -> str:
    return name.replace("_", " ")


def _draw_set(axes: Axes, curve: Sequence[Row]) -> None:
    for k, name in enumerate(dict.fromkeys(r.name for r in curve)):
        line = [r for r in curve if r.name == name]
        if not line[0].gold:
            continue
        colour = plot_colour("ink" if name == MICRO else series_colour(k - 1))
        x = [r.articles for r in line]
        axes.plot(
            x, [r.over_seeds.mean for r in line], color=colour, marker=MARKERS[k % 6], markersize=4,
            linewidth=2.4 if name == MICRO else 1.2, label=_name(name),
        )  # fmt: skip
        shaded = [(r.articles, r.over_seeds.low, r.over_seeds.high) for r in line]
        band = [(a, b, c) for a, b, c in shaded if b is not None and c is not None]
        if band:
            at, low, high = zip(*band, strict=True)
            axes.fill_between(at, low, high, color=colour, alpha=0.12, linewidth=0)
    ticks = sorted({float(r.articles) for r in curve})
    axes.set_xticks(sparse_ticks(ticks, 0.12 * (ticks[-1] - ticks[0])))
    axes.set(xlabel="training articles", ylabel="F1", ylim=(0, 1), title=f"on {curve[0].on}")
    axes.grid(axis="y")
    axes.legend(fontsize=8)
