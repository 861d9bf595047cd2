"""The shipped corpus has the properties that its data card describes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.annotation.statistics import NAMED, actor_kind, count
from stancewire.data.annotation.validation import validate
from stancewire.data.codebook import Codebook
from stancewire.data.schema import Article


@pytest.fixture(scope="module")
def corpus(codebook: Codebook) -> list[Article]:
    return read_corpus(["shipped"], codebook)


@pytest.fixture(scope="module")
def counts(corpus: list[Article]) -> dict[str, Any]:
    return count(corpus)


def test_it_passes_validation(codebook: Codebook) -> None:
    report = validate(["shipped"], codebook)
    assert report.errors == []
    share = re.search(r"near-duplicates ([\d.]+)%", report.summary)
    assert share is not None
    assert float(share[1]) < 1


def test_it_is_large_enough(counts: dict[str, Any], codebook: Codebook) -> None:
    assert counts["articles"] >= 270
    assert counts["sentences"] >= 3000
    assert counts["conflicts"] >= 35
    assert counts["near_misses"] >= 600
    assert counts["labels"]["loaded"] >= 400
    assert {
        stance: n for stance in codebook.stance_names if (n := counts["stances"].get(stance, 0)) < 380
    } == {}


@pytest.mark.parametrize("split", ["validation", "test"])
def test_evaluation_splits_are_as_dense_as_real_news(corpus: list[Article], split: str) -> None:
    assert 0.25 <= count([a for a in corpus if a.split == split])["statements_per_sentence"] <= 0.42


def test_every_article_has_its_metadata(corpus: list[Article]) -> None:
    assert [
        a.doc_id
        for a in corpus
        if not (a.split and a.conflict and a.outlet and a.date and a.license and a.annotators)
    ] == []


def test_every_actor_and_every_named_target_has_an_identity(corpus: list[Article]) -> None:
    without_identity = [
        (a.doc_id, s.text)
        for a in corpus
        for s in a.sentences
        for x in s.statements
        if x.actor_id is None or (x.target is not None and x.target_id is None)
    ]
    assert without_identity == []


def test_each_split_has_every_stance_and_label(corpus: list[Article], codebook: Codebook) -> None:
    for split in ("train", "validation", "test"):
        found = count([a for a in corpus if a.split == split])
        assert set(found["stances"]) == set(codebook.stance_names)
        assert set(found["labels"]) == set(codebook.label_names)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_each_stance_can_be_measured(corpus: list[Article], codebook: Codebook, split: str) -> None:
    articles = [a for a in corpus if a.split == split]
    found = count(articles)
    assert len(articles) >= 45
    assert min(found["stances"][s] for s in codebook.stance_names) >= 40
    # As dense in statements and loaded sentences as the real articles on which models are evaluated.
    assert found["statements_per_sentence"] == pytest.approx(0.323, rel=0.15)
    assert found["loaded_share"] == pytest.approx(0.103, rel=0.15)


def _statements_of_belligerents(corpus: list[Article]) -> list[tuple[str, str, str]]:
    """(identity, name or "", stance) of statements whose actor is blamed three times in its conflict."""
    blamed = Counter(
        (a.conflict, x.target_id)
        for a in corpus
        for s in a.sentences
        for x in s.statements
        if x.stance == "blame"
    )
    return [
        (x.actor_id, x.actor.text if x.actor and actor_kind(x.actor.text) == NAMED else "", x.stance)
        for a in corpus
        for s in a.sentences
        for x in s.statements
        if x.actor_id and x.actor_id not in ("OTHER", "MULTI") and blamed[a.conflict, x.actor_id] >= 3
    ]


@pytest.mark.parametrize("by", ["identity", "words"])
def test_no_party_predicts_a_stance(corpus: list[Article], by: str) -> None:
    """Predicting stances from belligerents' names is at most 3.5 points better than the most frequent stance.

    The mean of ten ways to divide the parties: one of them differs from another by up to a point.

    By identity, a model is tested on the parties of its training data; by the words of the name, on other
    parties, so that it can only have learnt about kinds of parties or regions.
    """
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    rows = _statements_of_belligerents(corpus)
    assert len(rows) > 1000
    stances = np.array([stance for _, _, stance in rows])
    names = [identity if by == "identity" else words for identity, words, _ in rows]
    model = make_pipeline(
        CountVectorizer(binary=True, lowercase=False, token_pattern=r"[^\s]+"),
        LogisticRegression(max_iter=1000),
    )
    majority = max(np.mean(stances == s) for s in set(stances))
    gains = []
    for seed in range(10):
        if by == "identity":
            folds = StratifiedKFold(10, shuffle=True, random_state=seed).split(names, stances)
        else:
            groups = GroupKFold(10, shuffle=True, random_state=seed)
            folds = groups.split(names, groups=[identity for identity, _, _ in rows])
        gains.append(np.mean(cross_val_predict(model, names, stances, cv=list(folds)) == stances) - majority)
    assert np.mean(gains) <= 0.035
