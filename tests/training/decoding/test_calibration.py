"""Calibration of logits, and thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from stancewire.data.annotation.counting import f1
from stancewire.training.decoding.calibration import (
    MIN_POSITIVES,
    Sigmoid,
    best_threshold,
    expected_calibration_error,
    fit_sigmoid,
)


def overconfident(n: int = 2000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits four times as large as those that the labels were drawn with."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(-0.5, 1.2, n)
    return honest * 4, (rng.random(n) < 1 / (1 + np.exp(-honest))).astype(np.int8)


def test_the_default_is_the_logistic_function() -> None:
    assert Sigmoid()(np.array([-2.0, 0.0, 2.0])) == pytest.approx(
        [1 / (1 + np.e**2), 0.5, 1 / (1 + np.e**-2)]
    )


def test_calibration_is_monotone_and_stays_a_probability() -> None:
    fitted = fit_sigmoid(*overconfident())
    shown = fitted(np.linspace(-60, 60, 500))
    assert (np.diff(shown) >= 0).all() and shown[0] < shown[-1]
    assert shown.min() >= 0 and shown.max() <= 1 and np.isfinite(fitted(np.array([-1e9, 1e9]))).all()


def test_calibration_keeps_the_order_even_of_inverted_scores() -> None:
    logits, gold = overconfident()
    shown = fit_sigmoid(-logits, gold)(np.array([-3.0, 0.0, 3.0]))
    assert shown[0] < shown[1] < shown[2]


def test_calibration_improves_the_calibration_error_on_fresh_data() -> None:
    fitted = fit_sigmoid(*overconfident(seed=0))
    logits, gold = overconfident(seed=1)
    before = expected_calibration_error(Sigmoid()(logits), gold)
    after = expected_calibration_error(fitted(logits), gold)
    assert before > 0.1 and after < 0.05


def test_too_few_examples_leave_the_default() -> None:
    logits, gold = np.linspace(-9, 9, 200), np.zeros(200, dtype=np.int8)
    gold[-MIN_POSITIVES + 1 :] = 1
    assert fit_sigmoid(logits, gold) == Sigmoid()
    assert fit_sigmoid(logits, 1 - gold) == Sigmoid()
    gold[-MIN_POSITIVES:] = 1
    assert fit_sigmoid(logits, gold) != Sigmoid()


def test_f1_from_counts() -> None:
    assert f1(3, 4, 6) == pytest.approx(2 * 3 / 10)
    assert f1(0, 0, 0) == 0.0


def test_the_threshold_of_separable_data_lies_in_the_gap() -> None:
    rng = np.random.default_rng(0)
    probabilities = np.concatenate([rng.uniform(0.0, 0.3, 300), rng.uniform(0.6, 1.0, 100)])
    gold = np.repeat([0, 1], [300, 100]).astype(np.int8)
    threshold = best_threshold(probabilities, gold, rng.integers(0, 20, 400))
    assert 0.3 < threshold < 0.6


def test_the_threshold_is_the_same_each_time_and_follows_the_data() -> None:
    rng = np.random.default_rng(0)
    gold = (rng.random(500) < 0.3).astype(np.int8)
    groups = rng.integers(0, 25, 500)
    low, high = rng.beta(2, 5, 500) * 0.5 + gold * 0.1, rng.beta(5, 2, 500) * 0.4 + gold * 0.4
    assert best_threshold(low, gold, groups, seed=3) == best_threshold(low, gold, groups, seed=3)
    assert best_threshold(low, gold, groups) < best_threshold(high, gold, groups)


def test_without_positives_the_threshold_is_one_half() -> None:
    assert best_threshold(np.array([0.2, 0.9]), np.zeros(2, dtype=np.int8), np.array([0, 1])) == 0.5


def test_the_calibration_error_of_a_small_example() -> None:
    # Bin 0.2: mean 0.25, one of four positive. Bin 0.9: mean 0.95, one of two positive. 0.01 is left out.
    probabilities = np.array([0.25, 0.25, 0.25, 0.25, 0.95, 0.95, 0.01])
    gold = np.array([1, 0, 0, 0, 1, 0, 1], dtype=np.int8)
    assert expected_calibration_error(probabilities, gold) == pytest.approx(0.45 * 2 / 6)
    assert expected_calibration_error(np.array([1.0, 1.0]), np.array([1, 1], dtype=np.int8)) == 0.0
    assert expected_calibration_error(np.array([0.01]), np.array([1], dtype=np.int8)) == 0.0
