"""The rule of promotion, and its power on the counts of real models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stancewire.experiments.champion.power import CHOSEN, Pair, Power, meets, simulate
from stancewire.experiments.champion.rule import MARGIN, PLAIN_MARGIN, Gain, accepts, gain_of, judge
from stancewire.experiments.comparison.significance import (
    jackknife_error,
    leave_one_out,
    standard_error,
)


def counts(*rows: tuple[int, int, int], repeat: int = 1) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(rows * repeat, dtype=np.int64)


def test_a_model_that_wins_a_statement_in_every_article_is_promoted() -> None:
    gain = gain_of(counts((4, 5, 5), (3, 4, 6), repeat=10), counts((3, 4, 5), (2, 3, 6), repeat=10))
    better, why = judge(gain)
    assert better and gain.value > 0.05 and gain.bound is not None and gain.bound > 0
    assert "not worse by 2 points" in why


def test_a_gain_that_comes_from_one_article_of_a_few_is_not_enough() -> None:
    old = counts((4, 5, 5), repeat=6)
    new = old.copy()
    new[0], new[1] = (0, 3, 5), (5, 5, 5)
    new[2:] = (5, 6, 5)
    gain = gain_of(new, old)
    better, why = judge(gain)
    assert gain.value > -0.05 and not better
    new[0] = (2, 3, 5)
    gain = gain_of(new, old)
    assert gain.value > MARGIN
    better, why = judge(gain)
    assert not better and "may still be worse by 2 points" in why


def test_a_gain_below_the_margin_is_not_enough_however_certain() -> None:
    better, why = judge(Gain(0.803, 0.8, error=0.0001, articles=1000))
    assert not better and "at least 0.5 points are needed" in why


@pytest.mark.parametrize(("gain", "better"), [(PLAIN_MARGIN, True), (PLAIN_MARGIN - 0.001, False)])
def test_without_counts_the_plain_margin_decides(gain: float, better: bool) -> None:
    found, why = judge(Gain(0.7 + gain, 0.7))
    assert found is better and "without the champion's counts per article, 2 points are needed" in why


def test_one_article_says_nothing_about_chance() -> None:
    assert gain_of(counts((5, 5, 5)), counts((1, 5, 5))).error is None


def test_many_errors_at_once_are_those_of_the_significance_tests() -> None:
    rng = np.random.default_rng(3)
    gold = rng.integers(1, 9, (2, 30))
    old, new = (
        np.stack([rng.binomial(gold, p), rng.integers(8, 12, gold.shape), gold], axis=-1) for p in (0.6, 0.7)
    )
    errors = jackknife_error(leave_one_out(new) - leave_one_out(old))
    assert errors == pytest.approx([standard_error(o, n) for o, n in zip(old, new, strict=True)])


def power(root: Path, articles: int, differences: tuple[float, ...]) -> Power:
    data = json.loads((root / "docs" / "decisions" / "promotion_counts.json").read_text("utf-8"))
    old, new = (np.array(data["models"][name])[:articles] for name in ("linear", "linear-news"))
    return simulate(Pair("linear, linear-news", old, new), articles, differences, draws=3000, seed=1)


@pytest.mark.parametrize("articles", [46, 172])
def test_the_chosen_rule_meets_what_it_was_chosen_for(root: Path, articles: int) -> None:
    found = power(root, articles, (-2.0, 0.0, 3.0))
    assert meets(found, CHOSEN)
    assert not meets(found, "F1 is higher"), "the rule of releases before 0.3.0"
    assert 1 < found.error < 2


def test_simulated_models_have_the_difference_that_was_asked_for(root: Path) -> None:
    found = power(root, 172, (-1.0, 0.0, 1.0))
    below, equal, above = found.promoted["F1 is higher"]
    assert below < 0.4 < equal < 0.6 < above


def test_the_rule_for_many_is_the_rule_for_one() -> None:
    for value in (-0.01, 0.004, 0.006, 0.03):
        for error in (0.001, 0.014, 0.05):
            gain = Gain(0.7 + value, 0.7, error, 46)
            assert judge(gain)[0] is bool(accepts(np.array(gain.value), np.array(error), 46))
