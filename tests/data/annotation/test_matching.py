"""Whether two annotations mean the same statement."""

from __future__ import annotations

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
def test_overlap_is_the_shared_part_of_the_union(
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
def test_the_same_party_by_span_or_by_an_identity_that_names_one(a: Party, b: Party, same: bool) -> None:
    assert same_party(a, b) is same_party(b, a) is same


def test_actors_are_matched_one_to_one_and_those_named_first() -> None:
    one = by_actor([((None, "ARM"), (None, None)), (((30, 35), "ARM"), (None, None))])
    other = by_actor([(((30, 35), "ARM"), (None, None))])
    pairs, left, missed = match(one, other)
    assert [(p[0][0], g[0][0]) for p, g in pairs] == [((30, 35), (30, 35))]
    assert [p[0][0] for p in left] == [None]
    assert missed == []


def test_targets_of_an_actor_stand_together_and_are_counted_one_to_one() -> None:
    [one] = by_actor(
        [(((0, 5), "A"), ((10, 12), "B")), (((0, 5), "A"), ((14, 16), "C")), (((0, 5), "A"), ((10, 12), "B"))]
    )
    [other] = by_actor([(((0, 5), "A"), ((10, 12), "B")), (((0, 5), "A"), ((50, 52), "D"))])
    assert len(one[1]) == 2
    assert shared_targets(one, other) == shared_targets(other, one) == 1
