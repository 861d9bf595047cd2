"""The network of statements, drawn: parties on a circle, arrows from actors to targets."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ....experiments.pages.palette import plot_colour, series_colour
from ....experiments.pages.plots import WIDE
from ..network.network import Edge, Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Point = tuple[float, float]
# Parties and arrows that can be told apart.
MOST_PARTIES, MOST_EDGES = 14, 40


def drawn_edges(network: Network, parties: int = MOST_PARTIES) -> list[Edge]:
    """The heaviest edges between the parties with the most statements, except those of a party to itself."""
    shown = set(network.parties[:parties])
    found = [e for e in network.edges if {e.actor, e.target} <= shown and e.actor != e.target]
    return found[:MOST_EDGES]


def stance_colours(edges: Sequence[Edge]) -> dict[str, str]:
    """The colour of each stance, in order of their weight."""
    stances = list(dict.fromkeys(e.stance for e in sorted(edges, key=lambda e: -e.weight)))
    return {stance: series_colour(k) for k, stance in enumerate(stances)}


def draw_network(network: Network) -> Callable[[float], Figure]:
    """The network at a width in inches."""

    def draw(width: float) -> Figure:
        from matplotlib.figure import Figure

        edges = drawn_edges(network, MOST_PARTIES if width == WIDE else 9)
        side = min(width, 5.6)
        figure = Figure(figsize=(width, side), layout="constrained")
        axes: Any = figure.subplots()
        axes.set_axis_off()
        axes.set_aspect("equal")
        limit = 1.28
        axes.set_xlim(-limit * width / side, limit * width / side)
        axes.set_ylim(-limit, limit)
        _draw(axes, edges)
        return figure

    return draw


def _draw(axes: Any, edges: Sequence[Edge]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import FancyArrowPatch

    weights: dict[str, float] = {}
    for e in edges:
        for party in (e.actor, e.target):
            weights[party] = weights.get(party, 0.0) + e.weight
    parties = sorted(weights, key=lambda p: (-weights[p], p))
    at = _circle(parties)
    largest, heaviest = max(weights.values(), default=1.0), max((e.weight for e in edges), default=1.0)
    colours = stance_colours(edges)
    for e in reversed(edges):
        rank = list(colours).index(e.stance)
        patch = FancyArrowPatch(
            at[e.actor], at[e.target], connectionstyle=f"arc3,rad={0.12 + 0.1 * rank}",
            arrowstyle="-|>", mutation_scale=9, shrinkA=11, shrinkB=12, alpha=0.75,
            linewidth=0.6 + 4.4 * math.sqrt(e.weight / heaviest), color=plot_colour(colours[e.stance]),
        )  # fmt: skip
        axes.add_patch(patch)
    for party in parties:
        x, y = at[party]
        size = 5 + 13 * math.sqrt(weights[party] / largest)
        axes.plot(x, y, "o", markersize=size, color=plot_colour("ink"), zorder=5)
        axes.text(
            1.17 * x, 1.13 * y, party[:12], fontsize=9, va="center", zorder=6,
            ha="center" if abs(x) < 0.3 else "left" if x > 0 else "right",
        )  # fmt: skip
    lines = [Line2D([], [], color=plot_colour(c), linewidth=3) for c in colours.values()]
    axes.legend(lines, [s.replace("_", " ")[:40] for s in colours], loc="upper left", fontsize=8.5)


def _circle(parties: Sequence[str]) -> dict[str, Point]:
    """Positions on a circle; the first party is at the top."""
    n = max(1, len(parties))
    angles = [math.pi / 2 - 2 * math.pi * k / n for k in range(len(parties))]
    return {p: (math.cos(a), math.sin(a)) for p, a in zip(parties, angles, strict=True)}
