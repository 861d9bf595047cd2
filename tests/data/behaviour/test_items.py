"""The behavioural items are complete, different, and name the parties that they expect."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest
from stancewire.data.behaviour.items import CATEGORIES, Expected, actor_lists, items, span_of
from stancewire.data.codebook import shipped_codebook
from stancewire.data.schema import Article
from stancewire.data.text.segmentation.sentences import segment

STANCES = {s.name for s in shipped_codebook().stances}


def check_named(text: str, names: list[str]) -> None:
    """Each name is found where it is a word, and no two overlap."""
    spans = sorted(span_of(text, name) for name in names)
    for start, end in spans:
        assert re.fullmatch(r"\W?", text[max(start - 1, 0) : start]), (text, text[start:end])
        assert re.match(r"\W", text[end:]), (text, text[start:end])
    assert all(a[1] <= b[0] for a, b in pairwise(spans)), text


def test_each_category_has_200_items() -> None:
    assert Counter(i.category for i in items()) == dict.fromkeys(CATEGORIES, 200)


def test_no_item_is_there_twice() -> None:
    assert len(set(items())) == len(items())
    sentences = [x.sentence for x in actor_lists()]
    assert len(set(sentences)) == len(sentences) == 100


@pytest.mark.parametrize("category", CATEGORIES)
def test_items_name_the_actor_and_the_target_that_they_expect(category: str) -> None:
    for item in (i for i in items() if i.category == category):
        check_named(item.sentence, [item.expected.actor, item.expected.target])
        expected = item.variant_expected or item.expected
        check_named(item.variant, [expected.actor, expected.target])
        assert item.sentence != item.variant and item.expected.stance in STANCES


def test_swapped_roles_expect_the_other_direction() -> None:
    for item in (i for i in items() if i.category == "roles"):
        e = item.expected
        assert item.variant_expected == Expected(e.stance, e.target, e.actor)


def test_only_negated_items_expect_no_statement() -> None:
    assert {i.category for i in items() if i.variant_expected is None} == {"negated"}


def test_lists_name_at_least_two_actors_and_the_target() -> None:
    for one in actor_lists():
        check_named(one.sentence, [*one.actors, *filter(None, [one.target])])
        assert 2 <= len(one.actors) <= 8 and one.stance in STANCES


def test_every_item_is_one_sentence() -> None:
    texts = {t for i in items() for t in (i.sentence, i.variant)} | {x.sentence for x in actor_lists()}
    assert [t for t in texts if len(segment(t)) != 1] == []


def test_no_training_sees_an_item(shipped: list[Article]) -> None:
    texts = {t for i in items() for t in (i.sentence, i.variant)} | {x.sentence for x in actor_lists()}
    assert texts.isdisjoint(s.text for a in shipped for s in a.sentences)


def test_a_name_within_a_word_is_noticed() -> None:
    with pytest.raises(AssertionError):
        check_named("Nigeria blamed Chad.", ["Niger", "Chad"])
