"""From logits to probabilities, and from probabilities to decisions; both are set on the validation split.

Platt scaling is our own here because scikit-learn's `CalibratedClassifierCV` wraps estimators, and what is
calibrated are logits that a classifier has already computed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from scipy.special import expit

# With fewer positives or negatives a calibration says more about the sample than about the model.
MIN_POSITIVES = 8
# If the share of positives is this close to one half, a threshold far from 0.5 cannot be right.
NEAR_HALF = 0.2
RESAMPLES = 200
GRID = np.arange(0.08, 0.81, 0.02)


class Sigmoid(BaseModel):
    """Platt scaling, 1 / (1 + exp(slope * logit + offset)); the default is the plain logistic."""

    slope: float = -1.0
    offset: float = 0.0

    def __call__(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities in [0, 1] of logits of any shape."""
        result: NDArray[np.float64] = expit(-(self.slope * logits + self.offset))
        return result


def fit_sigmoid(logits: NDArray[np.float64], gold: NDArray[np.int8]) -> Sigmoid:
    """Platt scaling with smoothed targets (Platt 1999, "Probabilistic outputs for support vector machines").

    Returns:
        The plain logistic where there are fewer than `MIN_POSITIVES` positives or negatives.
    """
    from scipy.optimize import minimize

    positives = int(gold.sum())
    negatives = len(gold) - positives
    if min(positives, negatives) < MIN_POSITIVES:
        return Sigmoid()
    smooth = np.where(gold > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(p: NDArray[np.float64]) -> float:
        z = p[0] * logits + p[1]
        return float(np.sum(np.logaddexp(0, z) - (1 - smooth) * z))

    found = minimize(loss, np.array([-1.0, 0.0]), method="L-BFGS-B", bounds=[(None, -0.05), (None, None)])
    return Sigmoid(slope=float(found.x[0]), offset=float(found.x[1]))


def best_threshold(
    probabilities: NDArray[np.float64],
    gold: NDArray[np.int8],
    groups: NDArray[np.int64],
    seed: int = 0,
    balanced: bool = False,
) -> float:
    """The threshold of best F1, averaged over resamples of articles so that no single article decides it.

    Args:
        probabilities, gold: one value per candidate.
        groups: the article of each candidate.
        balanced: maximise the mean of the F1 of positives and the F1 of negatives instead: this matters where
            about half of the candidates are positive.
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
) -> float:
    """The threshold of best F1, averaged over resamples of articles; 0.5 where there are no positives.

    Args:
        true, predicted: true positives, and all positives, predicted at each threshold of `GRID`
            (articles x thresholds).
        gold: positives of each article.
        candidates: candidates of each article, if the F1 of negatives is to count as much.
    """
    if not gold.sum():
        return 0.5
    rng = np.random.default_rng(seed)
    chosen, drawn = [], []
    for _ in range(RESAMPLES):
        times = np.bincount(rng.integers(0, len(gold), len(gold)), minlength=len(gold))
        correct, found, positives = times @ true, times @ predicted, times @ gold
        scores = 2 * correct / np.maximum(1, found + positives)
        if candidates is not None:
            total = times @ candidates
            negatives = total - found - positives + correct
            scores = scores + 2 * negatives / np.maximum(1, 2 * total - found - positives)
        chosen.append(float(np.mean(GRID[scores >= scores.max() - 1e-9])))
        drawn.append(scores)
    if candidates is not None and abs(gold.sum() / candidates.sum() - 0.5) < NEAR_HALF:
        # With about half of them positive the curve is flat and its maximum is chance: of all thresholds that
        # are within one standard deviation of the best, take the one closest to 0.5.
        curves = np.stack(drawn)
        best = curves[:, [int(np.argmax(curves.mean(axis=0)))]]
        as_good = (best - curves).mean(axis=0) <= (best - curves).std(axis=0)
        return round(float(min(GRID[as_good], key=lambda t: abs(t - 0.5))), 3)
    return round(float(np.mean(chosen)), 3)


class Bin(NamedTuple):
    """Candidates with a probability in [low, high): mean probability, share of positives, number."""

    low: float
    high: float
    mean: float
    positive: float
    size: int


def reliability(
    probabilities: NDArray[np.float64], gold: NDArray[np.int8], bins: int = 10, above: float = 0.05
) -> list[Bin]:
    """Bins of equal width, as a reliability diagram shows them; empty ones are left out.

    Args:
        probabilities, gold: one value per candidate.
        above: candidates must score above this: most are clear negatives, and would hide the rest.
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
    """ECE in [0, 1] over candidates that score above `above` (Guo et al. 2017, "On calibration of modern
    neural networks", ICML)."""
    found = reliability(probabilities, gold, bins, above)
    total = sum(b.size for b in found)
    return sum(abs(b.mean - b.positive) * b.size for b in found) / total if total else 0.0
