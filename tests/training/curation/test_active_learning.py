"""Suggested sentences: uncertain, diverse, not yet annotated, and reproducible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.data.text.analysis import AnalysedSentence, analyse
from stancewire.data.text.segmentation.sentences import annotated_segments
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.classifier import Scores
from stancewire.training.curation.active_learning import (
    UNCERTAINTY,
    Uncertainty,
    probabilities,
    suggest,
    uncertainties,
    uncertainty_named,
)
from stancewire.training.decoding.statement_finder import StatementFinder

KINDS: tuple[Uncertainty, ...] = ("entropy", "sum", "threshold", "threshold-sum")


@pytest.fixture(scope="module")
def pool(tiny: list[Article], tiny_labeller: StatementFinder) -> list[AnalysedSentence]:
    """The sentences of some articles that the tiny model was not trained on."""
    segments = [s for a in tiny if a.split != "train" for s in annotated_segments(a)]
    return analyse(segments, tiny_labeller.gazetteer, ParseCache())


@pytest.fixture(scope="module")
def scores(pool: list[AnalysedSentence], tiny_labeller: StatementFinder) -> list[Scores]:
    return tiny_labeller.classifier.score(pool)


def _texts(pool: Sequence[AnalysedSentence], indices: Sequence[int]) -> list[str]:
    return [pool[i].segment.text for i in indices]


def test_probabilities_have_a_column_per_stance_and_label(
    pool: list[AnalysedSentence], scores: list[Scores], tiny_labeller: StatementFinder
) -> None:
    p, thresholds = probabilities(tiny_labeller, scores)
    assert (
        p.shape
        == (len(pool), len(tiny_labeller.codebook.stance_names) + len(tiny_labeller.codebook.label_names))
        == (len(pool), len(thresholds))
    )
    assert p.min() >= 0 and p.max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_uncertainty_is_highest_at_medium_probabilities(
    kind: Uncertainty, tiny_labeller: StatementFinder
) -> None:
    roles, labels = len(tiny_labeller.codebook.roles), len(tiny_labeller.codebook.label_names)

    def one(probability: float) -> Scores:
        """A sentence of one mention, all of whose calibrated probabilities are `probability`."""
        logit = np.log(probability / (1 - probability))
        found = Scores(np.zeros((1, roles)), np.zeros(labels))
        for row, names in (
            (found.roles[0], tiny_labeller.codebook.roles),
            (found.labels, tiny_labeller.codebook.label_names),
        ):
            for k, name in enumerate(names):
                sigmoid = tiny_labeller.decisions.calibration[name]
                row[k] = -(logit + sigmoid.offset) / sigmoid.slope
        return found

    sure_no, unsure, sure_yes = uncertainties(tiny_labeller, [one(0.001), one(0.4), one(0.999)], kind)
    assert unsure > 5 * sure_no and unsure > 5 * sure_yes
    assert uncertainties(tiny_labeller, [Scores(np.zeros((0, roles)), np.full(labels, -30.0))], kind)[0] < 0.1


def test_suggestions_are_uncertain_and_reproducible(
    pool: list[AnalysedSentence], scores: list[Scores], tiny_labeller: StatementFinder
) -> None:
    chosen = suggest(tiny_labeller, pool, scores, 12, seed=3)
    assert len(chosen) == len(set(chosen)) == 12
    assert chosen == suggest(tiny_labeller, pool, scores, 12, seed=3)
    measured = uncertainties(tiny_labeller, scores, UNCERTAINTY)
    assert measured[chosen].mean() > 1.5 * measured.mean()
    assert list(measured[chosen]) == sorted(measured[chosen], reverse=True)


def test_near_duplicates_and_annotated_sentences_are_not_suggested(
    pool: list[AnalysedSentence], tiny_labeller: StatementFinder
) -> None:
    best = suggest(tiny_labeller, pool, tiny_labeller.classifier.score(pool), 1, seed=0)[0]
    again = [*pool, pool[best], pool[best]]
    scores = tiny_labeller.classifier.score(again)
    everything = suggest(tiny_labeller, again, scores, len(again), seed=0)
    assert len(set(_texts(again, everything))) == len(everything)
    text = pool[best].segment.text
    assert text in _texts(again, everything)
    fresh = suggest(tiny_labeller, again, scores, len(again), seed=0, annotated={text})
    assert text not in _texts(again, fresh) and len(fresh) == len(everything) - 1


def test_sentences_that_differ_in_names_only_are_duplicates(
    tiny_labeller: StatementFinder, parsed: object
) -> None:
    assert callable(parsed)
    pair = [
        parsed(f"{a} accused {b} on Monday of shelling two border towns with heavy guns.")
        for a, b in (("Kenya", "Somalia"), ("India", "Pakistan"))
    ]
    assert len(suggest(tiny_labeller, pair, tiny_labeller.classifier.score(pair), 2, seed=0)) == 1


def test_fewer_suggestions_than_requested_and_no_fragments(
    tiny_labeller: StatementFinder, parsed: object
) -> None:
    assert callable(parsed)
    few = [
        parsed("Kenya accused Somalia of shelling a town."),
        parsed("More soon."),
        parsed("The rain fell on the quiet harbour all day."),
    ]
    assert sorted(suggest(tiny_labeller, few, tiny_labeller.classifier.score(few), 9, seed=0)) == [0, 2]
    assert suggest(tiny_labeller, [], [], 9, seed=0) == []


def test_measures_of_uncertainty_by_name() -> None:
    assert [uncertainty_named(k) for k in KINDS] == list(KINDS)
    with pytest.raises(InputError, match=r"'despair'.*entropy"):
        uncertainty_named("despair")
