"""The corpus that comes with stancewire keeps what it promises."""

from __future__ import annotations

import re
from typing import Any

import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.corpus import read_corpus
from stancewire.data.schema import Article
from stancewire.data.stats import count
from stancewire.data.validate import validate


@pytest.fixture(scope="module")
def corpus(codebook: Codebook) -> list[Article]:
    return read_corpus(["shipped"], codebook)


@pytest.fixture(scope="module")
def counts(corpus: list[Article]) -> dict[str, Any]:
    return count(corpus)


def test_it_validates_clean(codebook: Codebook) -> None:
    report = validate(["shipped"], codebook)
    assert report.faults == []
    share = re.search(r"near-duplicates ([\d.]+)%", report.summary)
    assert share is not None
    assert float(share[1]) < 1


def test_it_is_large_enough(counts: dict[str, Any], codebook: Codebook) -> None:
    assert counts["articles"] >= 80
    assert counts["sentences"] >= 900
    assert counts["conflicts"] >= 12
    assert counts["labels"]["loaded"] >= 100
    assert {stance: n for stance in codebook.stance_names if (n := counts["stances"].get(stance, 0)) < 110} == {}


@pytest.mark.parametrize("split", ["validation", "test"])
def test_what_measures_is_as_dense_as_real_news(corpus: list[Article], split: str) -> None:
    assert 0.25 <= count([a for a in corpus if a.split == split])["statements_per_sentence"] <= 0.42


def test_every_article_tells_where_it_belongs(corpus: list[Article]) -> None:
    assert [a.doc_id for a in corpus if not (a.split and a.conflict and a.outlet and a.date and a.license and a.annotators)] == []


def test_every_actor_and_every_named_target_has_an_identity(corpus: list[Article]) -> None:
    bare = [
        (a.doc_id, s.text) for a in corpus for s in a.sentences for x in s.statements if x.actor_id is None or (x.target is not None and x.target_id is None)
    ]
    assert bare == []


def test_each_split_has_every_stance_and_label(corpus: list[Article], codebook: Codebook) -> None:
    for split in ("train", "validation", "test"):
        found = count([a for a in corpus if a.split == split])
        assert set(found["stances"]) == set(codebook.stance_names)
        assert set(found["labels"]) == set(codebook.label_names)
