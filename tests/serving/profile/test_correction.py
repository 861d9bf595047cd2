"""Corrected shares: unbiased, intervals that cover, and what cannot be estimated."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from stancewire.serving.profile.correction import Annotated, Corrector, Estimate
from stancewire.serving.profile.counts import (
    SENTENCES,
    STATEMENTS,
    WITHOUT_SENTENCES,
    Counts,
    Share,
    added,
)

SHARE = Share("statements", "KEN", ("by", "statements", "KEN"), STATEMENTS)
RARE = Share("statements", "SOM", ("by", "statements", "SOM"), STATEMENTS)


def article(rng: np.random.Generator, missed: float = 0.4) -> tuple[Counts, Counts]:
    """Annotation and prediction: the model misses many statements by KEN, and invents a few by others."""
    sentences = int(rng.integers(5, 40))
    ken, rest = rng.poisson(0.08 * sentences), rng.poisson(0.12 * sentences)
    found, invented = rng.binomial(ken, 1 - missed), rng.poisson(0.03 * sentences)
    gold = Counter({SENTENCES: sentences, SHARE.part: ken, STATEMENTS: ken + rest})
    predicted = Counter({SENTENCES: sentences, SHARE.part: found, STATEMENTS: found + rest + invented})
    return gold, predicted


def sample(rng: np.random.Generator, n: int, missed: float = 0.4) -> tuple[list[Counts], list[Counts]]:
    gold, predicted = zip(*(article(rng, missed) for _ in range(n)), strict=True)
    return list(gold), list(predicted)


def test_intervals_cover_the_true_share_of_the_profiled_articles() -> None:
    rng = np.random.default_rng(1)
    covered, errors, raw_errors = 0, [], []
    for seed in range(200):
        corrector = Corrector(Annotated(*sample(rng, 100)), resamples=400, seed=seed)
        gold, predicted = sample(rng, 150)
        true = added(gold)[SHARE.part] / added(gold)[STATEMENTS]
        total = added(predicted)
        e = corrector.corrected(total, 150, [SHARE])[SHARE]
        assert e.share is not None and e.low is not None and e.high is not None
        covered += e.low <= true <= e.high
        errors.append(e.share - true)
        raw_errors.append(total[SHARE.part] / total[STATEMENTS] - true)
    assert 0.9 <= covered / 200 <= 0.98
    assert abs(np.mean(errors)) < 0.01 < 0.05 < abs(np.mean(raw_errors))


def test_a_model_without_errors_is_not_changed() -> None:
    gold, _ = sample(np.random.default_rng(2), 60)
    total = added(gold)
    e = Corrector(Annotated(gold, gold)).corrected(total, 60, [SHARE])[SHARE]
    assert e.share == pytest.approx(total[SHARE.part] / total[STATEMENTS])
    assert e.low == pytest.approx(e.share) and e.high == pytest.approx(e.share)


def test_a_model_that_says_nothing_leaves_the_annotated_rate() -> None:
    rng = np.random.default_rng(3)
    gold, _ = sample(rng, 300)
    nothing: list[Counts] = [Counter({SENTENCES: g[SENTENCES]}) for g in gold]
    e = Corrector(Annotated(gold, nothing)).corrected(Counter({SENTENCES: 4000}), 200, [SHARE])[SHARE]
    assert e.share == pytest.approx(added(gold)[SHARE.part] / added(gold)[STATEMENTS])


def test_a_share_that_few_annotated_articles_have_is_not_told() -> None:
    gold, predicted = sample(np.random.default_rng(4), 80)
    for n in range(4):
        gold[n][RARE.part] = predicted[n][RARE.part] = 1
    e = Corrector(Annotated(gold, predicted)).corrected(added(predicted), 80, [RARE])[RARE]
    assert e.share is None and e.needed == 200  # ten instances instead of four


def test_more_annotated_articles_tell_what_few_do_not() -> None:
    rng = np.random.default_rng(5)
    gold, predicted = sample(rng, 30)
    profiled = added(sample(rng, 2000)[1])
    e = Corrector(Annotated(gold, predicted), margin=0.02).corrected(profiled, 2000, [SHARE])[SHARE]
    assert e.share is None and e.needed is not None and 60 < e.needed < 2000
    more = Annotated(*sample(rng, 3 * e.needed))
    told = Corrector(more, margin=0.02).corrected(profiled, 2000, [SHARE])[SHARE]
    assert told.share is not None


def test_few_profiled_articles_are_not_helped_by_annotating_more() -> None:
    rng = np.random.default_rng(6)
    corrector = Corrector(Annotated(*sample(rng, 400)), margin=0.02)
    e = corrector.corrected(added(sample(rng, 5)[1]), 5, [SHARE])[SHARE]
    assert e.share is None and e.needed is None and e.needed_here is not None and e.needed_here > 20


def test_intervals_of_one_outlet_include_how_outlets_differ() -> None:
    rng = np.random.default_rng(7)
    parts = [sample(rng, 25, missed) for missed in (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)]
    gold, predicted = [g for p in parts for g in p[0]], [x for p in parts for x in p[1]]
    outlets = [f"outlet {k}" for k in range(7) for _ in range(25)]
    corrector = Corrector(Annotated(gold, predicted, outlets), margin=1)
    profiled = added(sample(rng, 40)[1])
    widths = []
    for outlet in (None, "another"):
        e = corrector.corrected(profiled, 40, [SHARE], outlet)[SHARE]
        assert e.low is not None and e.high is not None
        widths.append(e.high - e.low)
    assert widths[1] > 1.5 * widths[0]


def test_enough_annotated_articles_of_an_outlet_are_used_alone() -> None:
    rng = np.random.default_rng(8)
    own, other = sample(rng, 80, 0.9), sample(rng, 200, 0.1)
    annotated = Annotated([*own[0], *other[0]], [*own[1], *other[1]], ["own"] * 80 + ["other"] * 200)
    gold, predicted = sample(rng, 200, 0.9)
    true = added(gold)[SHARE.part] / added(gold)[STATEMENTS]
    corrector = Corrector(annotated)
    found = {o: corrector.corrected(added(predicted), 200, [SHARE], o)[SHARE].share for o in ("own", "third")}
    assert found["own"] == pytest.approx(true, abs=0.06)
    assert found["third"] is not None and found["third"] < true - 0.06


def test_the_same_seed_gives_the_same_intervals() -> None:
    rng = np.random.default_rng(9)
    annotated, total = Annotated(*sample(rng, 50)), added(sample(rng, 50)[1])
    first, again = (Corrector(annotated, seed=3).corrected(total, 50, [SHARE]) for _ in range(2))
    assert first == again


def test_nothing_profiled_is_nothing_told() -> None:
    annotated = Annotated(*sample(np.random.default_rng(1), 30))
    assert Corrector(annotated).corrected(Counter(), 0, [SHARE]) == {SHARE: Estimate()}


def test_tables_without_the_number_of_sentences_are_not_corrected() -> None:
    rng = np.random.default_rng(10)
    corrector, total = Corrector(Annotated(*sample(rng, 100))), added(sample(rng, 150)[1])
    assert corrector.corrected(total, 150, [SHARE])[SHARE].share is not None
    total[WITHOUT_SENTENCES] += 1
    assert corrector.corrected(total, 151, [SHARE]) == {SHARE: Estimate()}
