"""Both kinds of labeller: from texts to records."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.decoding.document import Document
from stancewire.training.decoding.stance_chooser import StanceChooser
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.examples.dataset import analyse_articles
from stancewire.training.examples.known_pairs import known_pairs
from stancewire.training.explanation import explain
from stancewire.training.fit import fit_labeller
from stancewire.training.settings import LinearSettings

TEXT = "Kenya accused Somalia of shelling the town. It rained on Monday. Somalia urged Kenya to withdraw."
SENTENCE = "Kenya accused Somalia of shelling the town."


@pytest.fixture(scope="module")
def chooser(tiny: list[Article], codebook: Codebook) -> StanceChooser:
    names, cache = gazetteer(), ParseCache()
    train, validation = (
        known_pairs(analyse_articles([a for a in tiny if a.split == s], names, codebook, cache), codebook)
        for s in ("train", "validation")
    )
    labeller = fit_labeller(train, validation, codebook, names, LinearSettings(), mentions="known")
    assert isinstance(labeller, StanceChooser)
    return labeller


def test_a_record_has_its_metadata_and_the_name_of_the_model(tiny_labeller: StatementFinder) -> None:
    record = tiny_labeller.label(TEXT, id="a", source="a.txt", title="A")
    assert (record.id, record.source, record.title, record.model) == ("a", "a.txt", "A", None)
    tiny_labeller.name = "stancewire/7"
    try:
        assert tiny_labeller.label(TEXT).model == "stancewire/7"
    finally:
        tiny_labeller.name = None


def test_the_keys_of_a_record_are_in_the_order_of_the_contract(tiny_labeller: StatementFinder) -> None:
    raw = json.loads(json.dumps(tiny_labeller.label(TEXT, min_score=0.05).to_dict()))
    first = ["id", "source", "title", "model", "sentences", "statements", "text_sha256", "also_in"]
    assert list(raw) == [*first, "outlet", "date", "date_original", "url", "author", "language"]
    assert list(raw["sentences"][0]) == ["start", "end", "text", "labels"]
    assert list(raw["statements"][0]) == ["sentence", "stance", "score", "actor", "target"]
    assert list(raw["statements"][0]["actor"]) == ["text", "start", "end", "id", "evidence", "named_in"]


@pytest.mark.parametrize("batch_size", [1, 2, 32])
def test_pipe_returns_the_same_records_as_label(
    tiny_labeller: StatementFinder, tiny: list[Article], batch_size: int
) -> None:
    articles = [a for a in tiny if a.split != "train"]
    documents = (Document(a.text, id=a.doc_id) for a in articles)
    together = list(tiny_labeller.pipe(documents, batch_size, min_score=0.2))
    assert together == [tiny_labeller.label(a.text, id=a.doc_id, min_score=0.2) for a in articles]


def test_pipe_reads_texts_lazily(tiny_labeller: StatementFinder) -> None:
    read = []

    def texts() -> Iterator[str]:
        for n in range(6):
            read.append(n)
            yield TEXT if n % 2 else ""

    records = tiny_labeller.pipe(texts(), batch_size=2)
    assert next(records).sentences == ()
    assert read == [0, 1]
    assert len(list(records)) == 5


def test_a_known_pair_gets_one_stance(chooser: StanceChooser) -> None:
    [statement] = chooser.choose(SENTENCE, "Kenya", "Somalia").statements
    assert statement.stance in chooser.codebook.stance_names and 0 < statement.score <= 1
    assert (statement.actor.text, statement.actor.id) == ("Kenya", "KEN")
    assert statement.target is not None and statement.target.id == "SOM"
    pairs = [Document(SENTENCE, "a", actor="Kenya", target="Somalia"), Document(SENTENCE, "b", actor="Kenya")]
    first, second = chooser.pipe(pairs)
    assert first == chooser.label(SENTENCE, id="a", actor="Kenya", target="Somalia")
    assert second.statements[0].target is None


def test_stance_probabilities_add_up_to_one(chooser: StanceChooser, tiny: list[Article]) -> None:
    [sentence] = chooser.analyse(Document(SENTENCE, actor="Kenya", target="Somalia"))
    probabilities = chooser.probabilities(chooser.classifier.score([sentence])[0])
    actors = [roles.actor for roles in chooser.codebook.stance_roles]
    assert probabilities[0, actors].sum() == pytest.approx(1.0)


def test_a_chooser_needs_a_pair_that_is_in_the_sentence(chooser: StanceChooser) -> None:
    with pytest.raises(InputError, match=r"known pair.*\"actor\" and \"target\""):
        chooser.label(SENTENCE, id="a")
    with pytest.raises(InputError, match="'Chad' is not in the sentence"):
        chooser.label(SENTENCE, actor="Chad", target="Somalia")


def test_a_choice_is_explained_by_words(chooser: StanceChooser) -> None:
    [why] = explain(chooser, SENTENCE, actor="Kenya", target="Somalia")
    assert (why.actor, why.target) == ("Kenya", "Somalia") and why.reasons
    assert any(weight for *_, weight in why.words)
