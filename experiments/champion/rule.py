"""The rule of promotion: when a new model may replace the champion, from its counts on validation articles.

The margin was chosen on simulated differences, see docs/decisions/0021-promotion-rule.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.annotation.counting import Count, f1, total

# By how much F1 a promoted model may be worse, in at most `ALPHA` of cases.
TOLERATED = 0.02
ALPHA = 0.05
# The normal quantile of 1 - ALPHA.
_Z = 1.6449
Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of a new model minus F1 of another one, on the same articles.

    Attributes:
        new: F1 of the new model, in [0, 1].
        old: F1 of the other one.
        error: standard error of the difference over articles; None if it is not known.
        articles: the number of articles.
    """

    new: float
    old: float
    error: float | None
    articles: int

    @property
    def value(self) -> float:
        """New minus old."""
        return self.new - self.old

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the difference; None without a standard error."""
        if self.error is None:
            return None
        return self.value - 1.96 * self.error, self.value + 1.96 * self.error

    @property
    def lowest(self) -> float | None:
        """The bound that the true difference exceeds with a confidence of 95 %."""
        if self.error is None:
            return None
        return float(lower_bounds(np.asarray(self.value), np.asarray(self.error)))

    def __str__(self) -> str:
        """In points: `+1.2 points (95%: -0.3 to 2.7)`."""
        text = f"{100 * self.value:+.1f} points"
        if self.interval is None:
            return text
        low, high = (100 * x for x in self.interval)
        return f"{text} (95%: {low:+.1f} to {high:+.1f}, {self.articles} articles)"


def paired_difference(new: Sequence[Sequence[Any]], old: Sequence[Sequence[Any]]) -> Difference:
    """The difference of two models' F1 on the same articles, with its standard error.

    The standard error is that of the linearised difference (delta method) over articles, as for a ratio
    estimator (Cochran 1977, section 6.3): an article weighs in with all its statements.

    Args:
        new: of each article, the numbers of matched, predicted and gold statements (articles x 3).
        old: the same of the other model, in the same order of articles.

    Raises:
        ValueError: the models were not measured on the same number of articles.
    """
    a, b = np.asarray(new, dtype=float).reshape(-1, 3), np.asarray(old, dtype=float).reshape(-1, 3)
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} articles")
    error = None
    if len(a) > 1:
        error = float(standard_errors(a[None], b[None])[0])
    return Difference(_f1(a), _f1(b), error, len(a))


def lower_bounds(value: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.float64]:
    """The bounds that the true differences exceed with a confidence of 95 %."""
    return np.asarray(value - _Z * error)


def f1_of(counts: Counts) -> NDArray[np.float64]:
    """F1 of many draws at once.

    Args:
        counts: draws x articles x 3.
    """
    sums = counts.sum(axis=1)
    return np.asarray(2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1e-12))


def standard_errors(new: Counts, old: Counts) -> NDArray[np.float64]:
    """Standard errors of many differences at once.

    Args:
        new: draws x articles x 3 (matched, predicted, gold), at least two articles.
        old: the same of the other model.

    Returns:
        One per draw.
    """
    influence = _influence(new) - _influence(old)
    return np.asarray(influence.std(axis=1, ddof=1) / math.sqrt(influence.shape[1]))


def _influence(counts: Counts) -> NDArray[np.float64]:
    """The influence of each article on F1 (draws x articles)."""
    matched, items = counts[..., 0], counts[..., 1] + counts[..., 2]
    mean = np.maximum(items.mean(axis=1, keepdims=True), 1e-12)
    score = 2 * matched.mean(axis=1, keepdims=True) / mean
    return np.asarray((2 * matched - score * items) / mean)


def _f1(counts: Counts) -> float:
    return f1(*total(Count(*row) for row in counts.tolist()))


def passes(difference: Difference) -> tuple[bool, str]:
    """Whether a model may replace the champion, and why.

    It must be better on the validation articles, and with a confidence of 95 % it must not be worse by
    `TOLERATED` or more. Without a standard error, F1 must be higher by `TOLERATED`.
    """
    tolerated = 100 * TOLERATED
    if difference.lowest is None:
        better = difference.value >= TOLERATED
        sign = "at least" if better else "less than"
        return (
            better,
            f"{difference}: {sign} the {tolerated:g} that are needed where articles are not compared",
        )
    if difference.value <= 0:
        return False, f"{difference}: not better"
    lowest = f"{100 * difference.lowest:+.1f}"
    if difference.lowest <= -TOLERATED:
        return False, f"{difference}: it could be worse by {tolerated:g} or more (95% lower bound {lowest})"
    return True, f"{difference}: better, and not worse by {tolerated:g} (95% lower bound {lowest})"
