"""Tests and intervals on counts per article: known values, agreement with SciPy, false alarms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from stancewire.experiments.comparison import significance
from stancewire.experiments.comparison.compare import holm
from stancewire.experiments.comparison.counts import Ints, f1_of
from stancewire.experiments.comparison.recipes import recipe_difference
from stancewire.experiments.comparison.significance import (
    articles_for,
    articles_needed,
    bootstrap_interval,
    by_conflict,
    difference_of,
    permutation_p,
    standard_error,
)
from stancewire.experiments.comparison.simulation import false_alarms, loss_for, power_table
from stancewire.experiments.comparison.wording import model_sentence, recipe_sentence


def counts(articles: int, recall: float, seed: int = 0) -> Ints:
    """Random counts of articles with five gold statements each."""
    rng = np.random.default_rng(seed)
    matched = rng.binomial(5, recall, articles)
    extra = rng.binomial(2, 0.4, articles)
    return np.stack([matched, matched + extra, np.full(articles, 5)], axis=1)


def test_the_interval_is_that_of_scipy() -> None:
    a, b = counts(60, 0.7), counts(60, 0.75, 1)
    ours = bootstrap_interval(a, b)

    def difference(chosen: np.ndarray, axis: int) -> np.ndarray:
        return f1_of(b[chosen].sum(axis=axis)) - f1_of(a[chosen].sum(axis=axis))

    def statistic(chosen: np.ndarray, axis: int = -1) -> np.ndarray:
        return difference(np.asarray(chosen, dtype=int), axis if axis >= 0 else chosen.ndim - 1)

    theirs = stats.bootstrap((np.arange(60),), statistic, vectorized=True, rng=3).confidence_interval
    assert ours.method == "BCa"
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.004)


def test_a_degenerate_interval_is_a_percentile_interval() -> None:
    a = counts(20, 0.7)
    same = bootstrap_interval(a, a)
    assert (same.low, same.high, same.method) == (0, 0, "percentile")


def test_the_size_of_the_blocks_in_memory_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = counts(31, 0.7), counts(31, 0.75, 1)
    whole = difference_of(a, b, resamples=997), recipe_difference([a, b], [b], 997)
    monkeypatch.setattr(significance, "_BLOCK", 500)
    assert (difference_of(a, b, resamples=997), recipe_difference([a, b], [b], 997)) == whole


def test_a_difference_on_few_articles_is_neither_decided_nor_called_none() -> None:
    # The same change on every article: neither the jackknife nor the bootstrap has any spread.
    a, b = np.array([[1, 2, 2]] * 2), np.array([[2, 2, 2]] * 2)
    found = difference_of(a, b)
    assert found.standard_error == 0 and not found.decided
    assert model_sentence("B", found, None, found.p_value, None).startswith("Too close to call: model B")
    recipe = recipe_difference([a] * 3, [b] * 3)
    assert recipe.interval.low > 0 and not recipe.decided
    sentence = recipe_sentence("B", recipe)
    assert sentence.startswith("Too close to call") and "at least 6 articles are needed" in sentence
    assert recipe_difference([np.repeat(a, 3, axis=0)] * 3, [np.repeat(b, 3, axis=0)] * 3).decided


def test_the_permutation_test_is_exact_on_few_articles() -> None:
    # Three articles on which the second is better in the same way: 2 of 8 swaps are as extreme.
    a, b = np.array([[1, 2, 2]] * 3), np.array([[2, 2, 2]] * 3)
    assert permutation_p(a, b, 20_000) == pytest.approx(0.25, abs=0.01)
    assert permutation_p(a, a) == 1


def test_a_clear_difference_is_decided_and_a_small_one_is_not() -> None:
    clear = difference_of(counts(100, 0.6), counts(100, 0.85, 1))
    assert clear.decided and clear.interval.low > 0 and clear.difference > 0.1
    close = difference_of(counts(50, 0.7), counts(50, 0.705, 1))
    assert not close.decided and close.interval.low < 0 < close.interval.high


def test_conflicts_are_summed() -> None:
    summed = by_conflict(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), ["b", "a", "b"])
    assert summed.tolist() == [[4, 5, 6], [8, 10, 12]]


def test_the_number_of_articles_needed_follows_from_the_error() -> None:
    # (1.96 + 0.84)² = 7.85 times the variance of one article over the squared difference.
    assert articles_for(0.02, 0.01, 100) == pytest.approx(100 * 7.849 / 4, abs=1)
    needed = articles_needed(0.01, 0.01, 100)
    assert needed is not None and needed.low < needed.about < needed.high
    assert articles_needed(0.0, 0.0, 100) is None


def test_standard_error_is_that_of_repeated_draws() -> None:
    rng = np.random.default_rng(0)
    pool_a, pool_b = counts(4000, 0.7), counts(4000, 0.75, 1)
    drawn = []
    for _ in range(400):
        chosen = rng.integers(0, 4000, 80)
        a, b = pool_a[chosen].sum(axis=0), pool_b[chosen].sum(axis=0)
        drawn.append(float(f1_of(b) - f1_of(a)))
    assert standard_error(pool_a[:80], pool_b[:80]) == pytest.approx(np.std(drawn), rel=0.2)


def test_p_values_are_adjusted_for_their_number() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_recipes_of_which_only_the_seed_differs_are_not_told_apart() -> None:
    a = [counts(80, 0.7, s) for s in range(4)]
    b = [counts(80, 0.7, s) for s in range(4, 8)]
    assert not recipe_difference(a, b).decided
    better = recipe_difference(a, [counts(80, 0.85, s) for s in range(4, 8)])
    assert better.decided and better.interval.low > 0 and better.seeds == (4, 4)


def test_seeds_widen_the_interval_of_a_recipe() -> None:
    alike = [counts(80, 0.7)] * 3
    apart = [counts(80, recall) for recall in (0.6, 0.7, 0.8)]
    other = [counts(80, 0.72, 1)] * 3
    steady, shaky = recipe_difference(alike, other), recipe_difference(apart, other)
    assert steady.seed_error == 0 and shaky.seed_error > 0.02
    width = [d.interval.high - d.interval.low for d in (steady, shaky)]
    assert width[1] > 1.5 * width[0]
    assert shaky.needed is None


def test_swapping_at_random_gives_few_false_alarms() -> None:
    # 3.5 to 6.5% of 1,000 swaps is measured in docs/comparing.md; 200 are less certain.
    found = false_alarms(counts(90, 0.7), counts(90, 0.75, 1), comparisons=200)
    assert 0.01 <= found.permutation <= 0.09 and found.bootstrap <= 0.11


def test_power_grows_with_articles_and_differences() -> None:
    rows = power_table(counts(90, 0.7), counts(90, 0.75, 1), (0.02, 0.08), (90, 800), draws=30)
    found = {(r.true, r.articles): r.found for r in rows}
    assert found[0.02, 90] < found[0.02, 800] < found[0.08, 800] + 0.01 and found[0.08, 800] > 0.9


def test_a_simulated_difference_is_as_large_as_stated() -> None:
    a, b = counts(3000, 0.7), counts(3000, 0.7, 1)
    loss = loss_for(a, b, 0.04)
    matched, predicted, gold = (a.sum(axis=0) + b.sum(axis=0)).astype(float)
    before = 2 * matched / (predicted + gold)
    after = 2 * (1 - loss) * matched / (predicted - loss * matched + gold)
    assert before - after == pytest.approx(0.04)
