"""Shares corrected for a model's errors, from annotated articles that it has not seen.

Prediction-powered inference (Angelopoulos et al., Science 382, 2023), with the tuned weight of PPI++
(Angelopoulos, Duchi and Zrnic, 2023): the count of the profiled articles is the model's count, plus the
mean error per sentence that it makes on the annotated articles. What is estimated is the share that people would
find in *these* articles, not in all that the outlets might have published: the weight is then the slope of
annotation on prediction, as in the regression estimator of survey sampling (Cochran, 1977, chapter 7).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .counts import SENTENCES, Counts, Key, Share

Floats = NDArray[np.float64]
# A share of which fewer annotated articles have an instance, annotated or predicted, cannot be told.
MIN_ARTICLES = 10
RESAMPLES = 1000
# With fewer annotated outlets, how much outlets differ cannot be told.
MIN_OUTLETS = 5
LEVEL = 0.95


class Estimate(NamedTuple):
    """A corrected share, or why there is none.

    Attributes:
        share: the corrected share, in [0, 1]; None if it cannot be told.
        low, high: the 95 % interval; None like `share`.
        needed: about how many annotated articles would tell it; None if it is told, or if no number would.
        needed_here: about how many profiled articles would, where annotating more would not help.
    """

    share: float | None = None
    low: float | None = None
    high: float | None = None
    needed: int | None = None
    needed_here: int | None = None


@dataclass(frozen=True)
class Annotated:
    """Annotated articles with a model's predictions.

    Attributes:
        gold, predicted: the counts of each article.
        about: what they are, for people.
    """

    gold: Sequence[Counts]
    predicted: Sequence[Counts]
    outlets: Sequence[str | None] = ()
    about: str = ""


class Corrector:
    """Corrects shares of profiled articles.

    Args:
        annotated: at least two articles.
        margin: the largest half-width of an interval that is told, in (0, 1].
        resamples: bootstrap resamples of articles.
        seed: of the resamples.
    """

    def __init__(
        self, annotated: Annotated, margin: float = 0.1, resamples: int = RESAMPLES, seed: int = 0
    ) -> None:
        self.annotated, self.margin = annotated, margin
        self.n = len(annotated.gold)
        self._rng = np.random.default_rng(seed)
        self._resamples = resamples
        self._sizes = np.array([g[SENTENCES] for g in annotated.gold], dtype=float)
        even = np.full(self.n, 1 / self.n)
        self._even = even
        # How often each resample has each article.
        self._drawn = self._rng.multinomial(self.n, even, size=resamples).astype(float)
        self._columns: dict[Key, tuple[float, Floats, int]] = {}
        outlets = np.array(annotated.outlets or [""] * self.n)
        self._outlets = [np.flatnonzero(outlets == name) for name in dict.fromkeys(outlets.tolist())]

    def corrected(
        self, predicted: Counts, articles: int, shares: Sequence[Share], *, one_outlet: bool = False
    ) -> dict[Share, Estimate]:
        """Correct the shares of a set of profiled articles.

        Args:
            predicted: the model's counts of these articles.
            articles: their number.
            shares: what to correct.
        """
        if not articles or not predicted[SENTENCES]:
            return {share: Estimate() for share in shares}
        keys = list(dict.fromkeys(k for s in shares for k in (s.part, s.whole)))
        column = {key: i for i, key in enumerate(keys)}
        fits = [self._fit(key) for key in keys]
        residuals = np.stack([f[1] for f in fits], axis=1)
        base = np.array([f[0] * predicted[k] for f, k in zip(fits, keys, strict=True)])
        size = float(predicted[SENTENCES])
        total, resampled = self._totals(base, residuals, size, self._draw(articles, one_outlet))
        out = {}
        for share in shares:
            part, whole = column[share.part], column[share.whole]
            support = fits[part][2]
            frequency = predicted[share.part] / articles
            out[share] = self._estimate(
                _quotient(total[part], total[whole]),
                _quotients(resampled[:, part], resampled[:, whole]),
                support,
                frequency,
                articles,
            )
        return out

    def _totals(self, base: Floats, residuals: Floats, size: float, here: Floats) -> tuple[Floats, Floats]:
        """The estimated counts, and what they could be: resamples x keys."""
        rate = residuals.sum(axis=0) / self._sizes.sum()
        of_sample = self._drawn @ residuals / (self._drawn @ self._sizes)[:, None]
        of_profiled = here @ residuals / (here @ self._sizes)[:, None]
        inflate = math.sqrt(self.n / (self.n - 1))
        total = base + size * rate
        return total, total + size * inflate * (of_profiled - rate + of_sample - rate)

    def _draw(self, articles: int, one_outlet: bool) -> Floats:
        """How often each annotated article stands for a profiled one: resamples x annotated articles.

        If the profiled articles are of one outlet, each resample draws from one outlet: a model errs more
        often on some outlets than on others.
        """
        if not one_outlet or len(self._outlets) < MIN_OUTLETS:
            return self._rng.multinomial(articles, self._even, size=self._resamples).astype(float)
        out = np.zeros((self._resamples, self.n))
        chance = np.array([len(o) for o in self._outlets]) / self.n
        chosen = self._rng.choice(len(self._outlets), size=self._resamples, p=chance)
        for k, own in enumerate(self._outlets):
            rows = np.flatnonzero(chosen == k)
            even = np.full(len(own), 1 / len(own))
            out[np.ix_(rows, own)] = self._rng.multinomial(articles, even, size=len(rows))
        return out

    def _fit(self, key: Key) -> tuple[float, Floats, int]:
        """The weight of the predictions, the residual of each annotated article, and how many have any."""
        if key not in self._columns:
            gold = np.array([g[key] for g in self.annotated.gold], dtype=float)
            found = np.array([p[key] for p in self.annotated.predicted], dtype=float)
            weight = self._weight(gold, found)
            support = int(np.sum(gold > 0))
            self._columns[key] = weight, gold - weight * found, support
        return self._columns[key]

    def _weight(self, gold: Floats, found: Floats) -> float:
        """The slope of annotation on prediction, both beyond what their article's length explains."""
        sizes = self._sizes
        u, v = (x - sizes * x.sum() / sizes.sum() for x in (gold, found))
        spread = float(v @ v)
        return min(1.0, max(0.0, float(u @ v) / spread)) if spread > 0 else 1.0

    def _estimate(
        self, share: float, resampled: Floats, support: int, frequency: float, articles: int
    ) -> Estimate:
        """The share with its interval, or how many articles would tell it."""
        if math.isnan(share):
            return Estimate(needed=self._needed_support(support, frequency))
        tail = (1 - LEVEL) / 2
        low, high = (float(q) for q in np.nanquantile(resampled, (tail, 1 - tail)))
        half = (high - low) / 2
        if support >= MIN_ARTICLES and half <= self.margin:
            return Estimate(min(1.0, max(0.0, share)), max(0.0, low), min(1.0, high))
        needed = self._needed_support(support, frequency)
        if half > self.margin:
            # The variance is proportional to 1 / annotated + 1 / profiled.
            unit = half**2 / (1 / self.n + 1 / articles)
            rest = self.margin**2 / unit - 1 / articles
            if rest <= 1 / (100 * self.n):
                return Estimate(needed_here=math.ceil(unit * 1.5 / self.margin**2))
            needed = max(needed or 0, math.ceil(1 / rest))
        return Estimate(needed=needed)

    def _needed_support(self, support: int, frequency: float) -> int | None:
        """How many annotated articles would have enough instances; None if there are no instances at all."""
        if support >= MIN_ARTICLES:
            return self.n
        if support:
            return math.ceil(self.n * MIN_ARTICLES / support)
        rate = min(1.0, frequency)
        return math.ceil(MIN_ARTICLES / rate) if rate > 0 else None


def _quotient(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


def _quotients(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def by_key(values: Mapping[Share, Estimate]) -> dict[tuple[str, str], Estimate]:
    """The estimates by measure and what it is of."""
    return {(s.measure, s.of): e for s, e in values.items()}
