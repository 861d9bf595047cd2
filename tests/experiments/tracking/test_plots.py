"""Plots of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.image import imread
from stancewire.experiments.tracking.plots import draw_confusion, draw_curves

COLUMNS = {"blame": 0, "appeal": 2}


def test_plots_of_two_stances_are_not_empty(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    gold = (rng.random((300, 3)) < 0.2).astype(np.int8)
    probabilities = np.clip(0.5 * gold + rng.beta(1, 4, (300, 3)), 0, 1)
    names = [*COLUMNS, "none"]
    confusion = draw_confusion(
        tmp_path, ["blame", "appeal", "none"] * 3, ["blame", "none", "appeal"] * 3, names
    )
    curves = draw_curves(tmp_path, probabilities, gold, COLUMNS, dict.fromkeys(COLUMNS, 0.5))
    for path in (confusion, curves):
        pixels = imread(path)
        assert pixels.shape[0] > 300 and pixels[..., :3].std() > 0.05


def test_a_run_without_predictions_can_be_drawn(tmp_path: Path) -> None:
    gold, probabilities = np.zeros((4, 3), dtype=np.int8), np.zeros((4, 3))
    assert draw_curves(tmp_path, probabilities, gold, COLUMNS, dict.fromkeys(COLUMNS, 0.5)).exists()
    assert draw_confusion(tmp_path, ["none"] * 4, ["none"] * 4, [*COLUMNS, "none"]).exists()
    gold[0] = 1  # annotated, but no score reaches the threshold or the calibration plot
    assert draw_curves(tmp_path, probabilities, gold, COLUMNS, dict.fromkeys(COLUMNS, 0.5)).exists()
