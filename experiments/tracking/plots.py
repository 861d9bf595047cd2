"""Plots of a run: confusion of stances, precision and recall by threshold, calibration."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#c0392b", "#2874a6", "#b9770e", "#1e8449", "#6c3483", "#566573")
# Almost all mentions take no stance; with lower scores they would dominate the first calibration bin.
LEAST_SCORE = 0.05
LEAST_IN_BIN = 5


def draw_confusion(folder: Path, gold: Sequence[str], predicted: Sequence[str], names: Sequence[str]) -> Path:
    """Annotated against predicted stance of every mention that has either.

    Args:
        folder: where to write `confusion.png`.
        gold, predicted: the stance of each mention, or the last of `names` for none.
        names: in the order of rows and columns.
    """
    from matplotlib.figure import Figure
    from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

    table = confusion_matrix(gold, predicted, labels=list(names)).astype(float)
    table[-1, -1] = np.nan  # mentions without any stance, which outnumber all others
    side = 3.6 + 0.55 * len(names)
    figure = Figure(figsize=(side, side * 0.86), layout="constrained")
    axes = figure.subplots()
    shown = ConfusionMatrixDisplay(table, display_labels=[n.replace("_", " ") for n in names])
    shown.plot(ax=axes, cmap="Blues", colorbar=False, values_format=".0f", xticks_rotation=25)
    _write_counts(shown, table)
    axes.set(xlabel="predicted stance of the mention", ylabel="annotated stance")
    axes.set_title("Actors on the validation articles", fontsize=11)
    return _save(figure, folder / "confusion.png")


def _write_counts(shown: object, table: NDArray[np.float64]) -> None:
    """Set text and colour of each cell, because scikit-learn chooses them wrongly with an empty cell."""
    darkest = np.nanmax(table)
    for (i, j), text in np.ndenumerate(shown.text_):  # type: ignore[attr-defined]
        empty = np.isnan(table[i, j])
        text.set_text("–" if empty else f"{table[i, j]:.0f}")
        text.set_color("white" if not empty and table[i, j] > 0.55 * darkest else "black")


def draw_curves(
    folder: Path,
    probabilities: NDArray[np.float64],
    gold: NDArray[np.int8],
    columns: Mapping[str, int],
    thresholds: Mapping[str, float],
) -> Path:
    """Precision-recall curves of actors with a dot at each threshold; beside them calibration curves.

    Args:
        folder: where to write `precision_recall.png`.
        probabilities, gold: mentions x roles.
        columns: the column of the actor role of each stance.
        thresholds: of each stance, in [0, 1].
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for n, (stance, k) in enumerate(columns.items()):
        if gold[:, k].any():
            colour, name = COLOURS[n % len(COLOURS)], stance.replace("_", " ")
            _precision_recall(left, probabilities[:, k], gold[:, k], thresholds[stance], colour, name)
            _calibration(right, probabilities[:, k], gold[:, k], colour, name)
    left.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.02), aspect="auto")
    left.set_title("Actors: precision and recall (dot: threshold)", fontsize=11)
    right.plot([0, 1], [0, 1], color="#bbbbbb", linestyle=":", zorder=0)
    right.set(xlabel="calibrated score", ylabel="share correct", xlim=(0, 1.02), ylim=(0, 1.02))
    right.set_title(f"Calibration (bins of {LEAST_IN_BIN} or more)", fontsize=11)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False, fontsize=9)
    return _save(figure, folder / "precision_recall.png")


def _precision_recall(
    axes: Axes, p: NDArray[np.float64], y: NDArray[np.int8], threshold: float, colour: str, name: str
) -> None:
    from sklearn.metrics import PrecisionRecallDisplay, precision_recall_curve

    precision, recall, _ = precision_recall_curve(y, p)
    PrecisionRecallDisplay(precision, recall).plot(ax=axes, name=name, curve_kwargs={"color": colour})
    above = p >= threshold
    if above.any():
        axes.plot(y[above].sum() / y.sum(), y[above].mean(), "o", color=colour)


def _calibration(axes: Axes, p: NDArray[np.float64], y: NDArray[np.int8], colour: str, name: str) -> None:
    # Drawn by hand: CalibrationDisplay can neither leave out low scores nor drop bins of a few mentions.
    edges = np.linspace(0, 1, 6)
    inside = [(p > a) & (p <= b) & (p > LEAST_SCORE) for a, b in itertools.pairwise(edges)]
    points = [(p[i].mean(), y[i].mean()) for i in inside if i.sum() >= LEAST_IN_BIN]
    if points:
        axes.plot(*zip(*points, strict=True), "o-", color=colour, label=name)


def _save(figure: object, path: Path) -> Path:
    figure.savefig(path, dpi=110)  # type: ignore[attr-defined]
    return path
