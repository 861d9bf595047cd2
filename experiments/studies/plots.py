"""Pictures of learning curves: F1 by how much was annotated, with shaded 95 % intervals and the names at the lines' ends."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..tracking.plots import COLOURS
from .acquisition import ALL, RANDOM, Step, curves
from .learning_curve import Row
from .testbed import MICRO, Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BOLD = "#1b2631"
STRATEGY_COLOURS = (COLOURS[0], COLOURS[1], COLOURS[3], COLOURS[2])


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """The heights moved apart so that none is nearer than `gap` to another, their order kept, the whole moved as little as may be.

    Neighbours that are too near become a block around their mean (the pool of adjacent violators).
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    blocks: list[
        tuple[float, int]
    ] = []  # (mean of what each would like its block's lowest to be at, how many)
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
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".picture") as work:
        made = Path(work) / path.name
        figure.savefig(made, dpi=120)
        made.replace(path)
    return path


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
    held = [
        (a, e.low, e.high)
        for a, e in zip(x, estimates, strict=True)
        if e.low is not None and e.high is not None
    ]
    if held:
        axes.fill_between(
            [a for a, _, _ in held],
            [b for _, b, _ in held],
            [c for _, _, c in held],
            color=colour,
            alpha=0.16 if bold else 0.09,
            linewidth=0,
        )


def _name_lines(axes: Axes, at: float, ends: Sequence[tuple[str, float, str, bool]], span: float) -> None:
    """Names right of the lines' ends, in their colours, moved apart; a thin stroke leads to those that moved.

    Args:
        ends: (name, height, colour, bold) of each line.
        span: the height of the axes, in F1.
    """
    low, high = axes.get_xlim()
    heights = spread([y for _, y, _, _ in ends], span * 0.052)
    for (name, y, colour, bold), shown in zip(ends, heights, strict=True):
        axes.plot(
            [at, at + (high - low) * 0.035], [y, shown], color=colour, linewidth=0.8, clip_on=False, alpha=0.7
        )
        axes.text(
            at + (high - low) * 0.045,
            shown,
            name,
            color=colour,
            va="center",
            fontsize=9,
            fontweight="bold" if bold else "normal",
            clip_on=False,
        )


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def sparse_ticks(places: Sequence[float], gap: float) -> list[float]:
    """Those of the places that have room for a label, none nearer than `gap` to one kept; the last always has."""
    kept = [places[-1]]
    for place in reversed(places[:-1]):
        if kept[-1] - place >= gap:
            kept.append(place)
    return kept[::-1]


