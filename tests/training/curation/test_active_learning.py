"""Suggested sentences: doubtful, unlike each other, fresh, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from stancewire.data.errors import InputError
from stancewire.data.files.cache import cache_folder
from stancewire.data.schema import Article
from stancewire.data.text.analysis import AnalysedSentence, analyse
from stancewire.data.text.sentences import annotated_segments
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.classifier import Scores
from stancewire.training.curation.active_learning import (
    DOUBT,
    Doubt,
    doubts,
    known_doubt,
    probabilities,
    suggest,
)
from stancewire.training.decoding.statement_finder import StatementFinder

KINDS: tuple[Doubt, ...] = ("entropy", "sum", "threshold", "threshold-sum")


@pytest.fixture(scope="module")
def pool(tiny: list[Article], tiny_labeller: StatementFinder) -> list[AnalysedSentence]:
    """The sentences of some articles that the tiny model has not learnt from."""
    segments = [s for a in tiny if a.split != "train" for s in annotated_segments(a)]
    return analyse(segments, tiny_labeller.gazetteer, ParseCache(cache_folder()))


@pytest.fixture(scope="module")
def scores(pool: list[AnalysedSentence], tiny_labeller: StatementFinder) -> list[Scores]:
    return tiny_labeller.classifier.score(pool)


def _texts(pool: Sequence[AnalysedSentence], places: Sequence[int]) -> list[str]:
    return [pool[i].segment.text for i in places]


def test_probabilities_are_of_each_stance_and_label(
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
def test_doubt_is_greatest_where_the_model_cannot_tell(kind: Doubt, tiny_labeller: StatementFinder) -> None:
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

    sure_no, unsure, sure_yes = doubts(tiny_labeller, [one(0.001), one(0.4), one(0.999)], kind)
    assert unsure > 5 * sure_no and unsure > 5 * sure_yes
    assert doubts(tiny_labeller, [Scores(np.zeros((0, roles)), np.full(labels, -30.0))], kind)[0] < 0.1


def test_suggestions_are_doubtful_and_repeatable(
    pool: list[AnalysedSentence], scores: list[Scores], tiny_labeller: StatementFinder
) -> None:
    chosen = suggest(tiny_labeller, pool, scores, 12, seed=3)
    assert len(chosen) == len(set(chosen)) == 12
    assert chosen == suggest(tiny_labeller, pool, scores, 12, seed=3)
    doubt = doubts(tiny_labeller, scores, DOUBT)
    assert doubt[chosen].mean() > 1.5 * doubt.mean()
    assert list(doubt[chosen]) == sorted(doubt[chosen], reverse=True)


def test_neither_near_duplicates_nor_what_is_annotated_is_suggested(
    pool: list[AnalysedSentence], tiny_labeller: StatementFinder
) -> None:
    best = suggest(tiny_labeller, pool, tiny_labeller.classifier.score(pool), 1, seed=0)[0]
    again = [*pool, pool[best], pool[best]]
    scores = tiny_labeller.classifier.score(again)
    everything = suggest(tiny_labeller, again, scores, len(again), seed=0)
    assert len(set(_texts(again, everything))) == len(everything)
    text = pool[best].segment.text
    assert text in _texts(again, everything)
    fresh = suggest(tiny_labeller, again, scores, len(again), seed=0, already={text})
    assert text not in _texts(again, fresh) and len(fresh) == len(everything) - 1


def test_names_do_not_make_a_sentence_another(tiny_labeller: StatementFinder, parsed: object) -> None:
    assert callable(parsed)
    pair = [
        parsed(f"{a} accused {b} on Monday of shelling two border towns with heavy guns.")
        for a, b in (("Kenya", "Somalia"), ("India", "Pakistan"))
    ]
    assert len(suggest(tiny_labeller, pair, tiny_labeller.classifier.score(pair), 2, seed=0)) == 1


def test_all_that_there_is_where_more_is_wanted_and_no_fragments(
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


def test_kinds_of_doubt_by_name() -> None:
    assert [known_doubt(k) for k in KINDS] == list(KINDS)
    with pytest.raises(InputError, match=r"'despair'.*entropy"):
        known_doubt("despair")
