"""Calibration of logits, and thresholds on probabilities; both are fitted on the validation split.

We implement Platt scaling ourselves because scikit-learn's `CalibratedClassifierCV` wraps estimators, whereas
the logits to calibrate here have already been computed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from scipy.special import expit

# With fewer positives or negatives, a calibration would fit the noise of the sample.
MIN_POSITIVES = 8
# If the fraction of positives is this close to one half, a threshold far from 0.5 is implausible.
NEAR_HALF = 0.2
RESAMPLES = 200
GRID = np.arange(0.08, 0.81, 0.02)


class Sigmoid(BaseModel):
    """Platt scaling, 1 / (1 + exp(slope * logit + offset)); the default is the logistic function."""

    slope: float = -1.0
    offset: float = 0.0

    def __call__(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities in [0, 1], in the shape of `logits`."""
        result: NDArray[np.float64] = expit(-(self.slope * logits + self.offset))
        return result


def fit_sigmoid(logits: NDArray[np.float64], gold: NDArray[np.int8]) -> Sigmoid:
    """Platt scaling with smoothed targets (Platt 1999, "Probabilistic outputs for support vector machines").

    Returns:
        The logistic function if there are fewer than `MIN_POSITIVES` positives or negatives.
    """
    from scipy.optimize import minimize

    positives = int(gold.sum())
    negatives = len(gold) - positives
    if min(positives, negatives) < MIN_POSITIVES:
        return Sigmoid()
    smooth = np.where(gold > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(p: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = p[0] * logits + p[1]
        slope = expit(z) - (1 - smooth)
        return float(np.sum(np.logaddexp(0, z) - (1 - smooth) * z)), np.array([slope @ logits, slope.sum()])

    # The slope stays negative, so that calibration never reverses the order of scores. The gradient is exact
    # and the tolerances are tight, so that every processor ends at the same point.
    best = minimize(
        loss,
        np.array([-1.0, 0.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, -0.05), (None, None)],
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )
    return Sigmoid(slope=float(best.x[0]), offset=float(best.x[1]))


def best_threshold(
    probabilities: NDArray[np.float64],
    gold: NDArray[np.int8],
    groups: NDArray[np.int64],
    seed: int = 0,
    balanced: bool = False,
) -> float:
    """The threshold with the best F1, averaged over resamples of articles, so that no article dominates.

    Args:
        probabilities, gold: one value per candidate.
        groups: the article of each candidate.
        balanced: maximise the mean F1 of positives and negatives instead, which matters if about half of the
            candidates are positive, as can be the case for labels.
    """
    ids = np.unique(groups)
    row = np.searchsorted(ids, groups)
    over = probabilities[:, None] >= GRID[None, :]
    true, predicted = np.zeros((len(ids), len(GRID))), np.zeros((len(ids), len(GRID)))
    np.add.at(true, row, over & (gold[:, None] > 0))
    np.add.at(predicted, row, over)
    positives = np.bincount(row, weights=gold, minlength=len(ids)).astype(np.float64)
    candidates = np.bincount(row, minlength=len(ids)).astype(np.float64)
    return best_on_grid(true, predicted, positives, seed, candidates if balanced else None)


def best_on_grid(
    true: NDArray[np.float64],
    predicted: NDArray[np.float64],
    gold: NDArray[np.float64],
    seed: int = 0,
    candidates: NDArray[np.float64] | None = None,
    grid: NDArray[np.float64] = GRID,
    flat: bool = False,
) -> float:
    """The threshold with the best F1, averaged over resamples of articles; 0.5 if there are no positives.

    Args:
        true, predicted: numbers of true positives and of predicted positives at each threshold of `grid`
            (articles x thresholds).
        gold: the number of positives of each article.
        candidates: the number of candidates of each article; if given, the F1 of negatives counts equally.
        grid: the thresholds to choose from, in [0, 1].
        flat: whether the curve is flat, so that its maximum is due to chance: of all thresholds within one
            standard deviation of the best, the one closest to 0.5 is chosen. With `candidates`, the curve is
            also taken as flat if about half of them are positive.
    """
    if not gold.sum():
        return 0.5
    rng = np.random.default_rng(seed)
    chosen, drawn = [], []
    for _ in range(RESAMPLES):
        weights = np.bincount(rng.integers(0, len(gold), len(gold)), minlength=len(gold))
        correct, selected, positives = weights @ true, weights @ predicted, weights @ gold
        scores = 2 * correct / np.maximum(1, selected + positives)
        if candidates is not None:
            total = weights @ candidates
            negatives = total - selected - positives + correct
            scores = scores + 2 * negatives / np.maximum(1, 2 * total - selected - positives)
        chosen.append(float(np.mean(grid[scores >= scores.max() - 1e-9])))
        drawn.append(scores)
    if flat or (candidates is not None and abs(gold.sum() / candidates.sum() - 0.5) < NEAR_HALF):
        return _closest_to_half(grid, np.stack(drawn))
    return round(float(np.mean(chosen)), 3)


def _closest_to_half(grid: NDArray[np.float64], curves: NDArray[np.float64]) -> float:
    """Of the thresholds within one standard deviation of the best, the one closest to 0.5.

    Args:
        curves: the score of each threshold of `grid` (resamples x thresholds).
    """
    best = curves[:, [int(np.argmax(curves.mean(axis=0)))]]
    as_good = (best - curves).mean(axis=0) <= (best - curves).std(axis=0)
    return round(float(min(grid[as_good], key=lambda t: abs(t - 0.5))), 3)


class Bin(NamedTuple):
    """Candidates with a probability in [low, high).

    Attributes:
        mean: their mean probability.
        positive: the fraction of positives among them, in [0, 1].
        size: their number.
    """

    low: float
    high: float
    mean: float
    positive: float
    size: int


def reliability(
    probabilities: NDArray[np.float64], gold: NDArray[np.int8], bins: int = 10, above: float = 0.05
) -> list[Bin]:
    """The bins of a reliability diagram, of equal width and without empty ones.

    Args:
        probabilities, gold: one value per candidate.
        above: candidates with a lower probability are left out: most candidates are clear negatives, which
            would dominate the result.
    """
    kept = probabilities > above
    p, y = probabilities[kept], gold[kept]
    bin_of = np.minimum((p * bins).astype(int), bins - 1)
    inside = [(b, bin_of == b) for b in range(bins)]
    return [
        Bin(b / bins, (b + 1) / bins, float(p[i].mean()), float(y[i].mean()), int(i.sum()))
        for b, i in inside
        if i.any()
    ]


def expected_calibration_error(
    probabilities: NDArray[np.float64], gold: NDArray[np.int8], bins: int = 10, above: float = 0.05
) -> float:
    """Expected calibration error, in [0, 1], over candidates with a probability above `above`.

    See Guo et al. 2017, "On calibration of modern neural networks", ICML.
    """
    filled = reliability(probabilities, gold, bins, above)
    total = sum(b.size for b in filled)
    return sum(abs(b.mean - b.positive) * b.size for b in filled) / total if total else 0.0
