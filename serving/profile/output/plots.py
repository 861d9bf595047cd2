"""The plots of the profile page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ....experiments.pages.palette import plot_colour, series_colour
from ....experiments.pages.plots import WIDE
from ..counts import NO_PARTY, Counts, ranked
from ..profile import NOT_KNOWN, Group, Profile, ShareRow
from .terminal import matrix_sides
from .wording import side

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[float], "Figure"]
# Small multiples by outlet, and bars in each.
MOST_OUTLETS, OUTLET_SIDES = 12, 6
_CUT = 22


def _figure(width: float, height: float, **grid: Any) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(**grid)


def cut(name: str, length: int = _CUT) -> str:
    """A name that is short enough for a plot."""
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def draw_shares(rows: Sequence[ShareRow], names: Sequence[str]) -> Draw:
    """Raw shares as circles, corrected ones as dots with their intervals."""

    def draw(width: float) -> Figure:
        figure, axes = _figure(width, 0.55 + 0.27 * len(rows))
        y = [-float(i) for i in range(len(rows))]
        raw = [100 * r.raw for r in rows]
        colour, quiet = plot_colour("c2"), plot_colour("quiet")
        for e, yy in zip((r.corrected for r in rows), y, strict=True):
            if e is None or e.share is None:
                continue
            low, high, share = (100 * (v or 0.0) for v in (e.low, e.high, e.share))
            axes.plot((low, high), (yy, yy), color=colour, linewidth=2.2, solid_capstyle="butt")
            axes.plot(share, yy, "o", color=colour, markersize=6)
        axes.plot(raw, y, "o", color=quiet, markersize=6.5, markerfacecolor="none", linestyle="none")
        axes.set_yticks(y, names)
        axes.set_ylim(-len(rows) + 0.5, 0.5)
        axes.set_xlim(left=0)
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0, labelcolor=plot_colour("ink"))
        axes.set_xlabel("% of all statements")
        return figure

    return draw


def draw_matrix(total: Counts, stance: str, top: int) -> Draw:
    """A heat map of who takes a stance towards whom."""

    def draw(width: float) -> Figure:
        most = min(top, 12 if width == WIDE else 6)
        actors, targets = matrix_sides(total, stance, most, most)
        values = [[total["pair", stance, a, t] for t in targets] for a in actors]
        figure, axes = _figure(width, 0.6 + 0.3 * max(1, len(actors)))
        largest = max((v for row in values for v in row), default=1) or 1
        for i, row in enumerate(values):
            for j, v in enumerate(row):
                if v:
                    # Most cells are small: the root keeps them apart.
                    _cell(axes, i, j, v, 0.08 + 0.82 * math.sqrt(v / largest))
        axes.set_xlim(-0.5, len(targets) - 0.5)
        axes.set_ylim(len(actors) - 0.5, -0.5)
        axes.set_xticks(range(len(targets)), [cut(t, 9) for t in targets], fontsize=8)
        axes.set_yticks(range(len(actors)), [cut(a, 12) for a in actors])
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelcolor=plot_colour("ink"))
        for spine in axes.spines.values():
            spine.set_visible(False)
        return figure

    return draw


def _cell(axes: Any, i: int, j: int, value: float, strength: float) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle((j - 0.48, i - 0.46), 0.96, 0.92, facecolor=plot_colour("c1"), alpha=strength, linewidth=0)
    )
    text = plot_colour("page" if strength > 0.55 else "ink")
    axes.text(j, i, f"{value:.0f}" if value >= 1 else "<1", ha="center", va="center", fontsize=8, color=text)


def timeline_stances(profile: Profile) -> list[str]:
    """The stances whose development is drawn: all but the one with the most targets, which has the matrix."""
    stances = [s for s, _ in ranked(profile.overall.counts, "stance")]
    return [s for s in stances if s != "blame"][:2] or stances[:2]


def draw_timeline(profile: Profile) -> Draw:
    """Statements of some stances over time, stacked by the sides that take them most often."""
    stances = timeline_stances(profile)
    periods = list(profile.timeline)

    def draw(width: float) -> Figure:
        figure, axes = _figure(width, 1.9 * len(stances), nrows=len(stances), sharex=True, squeeze=False)
        for one, stance in zip(axes[:, 0], stances, strict=True):
            _bars(one, profile, stance, periods, legend_outside=width == WIDE)
            # Points that the labels need, of those that the axis has.
            needed = len(periods) * (5 * len(periods[0]) + 10)
            step = math.ceil(needed / (460 if width == WIDE else 190))
            one.set_xticks(range(0, len(periods), step), periods[::step], fontsize=8)
        return figure

    return draw


def _bars(axes: Any, profile: Profile, stance: str, periods: Sequence[str], *, legend_outside: bool) -> None:
    overall = profile.overall.counts
    most = [s for s, _ in ranked(overall, "by", stance) if s not in NO_PARTY][:5]
    below = [0.0] * len(periods)
    for k, name in enumerate([*most, "others"]):
        values = []
        for period in periods:
            total = profile.timeline[period]
            known = sum(float(total["by", stance, s]) for s in most)
            values.append(
                float(total["by", stance, name])
                if name in most
                else max(0.0, total["stance", stance] - known)
            )
        colour = plot_colour(series_colour(k)) if name in most else plot_colour("rule")
        axes.bar(range(len(periods)), values, 0.82, bottom=below, color=colour, label=cut(name, 12))
        below = [b + v for b, v in zip(below, values, strict=True)]
    axes.set_title(cut(f"{stance.replace('_', ' ')}s", 40))
    axes.grid(axis="y")
    axes.tick_params(axis="x", length=0)
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
    if not legend_outside:
        place = {"loc": "upper right", "ncols": 3, "columnspacing": 0.8}
        axes.set_ylim(0, 1.35 * max(below, default=1.0) or 1.0)
    axes.legend(fontsize=8, handlelength=0.9, borderaxespad=0.2, **place)


def outlets_drawn(profile: Profile) -> list[Group]:
    """The outlets of the small multiples: the largest ones."""
    return [g for g in profile.groups if g.name != NOT_KNOWN and g.counts["statements",]][:MOST_OUTLETS]


def draw_outlets(profile: Profile) -> Draw:
    """For each outlet, the shares of the sides that have most statements overall."""
    groups = outlets_drawn(profile)
    names = [s for s, _ in ranked(profile.overall.counts, "by", "statements") if s not in NO_PARTY]
    names = names[:OUTLET_SIDES]

    def draw(width: float) -> Figure:
        columns = 4 if width == WIDE else 2
        rows = math.ceil(len(groups) / columns)
        figure, axes = _figure(
            width, 0.3 + 1.45 * rows, nrows=rows, ncols=columns, sharex=True, sharey=True, squeeze=False
        )
        for k, one in enumerate(axes.flat):
            if k >= len(groups):
                one.set_axis_off()
                continue
            total = groups[k].counts
            shares = [100 * float(total["by", "statements", s]) / total["statements",] for s in names]
            one.barh(range(len(names)), shares, 0.72, color=plot_colour("c2"))
            one.set_title(cut(groups[k].name, 20), fontsize=8.5)
            one.tick_params(length=0, labelcolor=plot_colour("ink"), labelsize=8)
            one.grid(axis="x")
        axes[0, 0].set_yticks(range(len(names)), [cut(n, 10) for n in names])
        axes[0, 0].set_ylim(len(names) - 0.5, -0.5)
        figure.supxlabel("% of the outlet's statements", fontsize=9, color=plot_colour("quiet"))
        return figure

    return draw


def side_names(rows: Sequence[ShareRow]) -> list[str]:
    """The names of sides for the axis of a plot."""
    return [cut(side(r.share.of)) for r in rows]
