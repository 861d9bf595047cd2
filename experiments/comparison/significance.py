"""Whether a difference in F1 is more than chance: tests and intervals on counts per article.

Articles are the units, because statements of one article resemble each other. Both models are measured on
the same articles, so everything here is paired.
"""

# Counts are resampled as weights in one matrix product, which is far faster than passing indices through
# `scipy.stats.bootstrap`; a test checks that the intervals are the same.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import foldnorm, norm

from .counts import Floats, Ints, f1_of

RESAMPLES = 9999
LEVEL = 0.95
# A difference counts as decided if the permutation test gives a smaller p-value.
ALPHA = 0.05
POWER = 0.8
# With fewer conflicts, a test over conflicts has hardly any power.
MIN_CONFLICTS = 10
# Quantiles of the plausible true difference that bound the number of further articles, chosen so that the
# bounds contain it in at least 80% of simulated comparisons, see `docs/comparing.md`.
_BOUNDS = (0.04, 0.96)
# Resamples times units that are held in memory at once: 32 MB of weights.
_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95% confidence interval.

    Attributes:
        method: `BCa` (bias-corrected and accelerated, Efron 1987, "Better bootstrap confidence intervals"),
            or `percentile` where BCa is degenerate.
    """

    low: float
    high: float
    method: Literal["BCa", "percentile"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two models, second minus first.

    Attributes:
        first, second: F1 of each, in [0, 1].
        interval: of the difference.
        p_value: of the permutation test, two-sided.
        standard_error: of the difference, over units.
        units: number of articles, or of conflicts.
        unit: what was resampled.
        same: whether both have the same counts on every unit.
    """

    first: float
    second: float
    interval: Interval
    p_value: float
    standard_error: float
    units: int
    unit: Literal["article", "conflict"] = "article"
    same: bool = False

    @property
    def difference(self) -> float:
        """F1 of the second minus F1 of the first, in [-1, 1]."""
        return self.second - self.first

    @property
    def decided(self) -> bool:
        """Whether the permutation test tells the two apart; its p-value is that of this comparison alone."""
        return self.p_value < ALPHA


@dataclass(frozen=True, slots=True)
class ArticlesNeeded:
    """How many more articles would decide a comparison, with 80% power at the plausible true difference.

    Attributes:
        about: for the median plausible difference.
        low, high: for a large and for a small plausible difference.
    """

    about: int
    low: int
    high: int


def permutation_p(first: Ints, second: Ints, resamples: int = RESAMPLES, seed: int = 0) -> float:
    """The two-sided p-value of swapping the two models article by article at random.

    See Yeh 2000, "More accurate tests for the statistical significance of result differences", COLING.

    Args:
        first, second: matched, predicted and gold items (articles x 3) of the same articles.
        resamples: number of random swaps.
        seed: the same seed gives the same swaps.

    Returns:
        A value in (0, 1]; 1 if the two never differ.
    """
    change = (second - first).astype(np.float64)
    observed = abs(float(f1_of(second.sum(axis=0)) - f1_of(first.sum(axis=0))))
    # Articles without a change do not matter for the test.
    differs = change.any(axis=1)
    change = change[differs]
    rng = np.random.default_rng(seed)
    swapped = np.concatenate(
        [
            rng.integers(0, 2, (n, len(change)), dtype=np.int8) @ change
            for n in _blocks(resamples, len(change))
        ]
    )
    differences = f1_of(second.sum(axis=0) - swapped) - f1_of(first.sum(axis=0) + swapped)
    extreme = int((np.abs(differences) >= observed - 1e-12).sum())
    return (extreme + 1) / (resamples + 1)


