"""Curves of runs: precision and recall by threshold, calibration, and training by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from ....training.evaluation.predictions import Predictions
from ...comparison.counts import Counts, Floats
from ...tracking.connection.addresses import shown_uri
from ...tracking.connection.failures import failures, store_error
from ...tracking.lifecycle.live import EPOCH
from ...tracking.store import connect
from ..palette import plot_colour
from ..plots import NARROW, figure_html
from .contents import Contents, ReportSide

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Sides differ in colour, line and marker.
COLOURS = ("c2", "c1", "c4", "c5", "c3", "c6")
LINES = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")
LEAST_IN_BIN = 5


class Curve(NamedTuple):
    """Precision and recall at every threshold.

    Attributes:
        recall, precision: in [0, 1], from the highest threshold to the lowest.
        at: recall and precision of the model's output; None if it is empty.
    """

    recall: list[float]
    precision: list[float]
    at: tuple[float, float] | None


def side_style(index: int) -> dict[str, Any]:
    """Colour and line of a side, by its index."""
    return {"color": plot_colour(COLOURS[index % 6]), "linestyle": LINES[index % 6]}


def precision_recall(predictions: Predictions, stance: str) -> Curve:
    """The curve of a stance, over statements as the headline F1 counts them.

    A statement that the model scored below its threshold counts from the threshold at which it would be in
    the output.
    """
    scored = [
        (p.score or 0.0, p.match is not None, p.kept)
        for row in predictions.rows
        for p in row.predicted
        if p.stance == stance
    ]
    gold = sum(g.stance == stance for row in predictions.rows for g in row.gold)
    scored.sort(key=lambda x: -x[0])
    matched = list(accumulate(int(right) for _, right, _ in scored))
    ends = [k for k in range(len(scored)) if k + 1 == len(scored) or scored[k + 1][0] < scored[k][0]]
    recall = [matched[k] / gold for k in ends] if gold else []
    precision = [matched[k] / (k + 1) for k in ends] if gold else []
    kept = [right for _, right, kept in scored if kept]
    at = (sum(kept) / gold, sum(kept) / len(kept)) if kept and gold else None
    return Curve(recall, precision, at)


def calibration(counts: Counts) -> tuple[Floats, Floats]:
    """The mean score and the share of positives of each bin with enough candidates."""
    n, total, positive = counts.calibration.sum(axis=0).T
    enough = n >= LEAST_IN_BIN
    return total[enough] / n[enough], positive[enough] / n[enough]


def epochs(run: Any) -> dict[str, list[float]]:
    """What was logged after each epoch of training (`loss`, `validation`), empty without epochs.

    Raises:
        InputError: the store cannot be read.
    """
    client = connect().MlflowClient()
    names = [k for k in run.data.metrics if k.startswith(EPOCH) and not k.endswith("seconds")]
    try:
        found = {k: client.get_metric_history(run.info.run_id, k) for k in names}
    except failures() as error:
        raise store_error(error, shown_uri()) from None
    return {
        k.removeprefix(EPOCH): [m.value for m in sorted(v, key=lambda m: m.step)] for k, v in found.items()
    }


# Plots.


def draw_precision_recall(contents: Contents) -> Markup | None:
    """One panel per stance with a curve per side; None without stances."""
    stances = [s for s in contents.sides[0].predictions.stances if _has_gold(contents.sides[0], s)]
    if not stances:
        return None
    curves = {s: [precision_recall(side.predictions, s) for side in contents.sides] for s in stances}

    def draw(width: float) -> Figure:
        panels = panels_of(width, len(stances))
        for axes, stance in zip(panels, stances, strict=True):
            for k, (side, curve) in enumerate(zip(contents.sides, curves[stance], strict=True)):
                axes.plot(curve.recall, curve.precision, label=side.letter, **side_style(k))
                if curve.at:
                    colour = plot_colour(COLOURS[k % 6])
                    axes.plot(*curve.at, MARKERS[k % 6], color=colour, markersize=7)
            _unit_square(axes, "recall", "precision")
            axes.set_title(stance.replace("_", " "))
            _legend(axes, contents, "lower left")
        return figure_of(panels)

    described = "; ".join(
        f"{s.replace('_', ' ')}: "
        + ", ".join(
            f"{side.letter} precision {c.at[1]:.2f} at recall {c.at[0]:.2f}"
            if c.at
            else f"{side.letter} none"
            for side, c in zip(contents.sides, curves[s], strict=True)
        )
        for s in stances
    )
    return figure_html(
        draw,
        title="Precision and recall of statements by threshold",
        description=f"At the thresholds of the models: {described}.",
        caption="The marker is the threshold that the model uses. A curve ends at the lowest threshold that "
        "can be chosen.",
    )


def draw_calibration(contents: Contents) -> Markup:
    """Share of positives by score."""
    points = [calibration(side.counts) for side in contents.sides]

    def draw(width: float) -> Figure:
        [axes] = panels_of(width, 1)
        axes.plot([0, 1], [0, 1], color=plot_colour("edge"), linewidth=0.8)
        for k, (side, (x, y)) in enumerate(zip(contents.sides, points, strict=True)):
            axes.plot(x, y, marker=MARKERS[k % 6], markersize=4, label=side.letter, **side_style(k))
        _unit_square(axes, "score", "share that is right")
        _legend(axes, contents, "upper left")
        return figure_of([axes])

    errors = next(r for r in contents.measures if r.group == "calibration").values
    shown = ", ".join(
        f"{s.letter} {e:.3f}" for s, e in zip(contents.sides, errors, strict=True) if e is not None
    )
    return figure_html(
        draw,
        title="Calibration: how often a score is right",
        description=f"Expected calibration error: {shown}. A calibrated model follows the diagonal.",
        caption=f"Bins with at least {LEAST_IN_BIN} candidates; expected calibration error: {shown}.",
    )


def draw_epochs(contents: Contents) -> Markup | None:
    """Loss and validation score by epoch; None if no run has epochs."""
    histories = [epochs(side.run) for side in contents.sides]
    names = list(dict.fromkeys(name for history in histories for name in history))
    if not names:
        return None

    def draw(width: float) -> Figure:
        panels = panels_of(width, len(names))
        for axes, name in zip(panels, names, strict=True):
            for k, (side, history) in enumerate(zip(contents.sides, histories, strict=True)):
                values = history.get(name, [])
                axes.plot(range(1, len(values) + 1), values, label=side.letter, **side_style(k))
            axes.set(xlabel="epoch", title=name)
            axes.grid(axis="y")
            _legend(axes, contents, "best")
        return figure_of(panels)

    last = "; ".join(
        f"{side.letter}: " + ", ".join(f"{k} {v[-1]:.3f}" for k, v in history.items())
        for side, history in zip(contents.sides, histories, strict=True)
        if history
    )
    return figure_html(draw, title="Training by epoch", description=f"After the last epoch: {last}.")


def _has_gold(side: ReportSide, stance: str) -> bool:
    return bool(side.counts.measures[stance][:, 2].sum())


def _legend(axes: Axes, contents: Contents, where: Literal["best", "lower left", "upper left"]) -> None:
    """The letters of the sides, if there are several."""
    if len(contents.sides) > 1 and axes.get_legend_handles_labels()[0]:
        axes.legend(loc=where)


def panels_of(width: float, n: int) -> list[Axes]:
    """Panels beside each other, or below each other on a phone.

    Args:
        width: in inches.
        n: the number of panels, 1 or more.
    """
    from matplotlib.figure import Figure

    across = 1 if width <= NARROW else min(n, 3)
    down = -(-n // across)
    side = min(width / across, 3.4)
    figure = Figure(figsize=(max(width if n > 1 else side, NARROW), side * 0.92 * down), layout="constrained")
    axes = np.atleast_1d(figure.subplots(down, across)).ravel()
    for empty in axes[n:]:
        empty.set_axis_off()
    return list(axes[:n])


def figure_of(panels: Sequence[Axes]) -> Figure:
    """The figure that panels are in."""
    figure: Figure = panels[0].figure  # type: ignore[assignment]
    return figure


def _unit_square(axes: Axes, x: str, y: str) -> None:
    axes.set(xlabel=x, ylabel=y, xlim=(0, 1.02), ylim=(0, 1.02))
    axes.grid()
