"""How often comparisons are right, measured on resampled articles: false alarms, power, articles needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .counts import Ints, f1_of
from .significance import (
    ALPHA,
    articles_for,
    articles_needed,
    bootstrap_interval,
    permutation_p,
    standard_error,
)

# Fewer resamples than for one comparison: the rates over many comparisons hardly depend on it.
RESAMPLES = 999


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """How often two models that do not differ are told apart.

    Attributes:
        comparisons: their number.
        permutation: fraction with p < 0.05, in [0, 1].
        bootstrap: fraction whose 95% interval excludes 0.
    """

    comparisons: int
    permutation: float
    bootstrap: float


@dataclass(frozen=True, slots=True)
class PowerRow:
    """What comparisons say about a known difference on some number of articles.

    Attributes:
        true: the difference in F1, second minus first, in [-1, 1].
        articles: number of articles of each comparison.
        draws: number of comparisons.
        found: fraction that the permutation test decides for the better model, in [0, 1].
        reversed: fraction that it decides for the worse one.
        needed: the number of further articles with which the difference is found in 80% of cases.
        undecided: number of comparisons that are too close to call, so that they say how many are needed.
        bracketed: fraction of these whose bounds contain `needed`; None if there are none.
    """

    true: float
    articles: int
    draws: int
    found: float
    reversed: float
    needed: int
    undecided: int
    bracketed: float | None


def false_alarms(first: Ints, second: Ints, comparisons: int = 1000, seed: int = 0) -> FalseAlarms:
    """Swap two models article by article at random, so that neither is better, and compare them.

    Args:
        first, second: matched, predicted and gold items (articles x 3) of the same articles.
        comparisons: number of random swaps.
        seed: the same seed gives the same swaps.
    """
    rng = np.random.default_rng(seed)
    permutation = bootstrap = 0
    for n in range(comparisons):
        swap = rng.integers(0, 2, (len(first), 1)).astype(bool)
        a, b = np.where(swap, second, first), np.where(swap, first, second)
        permutation += permutation_p(a, b, RESAMPLES, n) < ALPHA
        interval = bootstrap_interval(a, b, RESAMPLES, n)
        bootstrap += interval.low > 0 or interval.high < 0
    return FalseAlarms(comparisons, permutation / comparisons, bootstrap / comparisons)


def loss_for(first: Ints, second: Ints, true: float) -> float:
    """The fraction of matched statements to lose for a difference in F1 on the whole pool.

    Args:
        first, second: counts of the pool; the F1 before the loss is that of both together.
        true: the difference in F1.
    """
    matched, predicted, gold = (first.sum(axis=0) + second.sum(axis=0)).astype(float)
    before = 2 * matched / (predicted + gold)
    after = before - true
    # 2 (1 - x) m / (p + g - x m) = after
    return float((2 * matched - after * (predicted + gold)) / (matched * (2 - after)))


def power_table(
    first: Ints,
    second: Ints,
    differences: Sequence[float] = (0.01, 0.02, 0.04),
    sizes: Sequence[int] = (94, 400, 2000),
    draws: int = 100,
    seed: int = 0,
    advance: Callable[[int], None] = lambda _: None,
) -> list[PowerRow]:
    """Compare two models with known differences on articles drawn with replacement.

    Args:
        first, second: counts of two real models on the same articles, the pool.
        differences: true differences in F1.
        sizes: numbers of articles.
        draws: comparisons for each of them.
        advance: called with 1 after each comparison.
    """
    rng = np.random.default_rng(seed)
    out = []
    for true in differences:
        error = _error_per_article(first, second, true, rng)
        for size in sizes:
            out.append(_power(first, second, true, size, draws, error, rng, advance))
    return out


def _draw(first: Ints, second: Ints, size: int, loss: float, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Two models on articles drawn from the pool, as alike as two real ones except for a loss.

    Each gets the counts of one of the real models, article by article at random, so that neither is better;
    then matched statements of the first are lost at random, and no longer predicted.
    """
    chosen = rng.integers(0, len(first), size)
    swap = rng.integers(0, 2, (size, 1)).astype(bool)
    x, y = first[chosen], second[chosen]
    a, b = np.where(swap, y, x), np.where(swap, x, y)
    lost = rng.binomial(a[:, 0], loss)
    a[:, 0] -= lost
    a[:, 1] -= lost
    return a, b


def _error_per_article(first: Ints, second: Ints, true: float, rng: np.random.Generator) -> float:
    """The standard error of the difference on one article: that on very many, scaled."""
    many = 20_000
    a, b = _draw(first, second, many, loss_for(first, second, true), rng)
    return standard_error(a, b) * float(np.sqrt(many))


def _power(
    first: Ints,
    second: Ints,
    true: float,
    size: int,
    draws: int,
    error: float,
    rng: np.random.Generator,
    advance: Callable[[int], None],
) -> PowerRow:
    loss = loss_for(first, second, true)
    needed = max(0, articles_for(true, error, 1) - size)
    right = wrong = undecided = inside = 0
    for n in range(draws):
        a, b = _draw(first, second, size, loss, rng)
        difference = float(f1_of(b.sum(axis=0)) - f1_of(a.sum(axis=0)))
        if permutation_p(a, b, RESAMPLES, n) < ALPHA:
            right += difference > 0
            wrong += difference < 0
        else:
            undecided += 1
            stated = articles_needed(difference, standard_error(a, b), size)
            inside += stated is not None and stated.low <= needed <= stated.high
        advance(1)
    bracketed = inside / undecided if undecided else None
    return PowerRow(true, size, draws, right / draws, wrong / draws, needed, undecided, bracketed)
