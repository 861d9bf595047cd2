"""The behavioural items are complete, different, and name the parties that they expect."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest
from items import SETS, items, rows, span_of
from stancewire.data.codebook import shipped_codebook

ITEMS = list(items())
LISTS = rows("actor_lists.tsv")
STANCES = {s.name for s in shipped_codebook().stances}


def check_named(text: str, names: list[str]) -> None:
    """Each name is found where it is a word, and no two overlap."""
    spans = sorted(span_of(text, name) for name in names)
    for start, end in spans:
        assert re.fullmatch(r"\W?", text[max(start - 1, 0) : start]), (text, text[start:end])
        assert re.match(r"\W", text[end:]), (text, text[start:end])
    assert all(a[1] <= b[0] for a, b in pairwise(spans)), text


def test_each_set_has_200_items() -> None:
    assert Counter(i.kind for i in ITEMS) == dict.fromkeys(SETS, 200)


def test_no_item_is_there_twice() -> None:
    assert len(set(ITEMS)) == len(ITEMS)
    sentences = [row["sentence"] for row in LISTS]
    assert len(set(sentences)) == len(sentences) == 100


@pytest.mark.parametrize("kind", SETS)
def test_items_name_the_actor_and_the_target_that_they_expect(kind: str) -> None:
    for item in (i for i in ITEMS if i.kind == kind):
        check_named(item.sentence, [*item.expected[1:]])
        check_named(item.variant, [*(item.variant_expected or item.expected)[1:]])
        assert item.sentence != item.variant and item.expected[0] in STANCES


def test_swapped_roles_expect_the_other_direction() -> None:
    swapped = [i for i in ITEMS if i.kind == "swapped roles"]
    assert all(i.variant_expected == (i.expected[0], i.expected[2], i.expected[1]) for i in swapped)


def test_only_negated_items_expect_no_statement() -> None:
    assert {i.kind for i in ITEMS if i.variant_expected is None} == {"negated"}


def test_lists_name_at_least_two_actors_and_the_target() -> None:
    for row in LISTS:
        actors = row["actors"].split("|")
        check_named(row["sentence"], [*actors, *filter(None, [row["target"]])])
        assert len(actors) >= 2 and row["stance"] in STANCES


def test_a_name_within_a_word_is_noticed() -> None:
    with pytest.raises(AssertionError):
        check_named("Nigeria blamed Chad.", ["Niger", "Chad"])
