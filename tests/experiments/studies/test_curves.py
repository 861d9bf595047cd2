"""Learning curves and simulated annotation on a tiny corpus: shares, strategies, intervals, tables, plots."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.experiments.studies.acquisition import ALL, RANDOM, Step, check_plan, gains, mean_f1, simulate
from stancewire.experiments.studies.learning_curve import learning_curve, nested_shares, rows
from stancewire.experiments.studies.plots import sparse_ticks, spread
from stancewire.experiments.studies.tables import acquisition_tables
from stancewire.experiments.studies.testbed import Testbed as Bed
from stancewire.experiments.studies.testbed import estimate, prepare, subset
from stancewire.training.settings import TrainingSettings

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]


@pytest.fixture(scope="module")
def testbed(tiny_file: Path) -> Bed:
    return prepare(TrainingSettings.model_validate({"corpus": [str(tiny_file)]}))


# Parts of a corpus.


@given(st.integers(1, 60), st.integers(0, 9))
def test_shares_are_nested_and_have_the_right_size(articles: int, seed: int) -> None:
    shares = [0.1, 0.25, 0.5, 1.0]
    parts = nested_shares(articles, shares, seed)
    assert [len(p) for p in parts] == [max(1, round(s * articles)) for s in shares]
    assert all(set(a) <= set(b) for a, b in itertools.pairwise(parts))
    assert parts == nested_shares(articles, shares, seed) and parts[-1] == list(range(articles))


def test_a_part_has_its_sentences_with_their_mentions_and_labels(testbed: Bed) -> None:
    whole = testbed.train
    some = subset(whole, np.array([9, 2, 5]))
    assert (
        [s.text for s in some.gold]
        == [whole.gold[i].text for i in (2, 5, 9)]
        == [s.segment.text for s in some.sentences]
    )
    assert some.article_of.tolist() == whole.article_of[[2, 5, 9]].tolist()
    assert all(t is whole.targets[i] for t, i in zip(some.targets, (2, 5, 9), strict=True))


@pytest.mark.slow
def test_shares_can_vary_one_corpus_and_keep_the_others(testbed: Bed) -> None:
    drawn = {a.doc_id for a in testbed.train.articles[:6]}
    points = learning_curve(testbed, [0, 0.5, 1.0], seeds=2, bootstrap=0, varied=drawn)
    total = len(testbed.train.articles)
    assert {(p.share, p.articles) for p in points} == {(0, total - 6), (0.5, total - 3), (1.0, total)}
    assert {p.seed for p in points if p.share == 0.5} == {0, 1} and {
        p.seed for p in points if p.share != 0.5
    } == {0}
    with pytest.raises(InputError, match="0 is not a fraction"):
        learning_curve(testbed, [0], seeds=1)


def test_test_articles_of_several_corpora_are_evaluated_separately(tiny_file: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in tiny_file.read_text().splitlines()]
    for name, held in (("one", rows[::2]), ("two", rows[1::2])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in held))
    found = prepare(
        TrainingSettings.model_validate(
            {"corpus": [str(tmp_path / "one.jsonl"), str(tmp_path / "two.jsonl")]}
        )
    )
    assert list(found.measured) == ["one test", "two test"]
    assert sum(len(x.articles) for x in found.measured.values()) == sum(r["split"] == "test" for r in rows)


def test_a_corpus_to_vary_must_be_trained_on(
    cli: Cli, tiny_file: Path, tmp_path: Path, one_line: OneLine
) -> None:
    (tmp_path / "else.jsonl").write_text('{"doc_id": "x", "sentences": [{"text": "Nothing."}]}\n')
    line = one_line(
        cli(
            "experiments",
            "learning-curve",
            tiny_file,
            "--vary",
            tmp_path / "else.jsonl",
            "-o",
            tmp_path / "out",
        )
    )
    assert "no training article in this corpus" in line


def test_evaluating_on_training_articles_is_an_error(tiny_file: Path) -> None:
    settings = TrainingSettings.model_validate({"corpus": [str(tiny_file)]})
    with pytest.raises(InputError, match=r"tiny\.jsonl.*is also a training article"):
        prepare(settings, [tiny_file])


# Intervals and areas.


def test_the_interval_is_students_t() -> None:
    found = estimate([0.5, 0.6, 0.7])
    assert found.mean == pytest.approx(0.6) and found.runs == 3
    assert found.low == pytest.approx(
        0.6 - 4.30265 * 0.1 / math.sqrt(3), abs=1e-5
    ) and found.high == pytest.approx(1.2 - found.low)
    assert (estimate([0.0, 0.9]).low, estimate([0.0, 0.9]).high) == (0, 1)
    alone = estimate([0.5])
    assert (alone.mean, alone.low, alone.high) == (0.5, None, None)


def _step(strategy: str, seed: int, n: int, sentences: int, f1: float) -> Step:
    return Step(strategy, seed, n, sentences, 20 * sentences, sentences // 2, "test", "statements", f1)


def test_gains_invert_the_random_curve() -> None:
    steps = [
        _step(RANDOM, seed, n, 100 + 100 * n, f1) for seed in (0, 1) for n, f1 in enumerate((0.2, 0.3, 0.4))
    ]
    steps += [
        _step("entropy", seed, n, 100 + 100 * n, f1 + seed * 0.02)
        for seed in (0, 1)
        for n, f1 in enumerate((0.2, 0.4, 0.49))
    ]
    steps += [_step(RANDOM, 0, ALL, 700, 0.6)]
    (one,) = gains(steps, "test", "statements")
    assert (one.sentences, one.f1, one.random_f1) == (300, pytest.approx(0.5), pytest.approx(0.4))
    assert one.as_random == 500  # halfway from 0.4 at 300 to 0.6 at 700
    assert one.gain.mean == pytest.approx((0.0725 + 0.0925) / 2) and one.gain.low is not None
    assert one.words == pytest.approx(1) and one.holding == (0.5, 0.5)
    assert "as about 500 random ones" in str(one)
    lines = acquisition_tables(steps, [one], "statements").splitlines()
    assert [line.split("|")[-2].strip() for line in (lines[0], *lines[2:6])] == [
        "as random",
        "110",
        "320",
        "500",
        "",
    ]
    better = [
        _step(s.strategy, s.seed, s.round, s.sentences, s.f1 + (0.3 if s.strategy != RANDOM else 0))
        for s in steps
    ]
    (one,) = gains(better, "test", "statements")
    assert one.as_random is None and "more than all 700" in str(one)


def test_average_f1_uses_trapezoids() -> None:
    assert mean_f1(
        [_step("x", 0, n, s, f) for n, (s, f) in enumerate([(100, 0.2), (200, 0.4), (400, 0.4)])]
    ) == pytest.approx((0.3 * 100 + 0.4 * 200) / 300)
    assert mean_f1([_step("x", 0, 0, 100, 0.3)]) == 0.3


def test_an_impossible_plan_is_an_error() -> None:
    assert check_plan(1000, 0.1, 6, 0.08) == (100, 80)
    with pytest.raises(InputError, match="106%"):
        check_plan(1000, 0.1, 12, 0.08)
    with pytest.raises(InputError, match="too few"):
        check_plan(5, 0.1, 1, 0.05)


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0.01, 0.1))
def test_line_labels_do_not_overlap(heights: list[float], gap: float) -> None:
    shown = spread(heights, gap)
    ordered = sorted(shown)
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(ordered))
    assert sum(shown) == pytest.approx(sum(heights), abs=1e-6)
    assert all(
        shown[i] < shown[j]
        for i in range(len(heights))
        for j in range(len(heights))
        if heights[i] < heights[j]
    )


# Trainings.


def test_a_learning_curve_has_every_share_seed_and_name(testbed: Bed, codebook: Codebook) -> None:
    calls: list[tuple[int, int]] = []
    points = learning_curve(testbed, [1.0, 0.5], 2, bootstrap=20, step=lambda *x: calls.append(x))
    assert calls == [(1, 3), (2, 3), (3, 3)]  # the full set is trained on once
    assert {(p.share, p.seed) for p in points} == {(0.5, 0), (0.5, 1), (1.0, 0)}
    assert [p.name for p in points[: len(testbed.f1_names)]] == list(testbed.f1_names)
    assert set(testbed.f1_names) == {"statements", *codebook.stance_names, *codebook.label_names}
    whole = [p for p in points if p.share == 1 and p.name == "statements"]
    assert (
        whole[0].sentences == len(testbed.train)
        and whole[0].low is not None
        and whole[0].low <= whole[0].f1 <= whole[0].high
    )
    alone = testbed.measure(testbed.fit())
    assert whole[0].f1 == alone["statements"]["f1"]
    together = {(r.name, r.share): r for r in rows(points)}
    assert (
        together["statements", 1.0].over_seeds.low is None
        and together["statements", 0.5].over_seeds.runs == 2
    )


@pytest.mark.slow
def test_simulated_annotation(testbed: Bed) -> None:
    steps = simulate(testbed, ["entropy"], 0.2, 2, 0.1, [4])
    micro = [s for s in steps if s.name == "statements"]
    total = len(testbed.train)
    first, each = check_plan(total, 0.2, 2, 0.1)
    for strategy in (RANDOM, "entropy"):
        own = [s for s in micro if s.strategy == strategy and s.round != ALL]
        assert [(s.round, s.sentences) for s in sorted(own, key=lambda s: s.round)] == [
            (0, first),
            (1, first + each),
            (2, first + 2 * each),
        ]
    begun = {s.strategy: s.f1 for s in micro if s.round == 0}
    assert begun[RANDOM] == begun["entropy"]
    (whole,) = [s for s in micro if s.round == ALL]
    assert whole.sentences == total and whole.f1 == testbed.measure(testbed.fit(seed=4))["statements"]["f1"]
    shorter = simulate(testbed, ["entropy"], 0.2, 1, 0.1, [4])
    assert [s for s in steps if s.round < 2] == shorter


def test_tick_labels_do_not_overlap() -> None:
    assert sparse_ticks([0, 0.06, 0.12, 0.25, 0.5, 1], 0.12) == [0, 0.12, 0.25, 0.5, 1]
    assert sparse_ticks([0, 0.06, 0.2], 0.1) == [0.06, 0.2]
    assert sparse_ticks([0.25, 0.5, 0.75, 1], 0.1) == [0.25, 0.5, 0.75, 1] and sparse_ticks([1], 0.0) == [1]
