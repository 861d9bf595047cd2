"""Splits of a corpus: by conflict, by seed, and for articles that join a corpus."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.annotation.splits import with_splits
from stancewire.data.schema import Article


def article(doc_id: str, **fields: Any) -> Article:
    return Article.model_validate({"doc_id": doc_id, "sentences": [{"text": "Syria blamed Iran."}], **fields})


def conflicts(n: int, each: int = 3, **fields: Any) -> list[Article]:
    return [article(f"{c}-{i}", conflict=f"war-{c}", **fields) for c in range(n) for i in range(each)]


def splits_by_conflict(corpus: Sequence[Article]) -> dict[str | None, set[str | None]]:
    out: dict[str | None, set[str | None]] = {}
    for a in corpus:
        out.setdefault(a.conflict, set()).add(a.split)
    return out


def test_existing_splits_are_kept() -> None:
    corpus = [article("a", split="test"), article("b", split="train")]
    assert with_splits(corpus, 0) == (corpus, "given")


@given(st.integers(3, 12), st.integers(1, 4), st.integers(0, 99))
def test_a_conflict_is_in_one_split_and_no_split_is_empty(n: int, each: int, seed: int) -> None:
    corpus = conflicts(n, each)
    split, how = with_splits(corpus, seed)
    assert [a.doc_id for a in split] == [a.doc_id for a in corpus]
    by = splits_by_conflict(split)
    assert all(len(s) == 1 for s in by.values())
    assert {x for s in by.values() for x in s} == {"train", "validation", "test"}
    assert "conflict" in how


def test_about_70_percent_are_training_articles() -> None:
    split, _ = with_splits(conflicts(40), 1)
    assert 0.6 <= sum(a.split == "train" for a in split) / len(split) <= 0.8


def test_the_split_depends_on_the_seed_not_on_the_order() -> None:
    corpus = conflicts(9)
    shuffled = random.Random(3).sample(corpus, len(corpus))
    one, two = (with_splits(x, 5)[0] for x in (corpus, shuffled))
    assert {a.doc_id: a.split for a in one} == {a.doc_id: a.split for a in two}
    assert len({tuple(a.split for a in with_splits(corpus, s)[0]) for s in range(8)}) > 1


def test_with_too_few_conflicts_articles_are_split_one_by_one() -> None:
    split, how = with_splits([article(str(i)) for i in range(10)], 0)
    assert {a.split for a in split} == {"train", "validation", "test"}
    assert "article" in how and "too few conflicts" in how


def test_articles_join_the_split_that_their_conflict_has() -> None:
    existing = [article(f"s{c}", conflict=f"war-{c}", split="test") for c in range(4)]
    split, _ = with_splits([*existing, *conflicts(6)], 0)
    assert all(len(s) == 1 for s in splits_by_conflict(split).values())
    assert all(a.split == "test" for a in split if a.conflict in {f"war-{c}" for c in range(4)})


def test_a_new_article_joins_the_split_of_its_conflict() -> None:
    existing = [
        article("a", conflict="one", split="train"),
        article("b", conflict="two", split="validation"),
        article("c", conflict="three", split="test"),
    ]
    split, _ = with_splits([*existing, article("d", conflict="three")], 0)
    assert split[-1].split == "test"


@pytest.mark.parametrize("shares", [(0.8, 0.1, 0.1), (0.5, 0.25, 0.25), (0.9, 0.1, 0.0)])
def test_shares_of_the_splits(shares: tuple[float, float, float]) -> None:
    for corpus in (conflicts(60), [article(str(i)) for i in range(100)]):
        split, how = with_splits(corpus, 3, shares)
        found = [sum(a.split == s for a in split) / len(split) for s in ("train", "validation", "test")]
        assert found == pytest.approx(shares, abs=0.04)
        assert how.endswith(f"; shares {', '.join(f'{s:g}' for s in shares)}")


def test_without_test_articles_two_conflicts_are_kept_whole() -> None:
    split, how = with_splits(conflicts(2), 0, (0.9, 0.1, 0.0))
    assert sorted(splits_by_conflict(split).values(), key=str) == [{"train"}, {"validation"}]
    assert how.startswith("made by conflict")


def test_articles_with_a_split_keep_it_and_the_others_fill_up_the_shares() -> None:
    fixed = [article(f"old{i}", split="train") for i in range(50)]
    split, _ = with_splits([*fixed, *(article(str(i)) for i in range(50))], 0, (0.8, 0.1, 0.1))
    assert [a.split for a in split[:50]] == ["train"] * 50
    assert [sum(a.split == s for a in split) for s in ("train", "validation", "test")] == [80, 10, 10]
