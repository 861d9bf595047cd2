"""Learning curves: F1 by number of training articles, on nested random fractions of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.errors import InputError
from .testbed import Estimate, Testbed, estimate


@dataclass(frozen=True, slots=True)
class Point:
    """One F1 score from one training run.

    Attributes:
        share: fraction of the training articles, in [0, 1].
        seed: seed of the random order of articles.
        articles: number of training articles.
        sentences: number of training sentences.
        on: name of the test articles.
        measured: number of test articles.
        name: `statements` (all together), a stance or a label.
        f1: F1, in [0, 1].
        gold: support: number of annotated statements, or sentences with the label.
        low: lower bound of the bootstrap interval over test articles, if any.
        high: its upper bound.
    """

    share: float
    seed: int
    articles: int
    sentences: int
    on: str
    measured: int
    name: str
    f1: float
    gold: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """The points of one fraction, set of test articles and name together.

    `over_seeds` is their mean; `low` and `high` are the mean bounds of the bootstrap intervals over articles.
    The other attributes are those of `Point`.
    """

    share: float
    articles: int
    sentences: int
    on: str
    measured: int
    name: str
    gold: int
    over_seeds: Estimate
    low: float | None
    high: float | None


def nested_shares(articles: int, shares: Sequence[float], seed: int) -> list[list[int]]:
    """Random nested subsets of the articles.

    Args:
        articles: number of articles.
        shares: fractions in [0, 1].
        seed: random seed; with the same seed, smaller subsets are contained in larger ones.

    Returns:
        For each fraction the sorted indices of its articles: at least one for a fraction above 0.
    """
    order = list(range(articles))
    random.Random(seed).shuffle(order)
    return [sorted(order[: max(1, round(share * articles))] if share else []) for share in shares]


def check_shares(shares: Sequence[float], zero: bool = False) -> list[float]:
    """The fractions in ascending order without duplicates.

    Args:
        shares: at least one.
        zero: whether a fraction may be 0, because there are other articles to train on.

    Raises:
        InputError: there are no fractions, or one is not above 0 and at most 1.
    """
    wrong = [s for s in shares if not (0 < s <= 1 or (zero and s == 0))]
    if wrong or not shares:
        problem = f"{wrong[0]:g} is not a fraction above 0 and at most 1" if wrong else "no fractions"
        raise InputError(problem, where="--shares", hint="for example --shares 0.25,0.5,0.75,1")
    return sorted(set(shares))


def learning_curve(
    testbed: Testbed,
    shares: Sequence[float],
    seeds: int,
    bootstrap: int = 1000,
    step: Callable[[int, int], None] | None = None,
    varied: Collection[str] | None = None,
) -> list[Point]:
    """Train on each fraction of the training articles with each seed; evaluate on all sets of test articles.

    The full set is trained on once, because it is the same for every seed.

    Args:
        testbed: the corpus.
        shares: fractions above 0, at most 1; with `varied` also 0.
        seeds: the number of random orders of the articles, 1 or more.
        bootstrap: resamples of the test articles for the interval of `statements`.
        step: called with the number of finished training runs and their total.
        varied: doc_ids of the articles to take fractions of; all others are always trained on. Default: all
            articles.

    Raises:
        InputError: a fraction is out of range.
    """
    shares = check_shares(shares, zero=varied is not None)
    articles = testbed.train.articles
    pool = [n for n, a in enumerate(articles) if varied is None or a.doc_id in varied]
    always = [n for n, a in enumerate(articles) if varied is not None and a.doc_id not in varied]
    jobs: list[tuple[float, int, list[int]]] = []
    for seed in range(seeds):
        for share, one in zip(shares, nested_shares(len(pool), shares, seed), strict=True):
            if 0 < len(one) < len(pool) or not seed:
                jobs.append((share, seed, sorted([*always, *(pool[i] for i in one)])))
    points: list[Point] = []
    for n, (share, seed, chosen) in enumerate(jobs, 1):
        points += _points(testbed, share, seed, chosen, bootstrap)
        if step:
            step(n, len(jobs))
    return points


def _points(
    testbed: Testbed, share: float, seed: int, chosen: Sequence[int], bootstrap: int
) -> Iterator[Point]:
    """Train on the articles with these indices, and evaluate."""
    indices: NDArray[np.int64] = np.flatnonzero(np.isin(testbed.train.article_of, chosen))
    labeller = testbed.fit(indices, seed)
    for on in testbed.measured:
        metrics = testbed.measure(labeller, on, bootstrap)
        for name in testbed.f1_names:
            m = metrics[name]
            low, high = m.get("ci95", (None, None))
            sizes = len(chosen), len(indices)
            yield Point(share, seed, *sizes, on, metrics["articles"], name, m["f1"], m["support"], low, high)


def rows(points: Sequence[Point]) -> list[Row]:
    """Points grouped over seeds, by set of articles and name in order of appearance, then by fraction."""
    groups: dict[tuple[str, str, float], list[Point]] = {}
    for p in points:
        groups.setdefault((p.on, p.name, p.share), []).append(p)
    measured, names = (list(dict.fromkeys(getattr(p, k) for p in points)) for k in ("on", "name"))
    order = sorted(groups, key=lambda k: (measured.index(k[0]), names.index(k[1]), k[2]))
    return [_row(groups[key]) for key in order]


def _row(points: Sequence[Point]) -> Row:
    first = points[0]
    lows = [p.low for p in points if p.low is not None]
    highs = [p.high for p in points if p.high is not None]
    return Row(
        share=first.share,
        articles=first.articles,
        sentences=round(sum(p.sentences for p in points) / len(points)),
        on=first.on,
        measured=first.measured,
        name=first.name,
        gold=first.gold,
        over_seeds=estimate([p.f1 for p in points]),
        low=sum(lows) / len(lows) if lows else None,
        high=sum(highs) / len(highs) if highs else None,
    )
