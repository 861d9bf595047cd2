"""The linear classifier as data on disk, and its weights as explanations."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from stancewire.data.codebook import shipped_codebook
from stancewire.data.errors import InputError
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.linear.classifier import FILE, LinearClassifier
from stancewire.training.linear.head import LinearHead
from stancewire.training.linear.mention_features import SentenceView, mention_features

Parsed = Callable[[str], AnalysedSentence]
TEXTS = (
    "Armenia accused Azerbaijan of shelling the town.",
    "“You must stop the shelling,” he said.",
    "The truce is holding, Georgia said.",
    "It rained.",
)


def test_a_saved_classifier_gives_the_same_scores(
    tiny_labeller: StatementFinder, parsed: Parsed, tmp_path: Path
) -> None:
    sentences = [parsed(t) for t in TEXTS]
    tiny_labeller.classifier.save(tmp_path)
    before, after = (
        tiny_labeller.classifier.score(sentences),
        LinearClassifier.load(tmp_path, shipped_codebook()).score(sentences),
    )
    assert max(float(np.abs(s.roles).max()) for s in before) > 1
    for a, b in zip(before, after, strict=True):
        assert a.roles.shape == b.roles.shape
        assert b.roles == pytest.approx(a.roles, abs=1e-4) and b.labels == pytest.approx(a.labels, abs=1e-4)


def test_one_sentence_scores_alone_as_among_others(tiny_labeller: StatementFinder, parsed: Parsed) -> None:
    sentences = [parsed(t) for t in TEXTS]
    together = tiny_labeller.classifier.score(sentences)
    for sentence, expected in zip(sentences, together, strict=True):
        [alone] = tiny_labeller.classifier.score([sentence])
        assert alone.roles == pytest.approx(expected.roles) and alone.labels == pytest.approx(expected.labels)
    assert tiny_labeller.classifier.score([]) == []


def test_the_file_holds_arrays_and_no_code(tiny_model: Path) -> None:
    from skops.io import get_untrusted_types

    assert get_untrusted_types(file=tiny_model / FILE) == []
    with zipfile.ZipFile(tiny_model / FILE) as archive:
        assert not [n for n in archive.namelist() if n.endswith((".pkl", ".pickle", ".joblib"))]
        assert "pickle" not in json.dumps(json.loads(archive.read("schema.json"))).replace("allow_pickle", "")


def test_a_missing_or_damaged_file_is_said(tmp_path: Path, tiny_model: Path) -> None:
    with pytest.raises(InputError, match=rf"{tmp_path}.*{FILE}"):
        LinearClassifier.load(tmp_path, shipped_codebook())
    (tmp_path / FILE).write_bytes((tiny_model / FILE).read_bytes()[:500])
    with pytest.raises(InputError, match=f"{FILE} cannot be read.*train the model again"):
        LinearClassifier.load(tmp_path, shipped_codebook())


def test_the_verb_is_why(tiny_labeller: StatementFinder, parsed: Parsed, codebook: object) -> None:
    classifier = tiny_labeller.classifier
    assert isinstance(classifier, LinearClassifier)
    sentence = parsed(TEXTS[0])
    view = SentenceView(sentence)
    row = mention_features(view, sentence.mentions[0])
    output = tiny_labeller.codebook.roles.index("blame:actor")
    weights = classifier.roles.weigh(row, output)
    assert [abs(w) for _, w in weights] == sorted((abs(w) for _, w in weights), reverse=True)
    assert any("blame_verb" in f or "accuse" in f for f, w in weights[:20] if w > 0)
    # The weights of what holds, and the intercept, are the score of the first look.
    logit = classifier.roles.logits([row])[0, output]
    assert sum(w for _, w in weights) + classifier.roles.intercepts[output] == pytest.approx(logit, abs=1e-4)


def test_an_output_never_seen_scores_low_and_one_always_seen_high() -> None:
    head = LinearHead(regularisation=1.0, min_count=1)
    rows = [["a"], ["b"], ["a", "b"], ["c"]]
    head.fit(rows, np.array([[0, 1, 1], [0, 1, 0], [0, 1, 1], [0, 1, 0]], dtype=np.int8), seed=0)
    logits = head.logits([["a"], ["never seen"]])
    assert (logits[:, 0] < -5).all() and (logits[:, 1] > 5).all()
    assert logits[0, 2] > logits[1, 2]


def test_rare_features_are_dropped() -> None:
    head = LinearHead(regularisation=1.0, min_count=2)
    head.fit(
        [["often", "once"], ["often"], ["other"], ["other"]],
        np.array([[1], [1], [0], [0]], dtype=np.int8),
        seed=0,
    )
    assert set(head.index) == {"often", "other"}
