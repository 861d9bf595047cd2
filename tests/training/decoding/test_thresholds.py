"""Thresholds tuned on statements."""

from __future__ import annotations

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.decoding.calibration import GRID, best_on_grid
from stancewire.training.decoding.labeller import Labeller
from stancewire.training.decoding.thresholds import records_at_lowest_threshold, stance_thresholds
from stancewire.training.evaluation.metrics import measure
from stancewire.training.examples.dataset import analyse_articles


def test_the_best_threshold_on_the_grid_is_found() -> None:
    true = np.tile((GRID <= 0.4).astype(float) * 3, (6, 1))
    predicted = np.tile(np.where(GRID < 0.3, 9.0, 3.0) * (GRID <= 0.4), (6, 1))
    assert best_on_grid(true, predicted, np.full(6, 3.0)) == pytest.approx(0.35, abs=0.02)
    assert best_on_grid(true, predicted, np.zeros(6)) == 0.5


def test_tuned_thresholds_are_as_good_as_any_fixed_one(
    tiny: list[Article], tiny_labeller: Labeller, codebook: Codebook
) -> None:
    articles = [a for a in tiny if a.split == "validation"]
    data = analyse_articles(articles, gazetteer(), codebook, ParseCache())
    scores = tiny_labeller.classifier.score(data.sentences)
    found = stance_thresholds(tiny_labeller, data, scores, seed=0)
    assert set(found) == set(codebook.stance_names) and found == stance_thresholds(
        tiny_labeller, data, scores, seed=0
    )
    records = records_at_lowest_threshold(tiny_labeller, data, scores)

    def f1(thresholds: dict[str, float]) -> float:
        kept = {
            a.doc_id: r.model_copy(
                update={"statements": tuple(s for s in r.statements if s.score >= thresholds[s.stance])}
            )
            for a, r in zip(articles, records, strict=True)
        }
        return float(measure(articles, kept, codebook, 0)[0]["macro_f1"])

    assert f1(found) >= max(f1(dict.fromkeys(codebook.stance_names, t)) for t in (0.1, 0.5, 0.8)) - 0.05


def test_a_record_at_a_higher_threshold_is_part_of_the_lenient_one(
    tiny: list[Article], tiny_labeller: Labeller, codebook: Codebook
) -> None:
    [article] = [a for a in tiny if a.split == "test"][:1]
    data = analyse_articles([article], gazetteer(), codebook, ParseCache())
    scores = tiny_labeller.classifier.score(data.sentences)
    [lenient] = records_at_lowest_threshold(tiny_labeller, data, scores)
    strict = tiny_labeller.record(data.sentences, scores, min_score=0.4)
    all_of_them = {(s.sentence, s.stance, s.actor.start) for s in lenient.statements}
    assert {(s.sentence, s.stance, s.actor.start) for s in strict.statements} <= all_of_them