def draw_learning_curve(path: Path, rows: Sequence[Row]) -> Path:
    """A panel for each set of articles measured on: a line for each stance and label, the bold one of all statements.

    Shaded: 95 % t-intervals over seeds. The bar at the end of the bold line: the bootstrap interval over measured articles.
    """
    from matplotlib.figure import Figure

    places, names = list(dict.fromkeys(r.on for r in rows)), list(dict.fromkeys(r.name for r in rows))
    across = len(places) if len(places) <= 3 else 2
    down = -(-len(places) // across)
    figure = Figure(figsize=(1.2 + 5.4 * across, 0.4 + 4.8 * down), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False, sharey=True).ravel()
    for empty in panels[len(places) :]:
        empty.set_axis_off()
    top = max((v for r in rows for v in (r.over_seeds.mean, r.over_seeds.high or 0, r.high or 0)), default=1)
    top = min(1.0, top + 0.06)
    for axes, on in zip(panels, places, strict=False):  # the last row may have room left
        own = [r for r in rows if r.on == on]
        ends = []
        shares = sorted({r.share for r in own})
        axes.set_xlim(max(0.0, shares[0] - 0.05), shares[-1] + 0.03)
        for n, name in enumerate(sorted(names, key=lambda x: x == MICRO)):
            line = [r for r in own if r.name == name]
            if not line[0].gold:  # what these articles have none of
                continue
            bold = name == MICRO or len(names) == 1
            colour = BOLD if bold else COLOURS[n % len(COLOURS)]
            _line(axes, [r.share for r in line], [r.over_seeds for r in line], colour, bold)
            last = line[-1]
            ends.append(
                (f"{name.replace('_', ' ')} {last.over_seeds.mean:.2f}", last.over_seeds.mean, colour, bold)
            )
            if bold and last.low is not None and last.high is not None:
                axes.plot(
                    [last.share] * 2,
                    [last.low, last.high],
                    color=colour,
                    linewidth=1.2,
                    marker="_",
                    markersize=7,
                    zorder=2,
                )
        axes.set_ylim(0, top)
        _name_lines(axes, shares[-1], ends, top)
        sentences = {r.share: r.sentences for r in own}
        labelled = sparse_ticks(shares, 0.12 * (shares[-1] - shares[0]))
        axes.set_xticks(labelled, [f"{s * 100:g} %\n{sentences[s]:,}" for s in labelled])
        axes.set_xticks(shares, minor=True)
        axes.set_xlabel("share of the training articles, sentences")
        articles = f"{own[0].measured} articles"
        axes.set_title(f"measured on {on} ({articles})", fontsize=11)
        _plain(axes)
    for axes in panels[::across]:
        axes.set_ylabel("F1")
    figure.suptitle(
        "Learning curve. Shaded: 95 % t-interval over seeds; bar: 95 % bootstrap interval over articles",
        fontsize=9,
        x=0.01,
        ha="left",
    )
    return _save(figure, path)


def draw_acquisition(path: Path, steps: Sequence[Step], names: Mapping[str, str] | None = None) -> Path:
    """A panel for each set of articles measured on: F1 of all statements by annotated sentences, suggested and random.

    Shaded: 95 % t-intervals over seeds. Dotted: a model trained on all sentences.

    Args:
        names: how strategies are called; their own names where it has none.
    """
    from matplotlib.figure import Figure

    called = {RANDOM: "random", **(names or {})}
    figures = list(dict.fromkeys(s.name for s in steps))
    name = MICRO if MICRO in figures else figures[0]
    places = list(dict.fromkeys(s.on for s in steps))
    figure = Figure(figsize=(1.2 + 5.4 * len(places), 4.8), layout="constrained")
    for axes, on in zip(figure.subplots(1, len(places), squeeze=False)[0], places, strict=True):
        found = curves(steps, on, name)
        values = [
            v
            for points in found.values()
            for _, e in points
            for v in (e.mean, e.low, e.high)
            if v is not None
        ]
        whole = [s for s in steps if s.on == on and s.name == name and s.round == ALL]
        values += [s.f1 for s in whole]
        low, high = max(0.0, min(values) - 0.03), min(1.0, max(values) + 0.03)
        axes.set_ylim(low, high)
        xs = [x for points in found.values() for x, _ in points]
        axes.set_xlim(min(xs) - 0.04 * (max(xs) - min(xs)), max(xs) + 0.02 * (max(xs) - min(xs)))
        for s in whole[:1]:
            axes.axhline(s.f1, color="#777777", linestyle=":", linewidth=1.2)
            axes.annotate(
                f"all {s.sentences:,} sentences: {s.f1:.3f}",
                (min(xs), s.f1),
                xytext=(0, 4),
                textcoords="offset points",
                fontsize=8.5,
                color="#555555",
            )
        ends = []
        chosen = [k for k in found if k != RANDOM]
        for strategy, points in found.items():
            colour = (
                "#566573"
                if strategy == RANDOM
                else STRATEGY_COLOURS[chosen.index(strategy) % len(STRATEGY_COLOURS)]
            )
            bold = strategy == (chosen or [RANDOM])[0]
            _line(axes, [x for x, _ in points], [e for _, e in points], colour, bold)
            ends.append(
                (
                    f"{called.get(strategy, strategy)} {points[-1][1].mean:.3f}",
                    points[-1][1].mean,
                    colour,
                    bold,
                )
            )
        _name_lines(axes, max(xs), ends, high - low)
        axes.set_xlabel("annotated training sentences")
        axes.set_ylabel("F1 of statements" if name == MICRO else f"F1 of {name}")
        axes.set_title(f"measured on {on}", fontsize=11)
        _plain(axes)
    figure.suptitle(
        "Suggested against random sentences. Shaded: 95 % t-interval over seeds",
        fontsize=9,
        x=0.01,
        ha="left",
    )
    return _save(figure, path)
