"""Thresholds of targets, one per stance."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.training.classifier import Scores
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.decoding.target_thresholds import target_thresholds
from stancewire.training.examples.dataset import Analysed, analyse_articles


def article(number: int) -> Article:
    """One accusation with a target, and one appeal without, beside a party that could be its target."""
    accusation, appeal = "Kenya accused Somalia of the raid.", "Kenya appealed for calm in Somalia."
    kenya = {"text": "Kenya", "start": 0, "end": 5}
    somalia = {"text": "Somalia", "start": 14, "end": 21}
    blame = {"stance": "blame", "actor": kenya, "actor_id": "KEN", "target": somalia, "target_id": "SOM"}
    call = {"stance": "appeal", "actor": kenya, "actor_id": "KEN", "target": None, "target_id": None}
    sentences = [
        {"text": accusation, "para": True, "labels": [], "statements": [blame]},
        {"text": appeal, "para": True, "labels": [], "statements": [call]},
    ]
    return Article.model_validate(
        {"doc_id": f"a{number}", "split": "validation", "conflict": "x", "sentences": sentences}
    )


@pytest.fixture(scope="module")
def data(codebook: Codebook) -> Analysed:
    return analyse_articles([article(n) for n in range(10)], gazetteer(), codebook)


def finder(codebook: Codebook, probability: float) -> StatementFinder:
    """A finder to which every name but the first word is a target with the same probability."""

    def pair_scores(
        sentence: Any, scores: Any, stance: int, actor: int, candidates: Sequence[int], actors: Any
    ) -> Any:
        mentions = [sentence.mentions[j] for j in candidates]
        return np.array([probability if m.kind == "name" and m.head > 0 else 0.01 for m in mentions])

    return cast("StatementFinder", SimpleNamespace(codebook=codebook, pair_scores=pair_scores))


@pytest.mark.parametrize("probability", [0.1, 0.3, 0.6])
def test_a_stance_that_has_a_target_gets_a_lower_threshold(
    data: Analysed, codebook: Codebook, probability: float
) -> None:
    scores = cast("list[Scores]", [None] * len(data))
    found = target_thresholds(finder(codebook, probability), data, scores, seed=0)
    assert found["blame"] <= probability < found["appeal"]
    assert found == target_thresholds(finder(codebook, probability), data, scores, seed=0)


def test_a_stance_with_few_statements_has_no_threshold_of_its_own(data: Analysed, codebook: Codebook) -> None:
    scores = cast("list[Scores]", [None] * len(data))
    assert "ceasefire_claim" not in target_thresholds(finder(codebook, 0.5), data, scores, seed=0)


def test_a_trained_model_uses_the_threshold_of_the_stance(tiny_labeller: StatementFinder) -> None:
    decisions = tiny_labeller.decisions
    assert {f"{s}:target" for s in tiny_labeller.codebook.stance_names} <= set(decisions.thresholds)
    assert decisions.target_threshold_of("blame") == decisions.thresholds["blame:target"]
    assert decisions.target_threshold_of("unknown") == decisions.target_threshold
