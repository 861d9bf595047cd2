"""Plots of studies: F1 by amount of annotation, with shaded 95% intervals and labels at the line ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ...data.files.atomic import atomic_write_bytes
from ..tracking.plots import COLOURS
from .acquisition import ALL, RANDOM, Step, curves
from .learning_curve import Row
from .testbed import MICRO, Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BOLD = "#1b2631"
GREY = "#566573"
STRATEGY_COLOURS = (COLOURS[0], COLOURS[1], COLOURS[3], COLOURS[2])


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Move heights as little as possible until they differ by at least `gap`, keeping their order.

    Neighbours that are too close become a block around their mean (pool adjacent violators).
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    # (mean of where each height would put the lowest of its block, size of the block)
    blocks: list[tuple[float, int]] = []
    for k, i in enumerate(order):
        block = (heights[i] - k * gap, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, n = blocks.pop()
            block = ((mean * n + block[0] * block[1]) / (n + block[1]), n + block[1])
        blocks.append(block)
    lowest = [mean for mean, n in blocks for _ in range(n)]
    out = [0.0] * len(heights)
    for k, i in enumerate(order):
        out[i] = lowest[k] + k * gap
    return out


def _save(figure: Figure, path: Path) -> Path:
    """Write a plot atomically."""
    with atomic_write_bytes(path) as out:
        figure.savefig(out, dpi=120, format="png")
    return path


class _End(NamedTuple):
    """The last point of a line, and how to label it."""

    label: str
    height: float
    colour: str
    bold: bool


def _line(
    axes: Axes, x: Sequence[float], estimates: Sequence[Estimate], colour: str, bold: bool, style: str = "-"
) -> None:
    axes.plot(
        x,
        [e.mean for e in estimates],
        style,
        color=colour,
        linewidth=2.8 if bold else 1.4,
        marker="o",
        markersize=5 if bold else 3,
        zorder=3 if bold else 2,
    )
    pairs = zip(x, estimates, strict=True)
    band = [(a, e.low, e.high) for a, e in pairs if e.low is not None and e.high is not None]
    if band:
        at, low, high = zip(*band, strict=True)
        axes.fill_between(at, low, high, color=colour, alpha=0.16 if bold else 0.09, linewidth=0)


def _label_lines(axes: Axes, at: float, ends: Sequence[_End], span: float) -> None:
    """Label the lines at their right ends, in their colours; a thin line leads to a label that was moved.

    Args:
        axes: axes of the plot.
        at: x coordinate where the lines end.
        ends: end of each line.
        span: height of the axes, in F1.
    """
    low, high = axes.get_xlim()
    heights = spread([e.height for e in ends], span * 0.052)
    for end, shown in zip(ends, heights, strict=True):
        stroke = [at, at + (high - low) * 0.035], [end.height, shown]
        axes.plot(*stroke, color=end.colour, linewidth=0.8, clip_on=False, alpha=0.7)
        weight = "bold" if end.bold else "normal"
        style: dict[str, Any] = {
            "color": end.colour,
            "va": "center",
            "fontsize": 9,
            "fontweight": weight,
            "clip_on": False,
        }
        axes.text(at + (high - low) * 0.045, shown, end.label, **style)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def sparse_ticks(ticks: Sequence[float], gap: float) -> list[float]:
    """The ticks to label: at least `gap` apart; the last is always kept."""
    kept = [ticks[-1]]
    for tick in reversed(ticks[:-1]):
        if kept[-1] - tick >= gap:
            kept.append(tick)
    return kept[::-1]


def draw_learning_curve(path: Path, rows: Sequence[Row]) -> Path:
    """One panel per set of test articles: a line per stance and label, a bold one for all statements.

    Shaded: 95% t-intervals over seeds. The bar at the end of the bold line: the bootstrap interval over
        articles.
    """
    from matplotlib.figure import Figure

    sets = list(dict.fromkeys(r.on for r in rows))
    across = len(sets) if len(sets) <= 3 else 2
    down = -(-len(sets) // across)
    figure = Figure(figsize=(1.2 + 5.4 * across, 0.4 + 4.8 * down), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False, sharey=True).ravel()
    for empty in panels[len(sets) :]:
        empty.set_axis_off()
    top = max((v for r in rows for v in (r.over_seeds.mean, r.over_seeds.high or 0, r.high or 0)), default=1)
    for axes, on in zip(panels, sets, strict=False):  # the last row of panels may have room left
        _draw_shares(axes, [r for r in rows if r.on == on], min(1.0, top + 0.06))
    for axes in panels[::across]:
        axes.set_ylabel("F1")
    figure.suptitle(
        "Learning curve. Shaded: 95% t-interval over seeds; bar: 95% bootstrap interval over articles",
        fontsize=9,
        x=0.01,
        ha="left",
    )
    return _save(figure, path)


def _draw_shares(axes: Axes, rows: Sequence[Row], top: float) -> None:
    """F1 by fraction of the training articles, on one set of articles; the axis ends at `top`."""
    shares = sorted({r.share for r in rows})
    axes.set_xlim(max(0.0, shares[0] - 0.05), shares[-1] + 0.03)
    names = sorted(dict.fromkeys(r.name for r in rows), key=lambda x: x == MICRO)
    ends = []
    for n, name in enumerate(names):
        line = [r for r in rows if r.name == name]
        if not line[0].gold:  # not annotated in these articles
            continue
        last, bold = line[-1], name == MICRO or len(names) == 1
        colour = BOLD if bold else COLOURS[n % len(COLOURS)]
        _line(axes, [r.share for r in line], [r.over_seeds for r in line], colour, bold)
        mean = last.over_seeds.mean
        ends.append(_End(f"{name.replace('_', ' ')} {mean:.2f}", mean, colour, bold))
        if bold and last.low is not None and last.high is not None:
            bar = [last.share] * 2, [last.low, last.high]
            axes.plot(*bar, color=colour, linewidth=1.2, marker="_", markersize=7, zorder=2)
    axes.set_ylim(0, top)
    _label_lines(axes, shares[-1], ends, top)
    sentences = {r.share: r.sentences for r in rows}
    labelled = sparse_ticks(shares, 0.12 * (shares[-1] - shares[0]))
    axes.set_xticks(labelled, [f"{s * 100:g}%\n{sentences[s]:,}" for s in labelled])
    axes.set_xticks(shares, minor=True)
    axes.set_xlabel("fraction of the training articles, sentences")
    axes.set_title(f"measured on {rows[0].on} ({rows[0].measured} articles)", fontsize=11)
    _plain(axes)


def draw_acquisition(path: Path, steps: Sequence[Step], names: Mapping[str, str] | None = None) -> Path:
    """One panel per set of test articles: F1 of all statements by suggested and random sentences.

    Shaded: 95% t-intervals over seeds. Dotted: a model trained on all sentences.

    Args:
        path: the PNG file.
        steps: result of `acquisition.simulate`.
        names: labels of strategies. Default: their names.
    """
    from matplotlib.figure import Figure

    sets = list(dict.fromkeys(s.on for s in steps))
    # All statements; the first label if a label set has no stances.
    name = MICRO if any(s.name == MICRO for s in steps) else steps[0].name
    figure = Figure(figsize=(1.2 + 5.4 * len(sets), 4.8), layout="constrained")
    for axes, on in zip(figure.subplots(1, len(sets), squeeze=False)[0], sets, strict=True):
        _draw_strategies(axes, [s for s in steps if s.on == on and s.name == name], names or {})
        axes.set_title(f"measured on {on}", fontsize=11)
    figure.suptitle(
        "Suggested and random sentences. Shaded: 95% t-interval over seeds", fontsize=9, x=0.01, ha="left"
    )
    return _save(figure, path)


def _draw_strategies(axes: Axes, steps: Sequence[Step], names: Mapping[str, str]) -> None:
    """F1 by annotated sentences of each strategy; the steps are of one set of articles and one name."""
    on, name = steps[0].on, steps[0].name
    by_strategy = curves(steps, on, name)
    whole = [s for s in steps if s.round == ALL]
    points = [p for line in by_strategy.values() for p in line]
    values = [v for _, e in points for v in (e.mean, e.low, e.high) if v is not None] + [s.f1 for s in whole]
    low, high = max(0.0, min(values) - 0.03), min(1.0, max(values) + 0.03)
    axes.set_ylim(low, high)
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    axes.set_xlim(left - 0.04 * (right - left), right + 0.02 * (right - left))
    for s in whole[:1]:
        axes.axhline(s.f1, color="#777777", linestyle=":", linewidth=1.2)
        style: dict[str, Any] = {
            "xytext": (0, 4),
            "textcoords": "offset points",
            "fontsize": 8.5,
            "color": "#555555",
        }
        axes.annotate(f"all {s.sentences:,} sentences: {s.f1:.3f}", (left, s.f1), **style)
    chosen = [k for k in by_strategy if k != RANDOM]
    ends = []
    for strategy, line in by_strategy.items():
        colour = (
            GREY if strategy == RANDOM else STRATEGY_COLOURS[chosen.index(strategy) % len(STRATEGY_COLOURS)]
        )
        bold, mean = strategy == (chosen or [RANDOM])[0], line[-1][1].mean
        _line(axes, [x for x, _ in line], [e for _, e in line], colour, bold)
        ends.append(_End(f"{names.get(strategy, strategy)} {mean:.3f}", mean, colour, bold))
    _label_lines(axes, right, ends, high - low)
    axes.set_xlabel("annotated training sentences")
    axes.set_ylabel("F1 of statements" if name == MICRO else f"F1 of {name}")
    _plain(axes)
