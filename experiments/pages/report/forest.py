"""Forest plots: F1 by slice, and its difference to the baseline, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ....data.printable import one_line
from ...comparison.results import MeasureRow
from ..palette import plot_colour
from ..plots import NARROW, figure_html
from .contents import MIN_ARTICLES, Contents
from .curves import COLOURS, MARKERS

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.23  # inches
_LONGEST = 26


class Line(NamedTuple):
    """A line of the plot: a heading without row, or a slice."""

    label: str
    row: MeasureRow | None


def draw_forest(contents: Contents) -> Markup | None:
    """The slices of all sides; None if no slice has enough statements.

    With several sides: F1 on the left and the difference to A on the right; on a phone only the difference.
    With one side: F1 with its interval.
    """
    if not contents.slices:
        return None
    lines = _lines(contents)

    def draw(width: float) -> Figure:
        return _draw(contents, lines, width)

    if len(contents.sides) > 1:
        title, what = (
            "Difference in F1 to A by slice",
            "Intervals that cross zero leave open which is better.",
        )
    else:
        title = "F1 by slice"
        what = f"With 95% intervals over articles, from {MIN_ARTICLES} articles on."
    return figure_html(
        draw,
        title=title,
        description=f"{_described(contents)} The values are in the table below.",
        caption=what,
    )


def _described(contents: Contents) -> str:
    rows = contents.slices
    if len(contents.sides) == 1:
        known = [r for r in rows if r.values[0] is not None]
        ends = min(known, key=lambda r: r.values[0] or 0), max(known, key=lambda r: r.values[0] or 0)
        low, high = (f"{r.group} {r.name} ({r.values[0]:.2f})" for r in ends)
        return f"F1 is lowest for {low} and highest for {high}."
    clear = [
        f"{side.letter} for {r.group} {r.name}"
        for r in rows
        for side, interval in zip(contents.sides[1:], r.intervals, strict=True)
        if interval is not None and (interval.low > 0 or interval.high < 0)
    ]
    if not clear:
        return "No slice has an interval of the difference that excludes zero."
    return f"The interval of the difference excludes zero in {len(clear)} slices: {', '.join(clear)}."


def _lines(contents: Contents) -> list[Line]:
    """All statements, then the slices by criterion with a heading each."""
    whole = next(r for r in contents.measures if r.group == "F1" and r.name == contents.headline)
    lines, group = [Line(f"all {contents.headline}", whole)], ""
    for row in contents.slices:
        if row.group != group:
            group = row.group
            lines.append(Line(group, None))
        name = one_line(row.name)
        lines.append(Line(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…", row))
    return lines


def _draw(contents: Contents, lines: Sequence[Line], width: float) -> Figure:
    from matplotlib.figure import Figure

    several, wide = len(contents.sides) > 1, width > NARROW
    figure = Figure(figsize=(width, 0.8 + ROW * len(lines)), layout="constrained")
    panels = figure.subplots(1, 2 if several and wide else 1, sharey=True, squeeze=False)[0]
    _labels(panels[0], lines)
    if several:
        if wide:
            _values(panels[0], contents, lines)
        _differences(panels[-1], contents, lines)
    else:
        _values(panels[0], contents, lines)
        for y, (_, row) in enumerate(lines):
            if row and (interval := contents.intervals.get((row.group, row.name))):
                panels[0].plot([interval.low, interval.high], [y, y], color=plot_colour(COLOURS[0]))
    if several:
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=len(labels))
    return figure


def _labels(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_yticks(range(len(lines)), [f"{x.label} ({x.row.support})" if x.row else x.label for x in lines])
    axes.tick_params(axis="y", length=0)
    for text, line in zip(axes.get_yticklabels(), lines, strict=True):
        text.set_color(plot_colour("ink"))
        if line.row is None:
            text.set_fontweight("bold")


def _values(axes: Axes, contents: Contents, lines: Sequence[Line]) -> None:
    for k, side in enumerate(contents.sides):
        points = [(x.row.values[k], y) for y, x in enumerate(lines) if x.row and x.row.values[k] is not None]
        if points:
            x, y = zip(*points, strict=True)
            style: dict[str, Any] = {"color": plot_colour(COLOURS[k % 6]), "markersize": 5}
            axes.plot(x, y, MARKERS[k % 6], label=side.letter, **style)
    axes.set_xlabel("F1")
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)


def _differences(axes: Axes, contents: Contents, lines: Sequence[Line]) -> None:
    axes.axvline(0, color=plot_colour("ink"), linewidth=0.9)
    others = contents.sides[1:]
    for k, side in enumerate(others):
        colour, shift = plot_colour(COLOURS[(k + 1) % 6]), (k - (len(others) - 1) / 2) * 0.22
        label: str | None = f"{side.letter} − A"
        for y, line in enumerate(lines):
            if line.row is None or line.row.intervals[k] is None:
                continue
            interval, a, b = line.row.intervals[k], line.row.values[0], line.row.values[k + 1]
            if interval is None or a is None or b is None:
                continue
            at = y + shift
            axes.plot([100 * interval.low, 100 * interval.high], [at, at], color=colour, linewidth=1.6)
            axes.plot(100 * (b - a), at, MARKERS[(k + 1) % 6], color=colour, markersize=5, label=label)
            label = None
    axes.set_xlabel("difference to A in points of F1")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
