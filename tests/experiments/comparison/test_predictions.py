"""The predictions that a run keeps: enough to compute all metrics again, and free of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from stancewire.data.annotation.counting import Count, count_article, total
from stancewire.data.errors import InputError
from stancewire.data.record import Record
from stancewire.data.schema import IDENTITY, Article
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.experiments.comparison.counts import calibration_error, counts_of
from stancewire.experiments.tracking.prediction_files import read_predictions, write_predictions
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.evaluation.predicting import predictions
from stancewire.training.evaluation.predictions import Predictions
from stancewire.training.evaluation.score_articles import role_metrics, score_articles
from stancewire.training.examples.dataset import Analysed, analyse_articles


@pytest.fixture(scope="module")
def scored(
    tiny: list[Article], tiny_labeller: StatementFinder
) -> tuple[Analysed, dict[str, Record], Predictions, float]:
    """Test articles with the records, the predictions, and the calibration error of the tiny model."""
    articles, cache = [a for a in tiny if a.split == "test"], ParseCache()
    data = analyse_articles(articles, tiny_labeller.gazetteer, tiny_labeller.codebook, cache)
    scores = tiny_labeller.classifier.score(data.sentences)
    records = score_articles(tiny_labeller, data, scores, cache)
    kept = predictions(tiny_labeller, data, scores, records, "test", cache)
    return data, records, kept, role_metrics(tiny_labeller, data, scores)[0]["ece"]


def test_counts_from_predictions_are_those_of_the_records(
    scored: tuple[Analysed, dict[str, Record], Predictions, float], tiny_labeller: StatementFinder
) -> None:
    data, records, kept, error = scored
    codebook = tiny_labeller.codebook
    expected = [count_article(a, records[a.doc_id], codebook) for a in data.articles]
    counts = counts_of(kept)
    assert counts.doc_ids == tuple(a.doc_id for a in data.articles)
    for key in (*codebook.stance_names, "with_target", *codebook.label_names):
        assert [Count(*map(int, row)) for row in counts.measures[key]] == [c.counts[key] for c in expected], (
            key
        )
    right = total(c.identities for c in expected)
    assert counts.measures["identity"].sum(axis=0).tolist() == [
        right.matched,
        right.predicted,
        right.predicted,
    ]
    assert counts.measures["statements"].sum() > 0
    for by in counts.slices.values():
        assert np.array_equal(sum(by.values()), counts.measures["statements"])
    assert calibration_error(counts.calibration.sum(axis=0)) == pytest.approx(error, abs=1e-3)


def test_predictions_below_the_threshold_are_kept_apart(
    scored: tuple[Analysed, dict[str, Record], Predictions, float],
) -> None:
    kept = scored[2]
    below = [(p, kept.thresholds[f"{p.stance}:actor"]) for r in kept.rows for p in r.predicted if not p.kept]
    assert below and all(p.score is not None and 0.08 <= p.score < t for p, t in below)
    for row in kept.rows:
        for n, gold in enumerate(row.gold):
            assert gold.match is None or row.predicted[gold.match].match == n


def test_a_gold_actor_points_to_its_candidate(
    scored: tuple[Analysed, dict[str, Record], Predictions, float],
) -> None:
    kept = scored[2]
    found = 0
    for row in kept.rows:
        for gold in row.gold:
            if gold.candidate >= 0:
                found += 1
                role = kept.roles.index(f"{gold.stance}:actor")
                assert row.candidates[gold.candidate].gold[role] == 1
    assert found > 0


def test_files_have_the_same_predictions_and_no_text(
    scored: tuple[Analysed, dict[str, Record], Predictions, float], tmp_path: Path
) -> None:
    kept = scored[2]
    path = tmp_path / "test.parquet"
    write_predictions(path, kept)
    again = read_predictions(path)
    assert again.thresholds == kept.thresholds and again.roles == kept.roles
    for a, b in zip(again.rows, kept.rows, strict=True):
        assert (a.gold, a.doc_id, a.start, a.end) == (b.gold, b.doc_id, b.start, b.end)
        assert [p.match for p in a.predicted] == [p.match for p in b.predicted]
        assert [p.score for p in a.predicted] == pytest.approx([p.score for p in b.predicted])
    about = {x for row in again.rows for x in (row.doc_id, row.conflict, row.outlet, row.genre)}
    known = about | set(again.stances) | set(again.labels) | {"name", "pronoun", "common noun", "unnamed"}
    others = {x for row in again.rows for x in _strings(asdict(row))} - known
    assert others and all(IDENTITY.fullmatch(x) or re.fullmatch("[0-9a-f]{64}", x) for x in others)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def test_a_file_without_predictions_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "test.parquet"
    path.write_bytes(b"PAR1 nothing")
    with pytest.raises(InputError, match=r"test\.parquet: no predictions, or damaged"):
        read_predictions(path)
