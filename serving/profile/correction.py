"""Shares corrected for a model's errors, from annotated articles that it has not seen.

Prediction-powered inference (Angelopoulos et al., Science 382, 2023), with the tuned weight of PPI++
(Angelopoulos, Duchi and Zrnic, 2023): the count of the profiled articles is the model's count, plus the
mean error per sentence that it makes on the annotated articles. What is estimated is the share that people
would find in *these* articles, not in all that the outlets might have published: the weight is then the slope
of annotation on prediction, as in the regression estimator of survey sampling (Cochran, 1977, chapter 7).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .counts import SENTENCES, WITHOUT_SENTENCES, Counts, Key, Share

Floats = NDArray[np.float64]
LEVEL = 0.95
RESAMPLES = 1000
# A share of which fewer annotated articles have an instance cannot be estimated.
MIN_INSTANCES = 10
# Outlets with fewer annotated articles count as one in the estimate of how much outlets differ; with fewer
# outlets that have as many, it is not estimated.
MIN_OF_OUTLET, MIN_OUTLETS = 10, 5
# With this many annotated articles of an outlet, these alone correct its shares where they suffice.
ENOUGH_OF_OUTLET = 50


class Estimate(NamedTuple):
    """A corrected share, or why there is none.

    Attributes:
        share: the corrected share, in [0, 1]; None if it cannot be estimated.
        low, high: the 95% interval; None like `share`.
        needed: about how many annotated articles (for an outlet: of this outlet) would be enough; None if
            there is a share, or if no number would be.
        needed_here: about how many profiled articles would be, where annotating more would not help.
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
        outlets: the outlet of each article; empty if none is known.
        about: what they are, for people.
    """

    gold: Sequence[Counts]
    predicted: Sequence[Counts]
    outlets: Sequence[str | None] = ()
    about: str = ""

    def of_outlet(self, outlet: str) -> Annotated:
        """Only the articles of one outlet."""
        own = [i for i, name in enumerate(self.outlets) if name == outlet]
        return Annotated([self.gold[i] for i in own], [self.predicted[i] for i in own], (), self.about)


class _Fit(NamedTuple):
    """One count of the annotated articles.

    Attributes:
        weight: of the predictions, in [0, 1].
        residuals: of each article, annotated less weighted predicted.
        instances: the number of articles in whose annotation it is not zero.
    """

    weight: float
    residuals: Floats
    instances: int


class _Totals(NamedTuple):
    """Corrected counts of profiled articles.

    Attributes:
        column: the index of each count.
        total: the counts.
        resampled: what they could be (resamples x counts).
        alike: what they could be, if a model erred as often on all outlets.
    """

    column: dict[Key, int]
    total: Floats
    resampled: Floats
    alike: Floats

    def interval(self, share: Share, resampled: Floats) -> tuple[float, float]:
        """The 95% interval of a share; from 0 to 1 if its whole may be nothing."""
        part, whole = (resampled[:, self.column[k]] for k in (share.part, share.whole))
        tail = (1 - LEVEL) / 2
        if np.mean(whole <= 0) > tail:
            return 0.0, 1.0
        low, high = np.quantile(part[whole > 0] / whole[whole > 0], (tail, 1 - tail))
        return float(low), float(high)


class Corrector:
    """Corrects shares of profiled articles.

    Args:
        annotated: at least two articles.
        margin: the largest half-width of the interval of a share that counts as estimated, in (0, 1].
        resamples: bootstrap resamples of articles.
        seed: of the resamples.
    """

    def __init__(
        self, annotated: Annotated, margin: float = 0.1, resamples: int = RESAMPLES, seed: int = 0
    ) -> None:
        self.annotated, self.margin = annotated, margin
        self.n = len(annotated.gold)
        self._rng = np.random.default_rng(seed)
        self._seed, self._resamples = seed, resamples
        self._sizes = np.array([g[SENTENCES] for g in annotated.gold], dtype=float)
        # How often each resample has each article.
        self._drawn = self._draw(self.n)
        self._fits: dict[Key, _Fit] = {}
        self._clusters = self._outlet_clusters()
        self._of_outlet: dict[str, Corrector] = {}

    def corrected(
        self, predicted: Counts, articles: int, shares: Sequence[Share], outlet: str | None = None
    ) -> dict[Share, Estimate]:
        """Correct the shares of a set of profiled articles.

        Args:
            predicted: the model's counts of these articles.
            articles: their number.
            shares: what to correct.
            outlet: the outlet that all of them are from. A model errs more often on some outlets than on
                others, which then widens the intervals.
        """
        # Errors are counted per sentence.
        if not articles or not predicted[SENTENCES] or predicted[WITHOUT_SENTENCES]:
            return dict.fromkeys(shares, Estimate())
        keys = list(dict.fromkeys(k for s in shares for k in (s.part, s.whole)))
        totals = self._totals(keys, predicted, articles, outlet)
        least = self.n if outlet is None else ENOUGH_OF_OUTLET
        out = {}
        for share in shares:
            frequency = min(1.0, float(predicted[share.part]) / articles)
            found = self._estimated(share, totals)
            out[share] = found or self._what_is_needed(share, totals, frequency, articles, least)
        return out | self._with_own(predicted, articles, shares, outlet)

    def _totals(self, keys: Sequence[Key], predicted: Counts, articles: int, outlet: str | None) -> _Totals:
        """The corrected counts of the profiled articles, and what else they could be."""
        fits = [self._fit(key) for key in keys]
        residuals = np.stack([f.residuals for f in fits], axis=1)
        size = float(predicted[SENTENCES])
        rate = residuals.sum(axis=0) / self._sizes.sum()
        total = np.array([f.weight * predicted[k] for f, k in zip(fits, keys, strict=True)]) + size * rate
        alike = total + size * self._errors(residuals, rate, self._draw(articles))
        resampled = alike
        if outlet is not None and self._clusters:
            resampled = total + size * self._errors(residuals, rate, self._draw_from_outlets(articles))
        return _Totals({key: i for i, key in enumerate(keys)}, total, resampled, alike)

    def _estimated(self, share: Share, totals: _Totals) -> Estimate | None:
        """The corrected share; None if it cannot be estimated."""
        part, whole = (float(totals.total[totals.column[k]]) for k in (share.part, share.whole))
        if whole <= 0 or self._fit(share.part).instances < MIN_INSTANCES:
            return None
        low, high = totals.interval(share, totals.resampled)
        if (high - low) / 2 > self.margin:
            return None
        return Estimate(min(1.0, max(0.0, part / whole)), max(0.0, low), min(1.0, high))

    def _with_own(
        self, predicted: Counts, articles: int, shares: Sequence[Share], outlet: str | None
    ) -> dict[Share, Estimate]:
        """The shares for which the annotated articles of the outlet itself suffice."""
        if outlet is None or list(self.annotated.outlets).count(outlet) < ENOUGH_OF_OUTLET:
            return {}
        if outlet not in self._of_outlet:
            own = self.annotated.of_outlet(outlet)
            self._of_outlet[outlet] = Corrector(own, self.margin, self._resamples, self._seed)
        found = self._of_outlet[outlet].corrected(predicted, articles, shares)
        return {share: e for share, e in found.items() if e.share is not None}

    # Resamples: how often each has each annotated article (resamples x articles).

    def _draw(self, articles: int) -> Floats:
        even = np.full(self.n, 1 / self.n)
        return self._rng.multinomial(articles, even, size=self._resamples).astype(float)

    def _draw_from_outlets(self, articles: int) -> Floats:
        """Each resample draws from the articles of one outlet."""
        out = np.zeros((self._resamples, self.n))
        sizes = np.array([len(own) for own in self._clusters])
        chosen = self._rng.choice(len(sizes), size=self._resamples, p=sizes / sizes.sum())
        for k, own in enumerate(self._clusters):
            rows = np.flatnonzero(chosen == k)
            even = np.full(len(own), 1 / len(own))
            out[np.ix_(rows, own)] = self._rng.multinomial(articles, even, size=len(rows))
        return out

    def _outlet_clusters(self) -> list[NDArray[np.intp]]:
        """The indices of the articles of each outlet, small ones together; empty if too few are large."""
        often = Counter(self.annotated.outlets)
        large = [name for name, n in often.items() if n >= MIN_OF_OUTLET]
        if len(large) < MIN_OUTLETS:
            return []
        names = np.array([large.index(o) if o in large else -1 for o in self.annotated.outlets])
        found = [np.flatnonzero(names == k) for k in range(-1, len(large))]
        return [own for own in found if len(own)]

    def _errors(self, residuals: Floats, rate: Floats, here: Floats) -> Floats:
        """Possible errors of the counts per sentence: of the mean error, and of the articles at hand.

        Both have the sign that gives the interval the longer tail where that of the counts is (the percentile
        bootstrap): of a rare thing there may be much more than was found, but not much less.
        """
        of_sample = self._drawn @ residuals / (self._drawn @ self._sizes)[:, None]
        of_profiled = here @ residuals / (here @ self._sizes)[:, None]
        errors: Floats = of_sample - rate + of_profiled - rate
        return errors * math.sqrt(self.n / (self.n - 1))

    # Counts.

    def _fit(self, key: Key) -> _Fit:
        if key not in self._fits:
            gold = np.array([g[key] for g in self.annotated.gold], dtype=float)
            found = np.array([p[key] for p in self.annotated.predicted], dtype=float)
            weight = self._weight(gold, found)
            self._fits[key] = _Fit(weight, gold - weight * found, int(np.sum(gold > 0)))
        return self._fits[key]

    def _weight(self, gold: Floats, found: Floats) -> float:
        """The slope of annotation on prediction, both beyond what their article's length explains."""
        sizes = self._sizes
        u, v = (x - sizes * x.sum() / sizes.sum() for x in (gold, found))
        spread = float(v @ v)
        return min(1.0, max(0.0, float(u @ v) / spread)) if spread > 0 else 1.0

    # What would be needed.

    def _what_is_needed(
        self, share: Share, totals: _Totals, frequency: float, articles: int, least: int
    ) -> Estimate:
        """How many articles would be enough to estimate a share.

        Args:
            frequency: the number that the model finds per profiled article, at most 1.
            articles: the number of profiled articles.
            least: the smallest number of annotated articles that may be enough.
        """
        needed = self._for_instances(self._fit(share.part).instances, frequency)
        if needed is None:
            return Estimate()
        needed = max(needed, least)
        low, high = totals.interval(share, totals.alike)
        half = (high - low) / 2
        # The variance is proportional to 1 / annotated + 1 / profiled.
        unit = half**2 / (1 / self.n + 1 / articles)
        rest = self.margin**2 / unit - 1 / articles if unit else math.inf
        if rest <= 1 / (100 * self.n):
            return Estimate(needed_here=_rounded_up(1.5 * unit / self.margin**2))
        return Estimate(needed=_rounded_up(max(needed, 1 / rest)))

    def _for_instances(self, instances: int, frequency: float) -> float | None:
        """How many annotated articles would have enough instances; None if nothing is known about it."""
        if instances:
            return self.n * MIN_INSTANCES / instances
        return max(2.0 * self.n, MIN_INSTANCES / frequency) if frequency > 0 else None


def _rounded_up(n: float) -> int:
    """A number of articles to two digits: it is a rough estimate."""
    unit: int = 10 ** max(0, len(str(math.ceil(n))) - 2)
    return math.ceil(n / unit) * unit
