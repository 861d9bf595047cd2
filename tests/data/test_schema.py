"""The corpus schema: spans, short forms, and invalid values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stancewire.data.annotation.corpus import parse_article
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article, Sentence, occurrences


def article(**sentence: Any) -> dict[str, Any]:
    return {
        "doc_id": "a",
        "sentences": [{"text": "Iranian jets hit Iran, Iran said; they lied.", **sentence}],
    }


def parsed(raw: Any, codebook: Codebook | None = None) -> Article:
    return parse_article(json.dumps(raw), "f.jsonl:7", codebook)


def statement(**fields: Any) -> dict[str, Any]:
    return article(statements=[{"stance": "blame", **fields}])


def test_only_doc_id_and_sentences_are_required() -> None:
    read = parsed({"doc_id": "a", "sentences": [{"text": "Calm held."}]})
    assert (read.doc_id, read.split, read.conflict, read.language) == ("a", None, None, "en")
    assert read.sentences[0] == Sentence(text="Calm held.", para=False, labels=(), statements=())


def test_a_plain_substring_is_its_first_occurrence_as_whole_words() -> None:
    first = parsed(statement(actor="Iran", target="they")).sentences[0].statements[0]
    assert first.actor is not None and first.target is not None
    assert (first.actor.start, first.actor.end) == (17, 21)  # not the "Iran" of "Iranian", not the second one
    assert (first.target.text, first.target.start) == ("they", 34)


@pytest.mark.parametrize("words", ["Ira(n", "said;", "they lied."])
def test_a_substring_may_contain_punctuation(words: str) -> None:
    raw = {
        "doc_id": "a",
        "sentences": [
            {"text": "Ira(n said; they lied.", "statements": [{"stance": "blame", "actor": words}]}
        ],
    }
    actor = parsed(raw).sentences[0].statements[0].actor
    assert actor is not None
    assert "Ira(n said; they lied."[actor.start : actor.end] == words


def test_loaded_true_adds_the_label_of_that_name() -> None:
    assert parsed(article(loaded=True)).sentences[0].labels == ("loaded",)
    assert parsed(article(loaded=False)).sentences[0].labels == ()


def test_a_label_given_in_both_forms_is_not_duplicated() -> None:
    assert parsed(article(loaded=True, labels=["loaded"])).sentences[0].labels == ("loaded",)


@pytest.mark.parametrize(
    ("raw", "field", "words"),
    [
        ({"sentences": [{"text": "x"}]}, "doc_id", "required"),
        ({"doc_id": "a", "sentences": []}, "sentences", "at least 1"),
        ({"doc_id": "a", "sentences": [{"text": ""}]}, "sentences.0.text", "at least 1"),
        ({"doc_id": "a", "sentences": [{"text": "x"}], "outlett": "BBC"}, "outlett", "not permitted"),
        ({"doc_id": "a", "sentences": [{"text": "x"}], "split": "dev"}, "split", "train, validation or test"),
        (article(lables=["loaded"]), "sentences.0.lables", "not permitted"),
        (article(labels=["angry"]), "sentences.0.labels", "codebook has loaded"),
        (statement(stance="praise"), "sentences.0.statements.0.stance", "blame, ceasefire_claim, appeal"),
        (statement(actor_id="Iran"), "sentences.0.statements.0.actor_id", "capitals"),
        (statement(target_id="USA+IRN"), "sentences.0.statements.0.target_id", "alphabetical"),
        (statement(actor="Syria"), "sentences.0", "'Syria' is not in its sentence"),
        (statement(actor=""), "sentences.0", "not in its sentence"),
        (statement(actor={"text": "Iran", "start": 16, "end": 20}), "sentences.0", "' Ira'"),
        (statement(actor={"text": "Iran", "start": 17}), "sentences.0.statements.0.actor.end", "required"),
        (
            statement(actor={"text": "Iran", "start": -1, "end": 3}),
            "sentences.0.statements.0.actor.start",
            "greater",
        ),
        ([1, 2], "article", "dictionary"),
    ],
)
def test_errors_name_the_location_and_the_field(raw: Any, field: str, words: str, codebook: Codebook) -> None:
    with pytest.raises(InputError) as error:
        parsed(raw, codebook)
    assert str(error.value).startswith(f"f.jsonl:7: {field}: ")
    assert words in str(error.value)
    assert error.value.hint
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "raw",
    [
        article(loaded=True, labels=3),
        article(loaded="no"),
        article(statements=3),
        article(statements=["x"]),
        article(statements={"stance": "blame"}),
    ],
    ids=[
        "labels a number",
        "loaded a word",
        "statements a number",
        "a statement a word",
        "statements a mapping",
    ],
)
def test_values_of_a_wrong_type_are_refused(raw: Any) -> None:
    with pytest.raises(InputError, match="sentences"):
        parsed(raw)


def test_deeply_nested_json_is_refused() -> None:
    with pytest.raises(InputError, match="f:1"):
        parse_article("[" * 100_000, "f:1")


def test_identities_may_join_several_parties() -> None:
    read = parsed(statement(actor_id="ARM+AZE", target_id="M23")).sentences[0].statements[0]
    assert (read.actor_id, read.target_id) == ("ARM+AZE", "M23")


def test_the_text_joins_sentences_by_paragraph() -> None:
    sentences = [{"text": "Head", "para": True}, {"text": "One.", "para": True}, {"text": "Two."}]
    assert parsed({"doc_id": "a", "sentences": sentences}).text == "Head\n\nOne. Two."


def test_without_a_codebook_any_stance_is_valid() -> None:
    assert parsed(statement(stance="praise")).sentences[0].statements[0].stance == "praise"


def test_occurrences_are_whole_words_and_may_overlap() -> None:
    assert occurrences("Iranian jets hit Iran, Iran said", "Iran") == [17, 23]
    assert occurrences("ha ha ha", "ha ha") == [0, 3]
    assert occurrences("Calm held.", "") == []
