"""Tests of the `Classifier` protocol for all classifiers.

The encoders have random networks; if torch is installed, another one is trained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.mentions import SPEAKER
from stancewire.tests.training.encoder.conftest import random_network
from stancewire.training.classifier import Classifier
from stancewire.training.decoding.decisions import Decisions
from stancewire.training.decoding.pairing import Pairing
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.encoder.classifier import EncoderClassifier, EncoderPairClassifier
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.examples.dataset import Analysed
from stancewire.training.examples.known_pairs import known_pairs
from stancewire.training.linear.pair_classifier import LinearPairClassifier
from stancewire.training.progress import Progress
from stancewire.training.serialization import LOADERS, load_model, save_model
from tokenizers import Tokenizer

Parsed = Callable[[str], AnalysedSentence]
TEXTS = (
    "Armenia accused Azerbaijan of shelling the town.",
    "“You must stop the shelling.”",
    "The truce is holding, Georgia said, while Russia urged both sides to withdraw their heavy guns from the "
    "villages along the line.",
    "It rained.",
)


KINDS = ["linear", "linear choice", "encoder", "encoder choice", "trained encoder"]


@pytest.fixture(scope="session", params=KINDS)
def classifier(request: pytest.FixtureRequest, codebook: Codebook) -> Classifier:
    if request.param == "linear":
        labeller: StatementFinder = request.getfixturevalue("tiny_labeller")
        return labeller.classifier
    if request.param == "linear choice":
        split_of: dict[str, Analysed] = request.getfixturevalue("split_of")
        pairs = {k: known_pairs(v, codebook) for k, v in split_of.items()}
        choice = LinearPairClassifier(codebook)
        choice.fit(pairs["train"], pairs["validation"], Progress())
        return choice
    if request.param in ("encoder", "encoder choice"):
        tokenizer: Tokenizer = request.getfixturevalue("tokenizer")
        kind = EncoderClassifier if request.param == "encoder" else EncoderPairClassifier
        made = kind(EncoderSettings(), codebook)
        made.set_network(random_network(codebook, tokenizer.get_vocab_size()), tokenizer.to_str())
        return made
    folder: Path = request.getfixturevalue("tiny_transformer")
    split_of = request.getfixturevalue("split_of")
    made = EncoderClassifier(EncoderSettings(encoder=str(folder), epochs=2), codebook)
    assert made.fit(split_of["train"], split_of["validation"], Progress()) is None
    return made


def read(classifier: Classifier, parsed: Parsed, texts: Sequence[str] = TEXTS) -> list[AnalysedSentence]:
    """The sentences with the mentions that a classifier scores."""
    sentences = [parsed(t) for t in texts]
    if classifier.kind.endswith("_choice"):
        return [replace(s, mentions=s.mentions[:2] or (SPEAKER,)) for s in sentences]
    return sentences


def test_scores_have_a_row_for_each_mention(
    classifier: Classifier, codebook: Codebook, parsed: Parsed
) -> None:
    sentences = read(classifier, parsed)
    for sentence, scores in zip(sentences, classifier.score(sentences), strict=True):
        n = len(sentence.mentions)
        assert scores.roles.shape == (n, len(codebook.roles))
        assert scores.labels.shape == (len(codebook.labels),)
        assert scores.pairs is None or scores.pairs.shape == (
            n,
            n,
            sum(s.has_target for s in codebook.stances),
        )
    assert classifier.score([]) == []


def test_scores_hardly_depend_on_the_batch(classifier: Classifier, parsed: Parsed) -> None:
    sentences = read(classifier, parsed)
    together = classifier.score(sentences)
    for sentence, expected in zip(sentences, together, strict=True):
        [alone] = classifier.score([sentence])
        # 8-bit layers scale a whole batch, so that a sentence's scores change slightly with the others.
        assert alone.roles == pytest.approx(expected.roles, abs=0.02)
        assert alone.labels == pytest.approx(expected.labels, abs=0.02)


def test_mentions_of_a_sentence_have_different_scores(classifier: Classifier, parsed: Parsed) -> None:
    [scores] = classifier.score(read(classifier, parsed, TEXTS[:1]))
    assert abs(scores.roles[0] - scores.roles[1]).max() > 1e-4


def test_scores_do_not_depend_on_names(classifier: Classifier, parsed: Parsed) -> None:
    swap = {"Armenia": "Kenya", "Azerbaijan": "Somalia", "Georgia": "Peru", "Russia": "Chile"}
    others = [re.sub("|".join(swap), lambda m: swap[m[0]], t) for t in TEXTS]
    for one, other in zip(
        classifier.score(read(classifier, parsed)),
        classifier.score(read(classifier, parsed, others)),
        strict=True,
    ):
        assert other.roles == pytest.approx(one.roles, abs=1e-6) and other.labels == pytest.approx(
            one.labels, abs=1e-6
        )


def test_a_loaded_classifier_scores_the_same(
    classifier: Classifier, codebook: Codebook, parsed: Parsed, tmp_path: Path
) -> None:
    sentences = read(classifier, parsed)
    classifier.save(tmp_path)
    loaded = LOADERS[classifier.kind](tmp_path, codebook)
    for one, other in zip(classifier.score(sentences), loaded.score(sentences), strict=True):
        assert other.roles == pytest.approx(one.roles, abs=1e-4) and other.labels == pytest.approx(
            one.labels, abs=1e-4
        )
    assert {p.suffix for p in tmp_path.iterdir()} <= {".onnx", ".json", ".safetensors"}


def test_missing_and_damaged_files_are_errors(
    classifier: Classifier, codebook: Codebook, tmp_path: Path
) -> None:
    classifier.save(tmp_path)
    files = sorted(tmp_path.iterdir())
    for file in files:
        content = file.read_bytes()
        file.unlink()
        with pytest.raises(InputError, match=f"{re.escape(file.name)} is missing"):
            LOADERS[classifier.kind](tmp_path, codebook)
        file.write_bytes(content[: len(content) // 2])
        with pytest.raises(InputError, match=r"cannot be read.*train the model again"):
            LOADERS[classifier.kind](tmp_path, codebook)
        file.write_bytes(content)


def test_a_labeller_works_with_every_classifier_of_articles(
    classifier: Classifier, codebook: Codebook, tmp_path: Path
) -> None:
    if classifier.kind.endswith("_choice"):
        pytest.skip("it reads known pairs")
    labeller = StatementFinder(classifier, Decisions(), Pairing(), codebook, gazetteer())
    save_model(labeller, tmp_path / "model")
    text = " ".join(TEXTS)
    record = load_model(tmp_path / "model").label(text, id="one", min_score=0.05)
    assert [text[s.start : s.end] for s in record.sentences] == [s.text for s in record.sentences]
    for s in record.statements:
        assert s.stance in codebook.stance_names and 0.05 <= s.score <= 1
        for party in (s.actor, s.target):
            assert not party or party.start is None or text[party.start : party.end] == party.text
    assert record == labeller.label(text, id="one", min_score=0.05)


def test_each_word_has_a_weight(classifier: Classifier, codebook: Codebook, parsed: Parsed) -> None:
    [sentence] = read(classifier, parsed, TEXTS[:1])
    why = classifier.explain(sentence, 0, codebook.stance_roles[0].actor)
    assert len(why.tokens) == len(sentence.parse) and any(why.tokens)
    weights = [abs(weight) for _, weight in why.features]
    assert weights == sorted(weights, reverse=True)


def test_without_checkpoints_it_scores_the_same(classifier: Classifier, parsed: Parsed) -> None:
    sentences = read(classifier, parsed)
    before = classifier.score(sentences)
    classifier.discard_checkpoints()
    assert not classifier.precisions
    for one, other in zip(before, classifier.score(sentences), strict=True):
        assert (one.roles == other.roles).all()