def _blocks(resamples: int, units: int) -> Iterator[int]:
    """The numbers of resamples that are drawn at once."""
    # NumPy draws four 8-bit integers at a time: with a multiple of four, blocks do not change what is drawn.
    size = max(4, _BLOCK // max(1, units) // 4 * 4)
    for done in range(0, resamples, size):
        yield min(size, resamples - done)


def resampled_sums(counts: Sequence[Ints | Floats], resamples: int, seed: int = 0) -> list[Floats]:
    """Sums of counts over units that are drawn with replacement.

    Args:
        counts: of one or several models (units x …), with the same units.
        resamples: the number of draws, which are the same for all models.
        seed: the same seed gives the same draws.

    Returns:
        The sums of each model (resamples x …).
    """
    units, rng = len(counts[0]), np.random.default_rng(seed)
    even = np.full(units, 1 / units)
    parts: list[list[Floats]] = []
    for n in _blocks(resamples, units):
        # How often each unit is drawn.
        weights = rng.multinomial(units, even, n).astype(np.float64)
        parts.append([np.tensordot(weights, one, axes=1) for one in counts])
    return [np.concatenate(own) for own in zip(*parts, strict=True)]


def bootstrap_interval(first: Ints, second: Ints, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """The 95% confidence interval of the difference in F1: a paired bootstrap over articles.

    Args:
        first, second: see `permutation_p`.
    """
    sums = resampled_sums((first, second), resamples, seed)
    drawn = f1_of(sums[1]) - f1_of(sums[0])
    observed = float(f1_of(second.sum(axis=0)) - f1_of(first.sum(axis=0)))
    return interval_of(drawn, observed, leave_one_out(second) - leave_one_out(first))


def leave_one_out(counts: Ints | Floats) -> Floats:
    """F1 without each of the articles (… x articles), from counts (… x articles x 3)."""
    return np.asarray(f1_of(counts.sum(axis=-2, keepdims=True) - counts))


def jackknife_error(without: Floats) -> Floats:
    """Standard errors (…) from estimates without each of the articles (… x articles)."""
    return np.asarray(np.sqrt((without.shape[-1] - 1) * without.var(axis=-1)))


def interval_of(drawn: Floats, observed: float, jackknife: Floats | None = None) -> Interval:
    """The interval from bootstrap estimates.

    Args:
        drawn: estimates of the resamples.
        observed: the estimate of the whole sample.
        jackknife: the estimates without each unit; None for a percentile interval.
    """
    tails = (1 - LEVEL) / 2
    plain = np.array([tails, 1 - tails])
    chosen = _bca_tails(drawn, observed, jackknife, plain) if jackknife is not None else None
    low, high = np.quantile(drawn, plain if chosen is None else chosen)
    return Interval(float(low), float(high), "percentile" if chosen is None else "BCa")


def _bca_tails(drawn: Floats, observed: float, jackknife: Floats, tails: Floats) -> Floats | None:
    """The quantiles of a BCa interval; None where it is degenerate."""
    below = float(((drawn < observed).mean() + (drawn <= observed).mean()) / 2)
    centred = jackknife.mean() - jackknife
    spread = float((centred**2).sum())
    if not 0 < below < 1 or spread <= 1e-18 or len(jackknife) < 2:
        return None
    acceleration = float((centred**3).sum()) / (6 * spread**1.5)
    bias, z = norm.ppf(below), norm.ppf(tails)
    scale = 1 - acceleration * (bias + z)
    if (scale <= 0).any():
        return None
    out: Floats = norm.cdf(bias + (bias + z) / scale)
    return out


def standard_error(first: Ints, second: Ints) -> float:
    """The jackknife standard error of the difference in F1."""
    return float(jackknife_error(leave_one_out(second) - leave_one_out(first)))


def difference_of(
    first: Ints,
    second: Ints,
    unit: Literal["article", "conflict"] = "article",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Compare two models on the same articles.

    Args:
        first, second: see `permutation_p`; at least one article.
        unit: what a row is.
    """
    return Difference(
        float(f1_of(first.sum(axis=0))),
        float(f1_of(second.sum(axis=0))),
        bootstrap_interval(first, second, resamples, seed),
        permutation_p(first, second, resamples, seed),
        standard_error(first, second),
        len(first),
        unit,
        bool((first == second).all()),
    )


def by_conflict(counts: Ints, conflicts: Sequence[str]) -> Ints:
    """The counts added up by conflict, in alphabetical order (conflicts x 3)."""
    names, index_of = np.unique(np.asarray(conflicts), return_inverse=True)
    out = np.zeros((len(names), counts.shape[1]), dtype=counts.dtype)
    np.add.at(out, index_of, counts)
    return out


def articles_needed(difference: float, error: float, articles: int) -> ArticlesNeeded | None:
    """How many more articles would decide a comparison that is too close to call.

    The true difference is not known: a normal distribution around the observed one says which are plausible,
    and each needs a number of articles at which the test would find it in 80% of cases.

    Args:
        difference: the observed difference in F1.
        error: its standard error.
        articles: the number of articles that it was measured on.

    Returns:
        None if the models never differ: then no number of articles is known to decide.
    """
    if error <= 0:
        return None
    plausible = foldnorm(abs(difference) / error, scale=error)
    low, about, high = (
        articles_for(float(plausible.ppf(q)), error, articles) for q in (_BOUNDS[1], 0.5, _BOUNDS[0])
    )
    return ArticlesNeeded(*(max(0, n - articles) for n in (about, low, high)))


def articles_for(true: float, error: float, articles: int) -> int:
    """The number of articles at which a true difference is found in 80% of cases.

    Args:
        true: the difference in F1, more than 0.
        error: the standard error of the difference on this number of articles.
        articles: that number.
    """
    z = float(norm.ppf(1 - ALPHA / 2) + norm.ppf(POWER))
    return int(np.ceil(min(1e12, articles * (z * error / max(true, 1e-9)) ** 2)))
