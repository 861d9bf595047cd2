"""Pictures of a run: confusion of stances, precision and recall by threshold, calibration."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...data.codebook import Codebook

COLOURS = ("#c0392b", "#2874a6", "#b9770e", "#1e8449", "#6c3483", "#566573")


def draw_confusion(folder: Path, gold: Sequence[str], scored: Sequence[str], names: Sequence[str]) -> Path:
    """Gold against scored stance of every mention that has either; the empty pair is left out."""
    from matplotlib.figure import Figure
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(gold, scored, labels=list(names))
    table[-1, -1] = 0
    figure = Figure(figsize=(5.6, 4.8), layout="constrained")
    axes = figure.subplots()
    axes.imshow(table, cmap="Blues")
    for i in range(len(names)):
        for j in range(len(names)):
            shown = "–" if i == j == len(names) - 1 else str(table[i, j])
            axes.text(
                j,
                i,
                shown,
                ha="center",
                va="center",
                color="white" if table[i, j] > table.max() * 0.55 else "black",
            )
    axes.set_xticks(range(len(names)), names, rotation=25, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("scored stance of the mention")
    axes.set_ylabel("annotated stance")
    axes.set_title("Actors on the validation articles", fontsize=11)
    path = folder / "confusion.png"
    figure.savefig(path, dpi=110)
    return path


def draw_curves(
    folder: Path,
    probabilities: NDArray[np.float64],
    wanted: NDArray[np.int8],
    codebook: Codebook,
    thresholds: dict[str, float],
) -> Path:
    """Precision-recall curves of the actor roles, their thresholds marked; beside them calibration."""
    from matplotlib.figure import Figure
    from sklearn.metrics import precision_recall_curve

    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    right.plot([0, 1], [0, 1], color="#bbbbbb", linestyle=":")
    for k, role in enumerate(codebook.roles):
        if not role.endswith(":actor") or not wanted[:, k].any():
            continue
        colour = COLOURS[codebook.stance_names.index(role.split(":")[0]) % len(COLOURS)]
        p, y = probabilities[:, k], wanted[:, k]
        precision, recall, _ = precision_recall_curve(y, p)
        left.plot(recall, precision, color=colour, label=role.split(":")[0])
        over = p >= thresholds.get(role, 0.5)
        if over.any():
            left.plot(y[over].sum() / y.sum(), y[over].mean(), "o", color=colour)
        edges = np.linspace(0, 1, 6)
        inside = [(p > a) & (p <= b) & (p > 0.05) for a, b in itertools.pairwise(edges)]
        points = [(p[i].mean(), y[i].mean()) for i in inside if i.sum() >= 5]
        if points:
            right.plot(*zip(*points, strict=True), "o-", color=colour)
    left.set(
        xlabel="recall",
        ylabel="precision",
        xlim=(0, 1.02),
        ylim=(0, 1.02),
        title="Actors: precision and recall (dot: threshold)",
    )
    right.set(
        xlabel="calibrated score",
        ylabel="share that is right",
        xlim=(0, 1),
        ylim=(0, 1.02),
        title="Calibration (bins of 5 or more)",
    )
    if left.get_legend_handles_labels()[0]:
        left.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    path = folder / "precision_recall.png"
    figure.savefig(path, dpi=110)
    return path
