"""The linear classifier for known pairs: training, files, explanations, and too few examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from stancewire.data.codebook import Codebook, codebook_named
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.examples.dataset import Analysed, analyse_articles
from stancewire.training.examples.known_pairs import known_pairs
from stancewire.training.linear.pair_classifier import LinearPairClassifier
from stancewire.training.linear.weights import ARRAYS
from stancewire.training.progress import Progress

VERBS = {"blame": "blamed", "appeal": "urged", "ceasefire_claim": "promised a truce to"}
PARTIES = ("Kenya", "Somalia", "Peru", "Chile", "Oman")


def analysed_pairs(
    codebook: Codebook, stances: tuple[str, ...], parties: tuple[str, ...] = PARTIES
) -> Analysed:
    """One pair per stance and party."""
    sentences = [
        {
            "text": f"{a} {VERBS[stance]} {b}.",
            "statements": [
                {"stance": stance, "actor": a, "target": b if stance != "ceasefire_claim" else None}
            ],
        }
        for stance in stances
        for a, b in zip(parties, (*parties[1:], "Iran"), strict=True)
    ]
    without_pair = {"text": "It rained."}
    article = Article.model_validate({"doc_id": "d", "sentences": [*sentences, without_pair]})
    data = analyse_articles([article], gazetteer(), codebook, ParseCache())
    return known_pairs(data, codebook)


def fitted(codebook: Codebook, data: Analysed) -> LinearPairClassifier:
    classifier = LinearPairClassifier(codebook)
    classifier.fit(data, data, Progress())
    return classifier


def stance_logits(classifier: LinearPairClassifier, data: Analysed) -> np.ndarray:
    columns = [classifier.codebook.roles.index(f"{s}:actor") for s in classifier.codebook.stance_names]
    return np.stack([s.roles[0, columns] for s in classifier.score(data.sentences)])


@pytest.mark.parametrize("stances", [tuple(VERBS), ("blame", "appeal"), ("appeal",)])
def test_the_right_stance_has_the_highest_logit(codebook: Codebook, stances: tuple[str, ...]) -> None:
    data = analysed_pairs(codebook, stances)
    found = stance_logits(fitted(codebook, data), data).argmax(axis=1)
    assert [codebook.stance_names[k] for k in found] == [s for s in stances for _ in PARTIES]


def test_a_loaded_classifier_gives_the_same_scores(codebook: Codebook, tmp_path: Path) -> None:
    data = analysed_pairs(codebook, tuple(VERBS))
    classifier = fitted(codebook, data)
    classifier.save(tmp_path)
    loaded = stance_logits(LinearPairClassifier.load(tmp_path, codebook), data)
    assert loaded == pytest.approx(stance_logits(classifier, data), abs=1e-4)
    with pytest.raises(InputError, match=rf"{ARRAYS} cannot be read: pairs\.weights has the wrong shape"):
        LinearPairClassifier.load(tmp_path, codebook_named("plover"))


def test_contributions_add_up_to_the_logit(codebook: Codebook) -> None:
    data = analysed_pairs(codebook, tuple(VERBS))
    classifier = fitted(codebook, data)
    weights = classifier.weigh(data.sentences[0], 0)
    assert [abs(w) for _, w in weights] == sorted((abs(w) for _, w in weights), reverse=True)
    total = sum(w for _, w in weights) + classifier.intercepts[0]
    assert total == pytest.approx(stance_logits(classifier, data)[0, 0])


def test_too_few_pairs_are_an_error(codebook: Codebook) -> None:
    with pytest.raises(InputError, match=r"^training articles: too few sentences: no feature occurs 2 times"):
        fitted(codebook, analysed_pairs(codebook, ("blame",), ("Kenya",)))
    with pytest.raises(InputError, match=r"^training articles: no statement to learn from"):
        fitted(codebook, analysed_pairs(codebook, ()))
