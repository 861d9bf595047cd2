"""How good the model gets with more training articles: trained on nested random shares of them, several times."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.errors import InputError
from .testbed import Estimate, Laboratory, estimate


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of one training: F1 of `name` on the `measured` articles of `on`; `low` and `high` are its bootstrap interval over them, if any."""

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
    """The points of one share, place and name taken together: `over_seeds`, and the mean bounds of the bootstrap intervals over articles."""

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
    """For each share above 0 the numbers of that part of the articles, at least one; of one seed the smaller lie within the larger."""
    order = list(range(articles))
    random.Random(seed).shuffle(order)
    return [sorted(order[: max(1, round(share * articles))] if share else []) for share in shares]


def check_shares(shares: Sequence[float], none: bool = False) -> list[float]:
    """The shares in order, each once.

    Args:
        none: whether a share may be 0, other articles being there to train on.

    Raises:
        InputError: there is none, or one is not above 0 and at most 1.
    """
    wrong = [s for s in shares if not (0 < s <= 1 or (none and s == 0))]
    if wrong or not shares:
        raise InputError(
            f"{wrong[0]:g} is no share" if wrong else "no shares",
            where="--shares",
            hint="for example --shares 0.25,0.5,0.75,1",
        )
    return sorted(set(shares))


def learning_curve(
    laboratory: Laboratory,
    shares: Sequence[float],
    seeds: int,
    bootstrap: int = 1000,
    step: Callable[[int, int], None] | None = None,
    drawn: Collection[str] | None = None,
) -> list[Point]:
    """Train on each share of the training articles with each seed; measure on all that the laboratory holds.

    The whole of the articles is trained on once: no seed changes which they are.

    Args:
        shares: above 0, at most 1; with `drawn` also 0.
        seeds: how many random orders of the articles, 1 or more.
        bootstrap: resamples of the measured articles for the interval of `statements`.
        step: told how many trainings are done, and of how many.
        drawn: the doc_ids of the articles that shares are of; all others are always trained on. Default: shares are of all.

    Raises:
        InputError: a share is out of range.
    """
    shares = check_shares(shares, none=drawn is not None)
    articles = laboratory.train.articles
    pool = [n for n, a in enumerate(articles) if drawn is None or a.doc_id in drawn]
    always = [n for n, a in enumerate(articles) if drawn is not None and a.doc_id not in drawn]
    jobs: list[tuple[float, int, list[int]]] = []
    for seed in range(seeds):
        parts = nested_shares(len(pool), shares, seed)
        jobs += [
            (share, seed, sorted([*always, *(pool[i] for i in one)]))
            for share, one in zip(shares, parts, strict=True)
            if 0 < len(one) < len(pool) or not seed
        ]
    points: list[Point] = []
    for n, (share, seed, chosen) in enumerate(jobs):
        places: NDArray[np.int64] = np.flatnonzero(np.isin(laboratory.train.article_of, chosen))
        labeller = laboratory.fit(places, seed)
        for on in laboratory.measured:
            metrics = laboratory.measure(labeller, on, bootstrap)
            for name in laboratory.figure_names:
                low, high = metrics[name].get("ci95", (None, None))
                points.append(
                    Point(
                        share,
                        seed,
                        len(chosen),
                        len(places),
                        on,
                        metrics["articles"],
                        name,
                        metrics[name]["f1"],
                        metrics[name]["support"],
                        low,
                        high,
                    )
                )
        if step:
            step(n + 1, len(jobs))
    return points


def rows(points: Sequence[Point]) -> list[Row]:
    """The points taken together over seeds, by place, name and share in order of appearance."""
    groups: dict[tuple[str, str, float], list[Point]] = {}
    for p in points:
        groups.setdefault((p.on, p.name, p.share), []).append(p)
    places, names = list(dict.fromkeys(p.on for p in points)), list(dict.fromkeys(p.name for p in points))
    out = []
    for (on, name, share), found in sorted(
        groups.items(), key=lambda x: (places.index(x[0][0]), names.index(x[0][1]), x[0][2])
    ):
        lows, highs = (
            [v for v in side if v is not None] for side in ([p.low for p in found], [p.high for p in found])
        )
        out.append(
            Row(
                share,
                found[0].articles,
                round(sum(p.sentences for p in found) / len(found)),
                on,
                found[0].measured,
                name,
                found[0].gold,
                estimate([p.f1 for p in found]),
                sum(lows) / len(lows) if lows else None,
                sum(highs) / len(highs) if highs else None,
            )
        )
    return out
