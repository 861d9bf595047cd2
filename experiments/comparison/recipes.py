"""Differences between recipes: several trainings each, which differ only in their seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .counts import Floats, Ints, f1_of
from .significance import (
    RESAMPLES,
    ArticlesNeeded,
    Interval,
    articles_needed,
    interval_of,
    jackknife_error,
    leave_one_out,
    resampled_sums,
)

# With fewer seeds, their spread is not known.
MIN_SEEDS = 3
# With fewer articles, the interval is much too narrow; nor can the permutation test of models reach p < 0.05.
MIN_ARTICLES = 6


@dataclass(frozen=True, slots=True)
class RecipeDifference:
    """The difference between two recipes, second minus first.

    Attributes:
        first, second: mean F1 over the seeds of each, in [0, 1].
        interval: of the difference; seeds and articles are resampled together.
        spread: standard deviation of F1 over the seeds of each.
        article_error, seed_error: standard errors of the difference over articles and over seeds.
        seeds: number of seeds of each.
        articles: number of articles.
    """

    first: float
    second: float
    interval: Interval
    spread: tuple[float, float]
    article_error: float
    seed_error: float
    seeds: tuple[int, int]
    articles: int

    @property
    def difference(self) -> float:
        """Mean F1 of the second recipe minus that of the first, in [-1, 1]."""
        return self.second - self.first

    @property
    def decided(self) -> bool:
        """Whether the interval excludes 0, over enough articles."""
        return self.articles >= MIN_ARTICLES and (self.interval.low > 0 or self.interval.high < 0)

    @property
    def needed(self) -> ArticlesNeeded | None:
        """How many more articles would decide; None if seeds matter more than articles."""
        if self.seed_error > self.article_error:
            return None
        error = float(np.hypot(self.article_error, self.seed_error))
        return articles_needed(self.difference, error, self.articles)


def recipe_difference(
    first: Sequence[Ints], second: Sequence[Ints], resamples: int = RESAMPLES, seed: int = 0
) -> RecipeDifference:
    """Compare two recipes on the same articles; a percentile interval.

    Args:
        first, second: matched, predicted and gold items (articles x 3) of each training.
        resamples: number of resamples of seeds and articles.
        seed: the same seed gives the same resamples.
    """
    rng = np.random.default_rng(seed + 1)
    sums = resampled_sums([*first, *second], resamples, seed)
    means = [_resampled_means(own, rng) for own in (sums[: len(first)], sums[len(first) :])]
    per_run = [np.array([float(f1_of(run.sum(axis=0))) for run in runs]) for runs in (first, second)]
    observed = float(per_run[1].mean() - per_run[0].mean())
    spread = tuple(float(x.std(ddof=1)) if len(x) > 1 else 0.0 for x in per_run)
    seed_error = float(np.sqrt(sum(s**2 / len(x) for s, x in zip(spread, per_run, strict=True))))
    return RecipeDifference(
        float(per_run[0].mean()),
        float(per_run[1].mean()),
        interval_of(means[1] - means[0], observed),
        (spread[0], spread[1]),
        _article_error(first, second),
        seed_error,
        (len(first), len(second)),
        len(first[0]),
    )


def _resampled_means(sums: Sequence[Floats], rng: np.random.Generator) -> Floats:
    """Mean F1 over resampled seeds (one per resample), from each run's counts on resampled articles."""
    f1 = np.stack([f1_of(own) for own in sums], axis=1)
    n, seeds = f1.shape
    mean = f1.mean(axis=1)
    if seeds == 1:
        return np.asarray(mean)
    drawn = np.take_along_axis(f1, rng.integers(0, seeds, (n, seeds)), axis=1).mean(axis=1)
    # A bootstrap of few values understates their variance by (n - 1) / n.
    return np.asarray(mean + np.sqrt(seeds / (seeds - 1)) * (drawn - mean))


def _article_error(first: Sequence[Ints], second: Sequence[Ints]) -> float:
    """The jackknife standard error over articles of the difference in mean F1."""
    means = [leave_one_out(np.stack(runs)).mean(axis=0) for runs in (first, second)]
    return float(jackknife_error(means[1] - means[0]))
