"""The pooled predictions of a cross-validation."""

from __future__ import annotations

import pytest
from stancewire.experiments.studies.cross_validation import pooled_predictions
from stancewire.training.evaluation.predictions import Predictions


def predictions(**thresholds: float) -> Predictions:
    """The predictions of a fold without articles; `__` in the name of a threshold stands for a colon."""
    by_role = {k.replace("__", ":"): v for k, v in thresholds.items()}
    return Predictions("test", (), (), (), by_role, ())


def test_a_fold_without_a_threshold_of_its_own_counts_with_its_default() -> None:
    folds = [
        predictions(target=0.5, appeal__target=0.3, loaded=0.4),
        predictions(target=0.5, blame__target=0.2, loaded=0.6),
    ]
    found = pooled_predictions(folds)
    assert found.split == "pooled"
    assert found.thresholds == pytest.approx(
        {"target": 0.5, "appeal:target": 0.4, "blame:target": 0.35, "loaded": 0.5}
    )
