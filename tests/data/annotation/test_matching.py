"""Matching statements of two annotations."""

from __future__ import annotations

from typing import Any

import pytest
from stancewire.data.annotation.matching import Party, by_actor, match, overlap, same_party, shared_targets


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ((0, 10), (0, 10), 1.0),
        ((0, 10), (5, 15), 5 / 15),
        ((0, 10), (10, 20), 0.0),
        ((0, 4), (8, 9), 0.0),
        ((0, 10), (4, 6), 0.2),
        (None, (0, 3), 0.0),
        ((0, 3), None, 0.0),
    ],
)
def test_overlap_is_intersection_over_union(
    a: tuple[int, int] | None, b: tuple[int, int] | None, share: float
) -> None:
    assert overlap(a, b) == pytest.approx(share)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (((0, 5), None), ((0, 6), "ARM"), True),
        (((0, 5), "ARM"), ((20, 25), "ARM"), True),
        (((0, 5), "OTHER"), ((20, 25), "OTHER"), False),
        (((0, 5), "MULTI"), ((20, 25), "MULTI"), False),
        ((None, "ARM"), (None, "AZE"), True),
        ((None, "ARM"), ((0, 3), "AZE"), False),
        ((None, "ARM"), ((0, 3), "ARM"), True),
        (((0, 5), None), ((20, 25), None), False),
    ],
)
def test_parties_are_the_same_by_span_or_by_an_identity_that_names_one(a: Any, b: Any, same: bool) -> None:
    assert same_party(Party(*a), Party(*b)) is same_party(Party(*b), Party(*a)) is same


NOBODY = Party(None, None)
ONE, TWO = Party((10, 12), "B"), Party((14, 16), "C")


def test_actors_are_matched_one_to_one_starting_with_named_ones() -> None:
    unnamed, named = Party(None, "ARM"), Party((30, 35), "ARM")
    first = by_actor([(unnamed, NOBODY), (named, NOBODY)])
    found = match(first, by_actor([(named, NOBODY)]))
    assert [(a.party, b.party) for a, b in found.pairs] == [(named, named)]
    assert [a.party for a in found.only_first] == [unnamed]
    assert found.only_second == []


def test_targets_are_grouped_by_actor_and_counted_one_to_one() -> None:
    actor = Party((0, 5), "A")
    [first] = by_actor([(actor, ONE), (actor, TWO), (actor, ONE)])
    [second] = by_actor([(actor, ONE), (actor, Party((50, 52), "D"))])
    assert first.targets == [ONE, TWO]
    assert shared_targets(first, second) == shared_targets(second, first) == 1
