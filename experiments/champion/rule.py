"""The rule of promotion: when a new model may replace the champion, from counts on validation articles.

Margin and confidence were chosen on simulated differences, see docs/decisions/0021-promotion-rule.md and
`power.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..comparison.counts import Floats, Ints, f1_of
from ..comparison.significance import standard_error

# A new model has to be better by this much F1 on the validation articles …
MARGIN = 0.005
# … and must not truly be worse by this much, with this confidence.
TOLERATED = 0.02
CONFIDENCE = 0.96
# Without counts per article, F1 has to be higher by this much.
PLAIN_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class Gain:
    """F1 of a new model minus F1 of the champion, on the same articles.

    Attributes:
        new: F1 of the new model, in [0, 1].
        old: F1 of the champion.
        error: standard error of the difference over articles; None if it is not known.
        articles: the number of articles; 0 if it is not known.
    """

    new: float
    old: float
    error: float | None = None
    articles: int = 0

    @property
    def value(self) -> float:
        """New minus old, in [-1, 1]."""
        return self.new - self.old

    @property
    def bound(self) -> float | None:
        """What the true difference exceeds with `CONFIDENCE`; None without a standard error."""
        if self.error is None:
            return None
        return float(lower_bound(np.asarray(self.value), np.asarray(self.error), self.articles))

    def __str__(self) -> str:
        """F1 of both and the difference in points: `F1 0.830 against 0.827 (+0.3 points)`."""
        return f"F1 {self.new:.3f} against {self.old:.3f} ({100 * self.value:+.1f} points)"


def gain_of(new: Ints, old: Ints) -> Gain:
    """The gain of a model over another one.

    Args:
        new: matched, predicted and gold items (articles x 3) of the new model.
        old: the same of the champion, on the same articles in the same order.
    """
    error = standard_error(old, new) if len(new) > 1 else None
    return Gain(float(f1_of(new.sum(axis=0))), float(f1_of(old.sum(axis=0))), error, len(new))


def lower_bound(value: Floats, error: Floats, articles: int) -> Floats:
    """What the true difference exceeds with `CONFIDENCE`, by Student's t.

    Args:
        value: observed differences.
        error: their standard errors.
        articles: the number of articles, at least 2.
    """
    from scipy.stats import t

    return np.asarray(value - float(t.ppf(CONFIDENCE, articles - 1)) * error)


def accepts(value: Floats, error: Floats, articles: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether the rule promotes, for many comparisons at once; see `lower_bound`."""
    return np.asarray((value >= MARGIN - 1e-9) & (lower_bound(value, error, articles) > -TOLERATED))


def judge(gain: Gain) -> tuple[bool, str]:
    """Whether a model may replace the champion, and the reason in one line."""
    margin, tolerated = f"{100 * MARGIN:g} points", f"{100 * TOLERATED:g} points"
    if gain.error is None or gain.bound is None:
        needed = f"without the champion's counts per article, {100 * PLAIN_MARGIN:g} points are needed"
        return gain.value >= PLAIN_MARGIN - 1e-9, f"{gain}; {needed}"
    if gain.value < MARGIN - 1e-9:
        return False, f"{gain}; at least {margin} are needed"
    bound = f"{100 * CONFIDENCE:g}% lower bound {100 * gain.bound:+.1f}"
    if not accepts(np.asarray(gain.value), np.asarray(gain.error), gain.articles):
        return False, f"{gain}; on {gain.articles} articles it may still be worse by {tolerated} ({bound})"
    return True, f"{gain}; not worse by {tolerated} ({bound})"
