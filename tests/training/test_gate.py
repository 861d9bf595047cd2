"""The gate: what it looks at, that it needs no parse, and its files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.data.text import analysis
from stancewire.data.text.analysis import AnalysedSentence, UnparsedSentence, prepare
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.parse import Parse
from stancewire.data.text.spacy_parser import ParseCache, parse_sentences
from stancewire.training.decoding.document import Document
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.examples.dataset import Analysed, analyse_articles
from stancewire.training.gate import fitting
from stancewire.training.gate.features import (
    COLUMNS,
    VERSION,
    Words,
    hashed,
    label_features,
    statement_features,
)
from stancewire.training.gate.fitting import fit_gate
from stancewire.training.gate.gate import ABOUT, Gate, GateFile, load_gate
from stancewire.training.serialization import load_model, save_model

TEXT = "Kenya accused Somalia of shelling a border town. The weather was mild. Shops opened at nine."


def gate_for(labeller: StatementFinder, threshold: float, label: str = "") -> Gate:
    """A gate whose only weights are on "accuse" for statements, and on a word for labels."""
    weights, names = np.zeros(COLUMNS), labeller.codebook.label_names
    weights[hashed([iter(["w:accuse"])]).indices] = 100.0
    label_weights = np.zeros((len(names), COLUMNS))
    if label:
        label_weights[:, hashed([iter([f"w:{label}"])]).indices] = 100.0
    thresholds = dict.fromkeys(names, 1.0)
    about = GateFile(threshold=threshold, label_thresholds=thresholds, read=1, recall=1, found_recall=1)
    return Gate(about, weights, 0.0, label_weights, np.full(len(names), 0.0))


def test_only_sentences_that_pass_are_parsed(
    tiny_labeller: StatementFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def counted(texts: Sequence[str], *rest: Any) -> list[Parse]:
        parsed.extend(texts)
        return parse_sentences(texts, *rest)

    monkeypatch.setattr(analysis, "parse_sentences", counted)
    monkeypatch.setattr(tiny_labeller, "gate", gate_for(tiny_labeller, 1.0))
    sentences, scores = tiny_labeller.read(Document(TEXT), gate=True)
    assert [isinstance(s, UnparsedSentence) for s in sentences] == [False, True, True]
    assert [len(s.roles) > 0 for s in scores] == [True, False, False]
    assert len(parsed) == 1 and "accused" in parsed[0]
    assert len(scores[1].labels) == 0 and not tiny_labeller.labels(scores[1])
    record = tiny_labeller.label(TEXT, gate=True)
    assert [s.text for s in record.sentences] == [s.segment.text for s in sentences], "all are in the record"


def test_sentences_that_may_have_a_label_are_read(
    tiny_labeller: StatementFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tiny_labeller.codebook.label_names
    monkeypatch.setattr(tiny_labeller, "gate", gate_for(tiny_labeller, 1.0, label="mild"))
    sentences, scores = tiny_labeller.read(Document(TEXT), gate=True)
    assert [isinstance(s, UnparsedSentence) for s in sentences] == [False, False, True]
    assert [len(s.labels) > 0 for s in scores] == [True, True, False]


def test_a_gate_that_reads_everything_changes_nothing(
    tiny_labeller: StatementFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = tiny_labeller.label(TEXT)
    monkeypatch.setattr(tiny_labeller, "gate", gate_for(tiny_labeller, -1.0))
    assert tiny_labeller.label(TEXT, gate=True) == expected
    monkeypatch.setattr(tiny_labeller, "gate", gate_for(tiny_labeller, 1e6))
    monkeypatch.setattr(tiny_labeller, "use_gate", False)
    assert tiny_labeller.label(TEXT) == expected, "only if asked for"
    assert tiny_labeller.label(TEXT, gate=True).statements == ()
    tiny_labeller.use_gate = True
    assert tiny_labeller.label(TEXT).statements == ()
    assert tiny_labeller.label(TEXT, gate=False) == expected


def test_an_unparsed_sentence_is_parsed_as_any_other(tiny_labeller: StatementFinder) -> None:
    expected = tiny_labeller.analyse(Document(TEXT))
    prepared = prepare([s.segment for s in expected], tiny_labeller.gazetteer)
    for sentence, own in zip(expected, prepared, strict=True):
        late: AnalysedSentence = UnparsedSentence(own, None)
        assert (late.parse, late.mentions, late.quoted) == (
            sentence.parse,
            sentence.mentions,
            sentence.quoted,
        )
        assert (late.names, late.segment, late.masked) == (sentence.names, sentence.segment, sentence.masked)


def test_sentences_are_parsed_together_once(
    tiny_labeller: StatementFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = tiny_labeller.analyse(Document(TEXT))
    prepared = prepare([s.segment for s in expected], tiny_labeller.gazetteer)
    calls: list[int] = []

    def counted(texts: Sequence[str], *rest: Any) -> list[Parse]:
        calls.append(len(texts))
        return parse_sentences(texts, *rest)

    monkeypatch.setattr(analysis, "parse_sentences", counted)
    late = [UnparsedSentence(p, None) for p in prepared]
    UnparsedSentence.parse_together([expected[0], *late[:2]])
    assert [s.mentions for s in late] == [s.mentions for s in expected]
    assert calls == [2, 1]


def test_names_do_not_matter() -> None:
    one, other = (
        set(statement_features(Words(f"The aide {n} blamed the army."))) for n in ("Otieno", "Vasić")
    )
    assert one == other and "w:blame" in one


def test_quoted_words_are_not_the_outlets_own() -> None:
    features = set(label_features(Words('He called it "a brutal massacre" today.')))
    assert "w:today" in features and "w:brutal" not in features


def test_rows_have_length_1_and_may_be_empty() -> None:
    rows = hashed([iter(["a", "b", "b"]), iter([])])
    assert np.sqrt(rows.power(2).sum(axis=1)).ravel().tolist()[0] == pytest.approx([1.0, 0.0])


def test_a_gate_is_restored_and_a_damaged_one_is_refused(
    tiny_labeller: StatementFinder, tmp_path: Path
) -> None:
    labels = tiny_labeller.codebook.label_names
    assert load_gate(tmp_path, labels) is None, "models of earlier releases have none"
    gate = gate_for(tiny_labeller, 1.0)
    gate.save(tmp_path)
    restored = load_gate(tmp_path, labels)
    assert restored is not None and restored.about == gate.about
    assert np.array_equal(restored.weights, gate.weights)
    with pytest.raises(InputError, match="the gate is damaged"):
        load_gate(tmp_path, (*labels, "angry"))
    other = Path(shutil.copytree(tmp_path, tmp_path / "other"))
    about = (other / ABOUT).read_text(encoding="utf-8")
    (other / ABOUT).write_text(about.replace(f'"features": {VERSION}', '"features": 99'), encoding="utf-8")
    assert load_gate(other, labels) is None, "other features are not used"


@pytest.fixture(scope="module")
def splits(tiny: list[Article], codebook: Codebook) -> tuple[Analysed, Analysed]:
    """The training and the validation split of the tiny corpus."""
    train, validation = (
        analyse_articles([a for a in tiny if a.split == split], gazetteer(), codebook, ParseCache())
        for split in ("train", "validation")
    )
    return train, validation


def test_a_gate_is_trained_measured_and_saved_with_its_model(
    tiny_labeller: StatementFinder,
    splits: tuple[Analysed, Analysed],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train, validation = splits
    scores = tiny_labeller.classifier.score(validation.sentences)
    monkeypatch.setattr(fitting, "MIN_POSITIVES", 3)
    gate = fit_gate(tiny_labeller, train, validation, scores)
    assert gate is not None
    read = gate.judge(validation.sentences)
    gold = np.array([bool(s.statements) for s in validation.gold])
    about = gate.about
    assert read[gold].mean() >= fitting.RECALL and about.recall == pytest.approx(read[gold].mean(), abs=1e-3)
    assert set(about.f1) == {"statements", *tiny_labeller.codebook.label_names}
    assert all(about.f1_without[name] - about.f1[name] <= fitting.MAX_LOSS for name in about.f1)
    monkeypatch.setattr(tiny_labeller, "gate", gate)
    save_model(tiny_labeller, tmp_path)
    restored = load_model(tmp_path)
    assert isinstance(restored.gate, Gate) and restored.gate.about == about
    assert np.array_equal(restored.gate.judge(validation.sentences), read)


def test_with_few_statements_there_is_no_gate(
    tiny_labeller: StatementFinder, splits: tuple[Analysed, Analysed], monkeypatch: pytest.MonkeyPatch
) -> None:
    train, validation = splits
    scores = tiny_labeller.classifier.score(validation.sentences)
    monkeypatch.setattr(fitting, "MIN_POSITIVES", 10_000)
    assert fit_gate(tiny_labeller, train, validation, scores) is None


def test_a_gate_that_costs_f1_is_refused(
    tiny_labeller: StatementFinder, splits: tuple[Analysed, Analysed], monkeypatch: pytest.MonkeyPatch
) -> None:
    train, validation = splits
    scores = tiny_labeller.classifier.score(validation.sentences)
    monkeypatch.setattr(fitting, "MIN_POSITIVES", 3)
    monkeypatch.setattr(fitting, "MAX_LOSS", -1.0)
    assert fit_gate(tiny_labeller, train, validation, scores) is None


def test_gated_scores_are_those_of_the_text(
    tiny_labeller: StatementFinder, splits: tuple[Analysed, Analysed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What training measures is what scoring a text does: also for sentences after one that was not read."""
    validation = splits[1]
    gate = gate_for(tiny_labeller, 1.0)
    scores = fitting.gated_scores(tiny_labeller, validation, gate.judge(validation.sentences))
    monkeypatch.setattr(tiny_labeller, "gate", gate)
    compared = 0
    for n, article in enumerate(validation.articles):
        indices = np.flatnonzero(validation.article_of == n).tolist()
        sentences, own = tiny_labeller.read(Document(article.text), gate=True)
        if [s.segment.text for s in sentences] == [validation.sentences[i].segment.text for i in indices]:
            compared += 1
            for i, score in zip(indices, own, strict=True):
                assert np.allclose(scores[i].roles, score.roles)
    assert compared
