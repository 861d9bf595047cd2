"""The power of rules of promotion, simulated on the counts of real models on validation articles.

`docs/decisions/promotion_power.py` prints the table from which the rule in `rule.py` was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..comparison.counts import Floats, f1_of
from ..comparison.significance import jackknife_error, leave_one_out
from .rule import TOLERATED, accepts, lower_bound

Rule = Callable[[Floats, Floats, int], NDArray[np.bool_]]
# What a rule should do: promote a model that is worse by `TOLERATED` in at most this fraction of cases, and
# one that is better by `BETTER` points in at least that fraction.
MOST_WRONG, LEAST_RIGHT, BETTER = 0.05, 0.8, 3.0


def _margin(points: float) -> Rule:
    return lambda value, error, articles: value >= points / 100


CHOSEN = "0.5 points better, and not 2 worse with 96% confidence"
RULES: Mapping[str, Rule] = {
    "F1 is higher": lambda value, error, articles: value > 0,
    "F1 is 0.5 points higher": _margin(0.5),
    "F1 is 1 point higher": _margin(1),
    "F1 is 2 points higher": _margin(2),
    "better with 96% confidence": lambda value, error, articles: lower_bound(value, error, articles) > 0,
    CHOSEN: accepts,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two models on the same articles.

    Attributes:
        name: how they differ.
        old: counts of the champion, articles x 3 (matched, predicted, gold).
        new: counts of the new model.
    """

    name: str
    old: NDArray[np.int64]
    new: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Power:
    """How often each rule promotes.

    Attributes:
        name: how the models differ.
        articles: the number of validation articles.
        differences: true differences of F1, in points.
        error: mean standard error of the difference, in points, where the true difference is 0.
        promoted: by rule, the fraction of draws in which it promotes, for each difference.
    """

    name: str
    articles: int
    differences: tuple[float, ...]
    error: float
    promoted: Mapping[str, tuple[float, ...]]


def simulate(
    pair: Pair, articles: int, differences: Sequence[float], draws: int = 4000, seed: int = 0
) -> Power:
    """Draw validation sets for a new model that is truly better or worse by known differences.

    The articles are a population, from which sets are drawn with replacement. The new model agrees with the
    champion as much as the real pair does; a fraction of its statements is corrected or spoiled at random so
    that its F1 on the population differs from that of the champion by the difference.

    Args:
        pair: the real models.
        articles: articles per set.
        differences: true differences, new minus old, in points of F1.
        draws: the number of sets per difference.
        seed: seed of the draws.
    """
    rng = np.random.default_rng(seed)
    promoted: dict[str, list[float]] = {name: [] for name in RULES}
    mean_error = float("nan")
    for difference in differences:
        shift = _shift(pair, difference / 100)
        chosen = rng.integers(0, len(pair.old), size=(draws, articles))
        old, new = pair.old[chosen].astype(float), _shifted(pair.new[chosen], shift, rng)
        value = f1_of(new.sum(axis=1)) - f1_of(old.sum(axis=1))
        error = jackknife_error(leave_one_out(new) - leave_one_out(old))
        for name, rule in RULES.items():
            promoted[name].append(float(rule(value, error, articles).mean()))
        if difference == 0:
            mean_error = 100 * float(error.mean())
    return Power(
        pair.name, articles, tuple(differences), mean_error, {k: tuple(v) for k, v in promoted.items()}
    )


def _shift(pair: Pair, difference: float) -> float:
    """The fraction of statements to correct (above 0) or spoil (below 0) for a true difference."""
    low, high, target = -1.0, 1.0, _population_f1(pair.old.astype(float)) + difference
    for _ in range(60):
        middle = (low + high) / 2
        if _population_f1(_expected(pair.new.astype(float), middle)) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _population_f1(counts: Floats) -> float:
    return float(f1_of(counts.sum(axis=0)))


def _expected(counts: Floats, shift: float) -> Floats:
    """The mean of what `_shifted` draws."""
    matched, predicted, gold = (counts[..., k] for k in range(3))
    if shift >= 0:
        won, dropped = shift * (gold - matched), shift * (predicted - matched)
        return np.stack([matched + won, predicted + won - dropped, gold], axis=-1)
    # A spoiled statement is missed, and an extra one is predicted instead.
    return np.stack([matched * (1 + shift), predicted, gold], axis=-1)


def _shifted(counts: NDArray[np.int64], shift: float, rng: np.random.Generator) -> Floats:
    matched, predicted, gold = (counts[..., k] for k in range(3))
    if shift >= 0:
        won = rng.binomial(np.maximum(gold - matched, 0), shift)
        dropped = rng.binomial(np.maximum(predicted - matched, 0), shift)
        return np.stack([matched + won, predicted + won - dropped, gold], axis=-1).astype(float)
    return np.stack([matched - rng.binomial(matched, -shift), predicted, gold], axis=-1).astype(float)


def with_disagreement(pair: Pair, name: str, rate: float, seed: int = 0) -> Pair:
    """A pair that disagrees more: statements of the new model are moved at random.

    Args:
        pair: a real pair.
        name: name of the new pair.
        rate: the fraction of the matched statements that the new model loses; as many others are found.
        seed: seed of the draws.
    """
    rng = np.random.default_rng(seed)
    matched, predicted, gold = (pair.new[:, k] for k in range(3))
    lost = rng.binomial(matched, rate)
    missed = np.maximum(gold - matched, 0)
    won = rng.binomial(missed, min(1.0, rate * matched.sum() / max(1, missed.sum())))
    extra = np.maximum(predicted - matched, 0)
    fewer = rng.binomial(extra, rate)
    more = rng.poisson(rate * extra.sum() * gold / max(1, gold.sum()))
    matched = matched - lost + won
    return Pair(name, pair.old, np.stack([matched, matched + extra - fewer + more, gold], axis=-1))


def meets(power: Power, rule: str) -> bool:
    """Whether a rule promotes few enough worse models and enough better ones."""
    at = dict(zip(power.differences, power.promoted[rule], strict=True))
    return at[-100 * TOLERATED] <= MOST_WRONG and at[BETTER] >= LEAST_RIGHT
