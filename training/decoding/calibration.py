"""From logits to probabilities, and from probabilities to decisions; both set on the validation split."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

# Below this many positives a calibration says more about the sample than about the model.
MIN_POSITIVES = 8
# So near a half is a share of wanted ones that no threshold far from 0.5 can be called for.
NEAR_HALF = 0.2
GRID = np.arange(0.08, 0.81, 0.02)


class Sigmoid(BaseModel):
    """Platt scaling: probability = 1 / (1 + exp(slope * logit + offset)). Slope -1, offset 0 is the plain logistic."""

    slope: float = -1.0
    offset: float = 0.0

    def __call__(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        result: NDArray[np.float64] = 1 / (1 + np.exp(np.clip(self.slope * logits + self.offset, -50, 50)))
        return result


def fit_sigmoid(logits: NDArray[np.float64], wanted: NDArray[np.int8]) -> Sigmoid:
    """Platt scaling with his smoothed targets (Platt 1999, "Probabilistic outputs for support vector machines").

    Left at the plain logistic where there are fewer than `MIN_POSITIVES` positives or negatives.
    """
    from scipy.optimize import minimize

    positives = int(wanted.sum())
    negatives = len(wanted) - positives
    if min(positives, negatives) < MIN_POSITIVES:
        return Sigmoid()
    smooth = np.where(wanted > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(p: NDArray[np.float64]) -> float:
        z = p[0] * logits + p[1]
        return float(np.sum(np.logaddexp(0, z) - (1 - smooth) * z))

    found = minimize(loss, np.array([-1.0, 0.0]), method="L-BFGS-B", bounds=[(None, -0.05), (None, None)])
    return Sigmoid(slope=float(found.x[0]), offset=float(found.x[1]))


def best_threshold(
    probabilities: NDArray[np.float64],
    wanted: NDArray[np.int8],
    groups: NDArray[np.int64],
    seed: int = 0,
    balanced: bool = False,
) -> float:
    """The threshold of best F1, averaged over 200 resamples of articles so that no single article decides it.

    Args:
        probabilities, wanted: one of each a candidate.
        groups: the article of each candidate.
        balanced: the mean of F1 and of the F1 of those that are not wanted, in place of F1: matters where about half are.
    """
    ids = np.unique(groups)
    place = np.searchsorted(ids, groups)
    over = probabilities[:, None] >= GRID[None, :]
    true, predicted = np.zeros((len(ids), len(GRID))), np.zeros((len(ids), len(GRID)))
    np.add.at(true, place, over & (wanted[:, None] > 0))
    np.add.at(predicted, place, over)
    gold = np.bincount(place, weights=wanted, minlength=len(ids)).astype(np.float64)
    return best_on_grid(
        true,
        predicted,
        gold,
        seed,
        np.bincount(place, minlength=len(ids)).astype(np.float64) if balanced else None,
    )


def best_on_grid(
    true: NDArray[np.float64],
    predicted: NDArray[np.float64],
    gold: NDArray[np.float64],
    seed: int = 0,
    everything: NDArray[np.float64] | None = None,
) -> float:
    """The threshold of best F1, averaged over 200 resamples of articles; 0.5 where nothing is wanted.

    Args:
        true, predicted: right ones and all that reach each threshold of `GRID` (articles x thresholds).
        gold: wanted ones of each article.
        everything: all candidates of each article, where the F1 of those that are not wanted is to count as much.
    """
    if not gold.sum():
        return 0.5
    rng = np.random.default_rng(seed)
    chosen, drawn = [], []
    for _ in range(200):
        times = np.bincount(rng.integers(0, len(gold), len(gold)), minlength=len(gold))
        right, given, held = times @ true, times @ predicted, times @ gold
        scores = 2 * right / np.maximum(1, given + held)
        if everything is not None:
            total = times @ everything
            scores = scores + 2 * (total - given - held + right) / np.maximum(1, 2 * total - given - held)
        chosen.append(float(np.mean(GRID[scores >= scores.max() - 1e-9])))
        drawn.append(scores)
    if everything is not None and abs(gold.sum() / everything.sum() - 0.5) < NEAR_HALF:
        # Where about half are wanted the curve is flat, and its top is chance: of all that are as good as the best, the plainest.
        found = np.stack(drawn)
        best = found[:, [int(np.argmax(found.mean(axis=0)))]]
        as_good = (best - found).mean(axis=0) <= (best - found).std(axis=0)
        return round(float(min(GRID[as_good], key=lambda t: abs(t - 0.5))), 3)
    return round(float(np.mean(chosen)), 3)


def reliability(
    probabilities: NDArray[np.float64], wanted: NDArray[np.int8], bins: int = 10, above: float = 0.05
) -> list[tuple[float, float, float, float, int]]:
    """(from, to, mean probability, share wanted, candidates) of each bin of equal width that has candidates scored above `above`."""
    kept = probabilities > above
    p, y = probabilities[kept], wanted[kept]
    place = np.minimum((p * bins).astype(int), bins - 1)
    inside = [(b, place == b) for b in range(bins)]
    return [
        (b / bins, (b + 1) / bins, float(p[i].mean()), float(y[i].mean()), int(i.sum()))
        for b, i in inside
        if i.any()
    ]


def expected_calibration_error(
    probabilities: NDArray[np.float64], wanted: NDArray[np.int8], bins: int = 10, above: float = 0.05
) -> float:
    """ECE over candidates scored above `above`, in equal-width bins (Guo et al. 2017, "On calibration of modern neural networks")."""
    found = reliability(probabilities, wanted, bins, above)
    total = sum(n for *_, n in found)
    return sum(abs(mean - share) * n for _, _, mean, share, n in found) / total if total else 0.0
