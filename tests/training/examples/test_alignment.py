"""Alignment of gold statements with candidate mentions."""

from __future__ import annotations

from collections.abc import Callable

from stancewire.data.codebook import Codebook
from stancewire.data.schema import Sentence
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.training.examples.alignment import align, matched_actors, role_targets

Parsed = Callable[[str], AnalysedSentence]
TEXT = "Armenian Prime Minister Nikol Pashinyan accused Azerbaijan of shelling the town."


def gold(text: str, *statements: dict[str, object]) -> Sentence:
    return Sentence.model_validate({"text": text, "statements": list(statements)})


def words(sentence: AnalysedSentence, index: int | None) -> str | None:
    if index is None or index < 0:
        return None
    span = sentence.span(sentence.mentions[index])
    return sentence.segment.text[slice(*span)] if span else "(speaker)"


def test_actor_and_target_find_their_mentions(parsed: Parsed) -> None:
    sentence = parsed(TEXT)
    [found] = align(
        gold(TEXT, {"stance": "blame", "actor": "Nikol Pashinyan", "target": "Azerbaijan"}), sentence
    )
    assert (found.stance, words(sentence, found.actor), words(sentence, found.target)) == (
        "blame",
        "Nikol Pashinyan",
        "Azerbaijan",
    )


def test_no_target_is_none_and_a_span_without_a_candidate_is_minus_one(parsed: Parsed) -> None:
    sentence = parsed(TEXT)
    [found] = align(gold(TEXT, {"stance": "blame", "actor": "shelling"}), sentence)
    assert found.target is None
    assert found.actor == -1


def test_an_unnamed_actor_is_the_unnamed_speaker_of_a_quotation(parsed: Parsed) -> None:
    text = "“Azerbaijan shelled our village.”"
    sentence = parsed(text)
    [found] = align(
        gold(text, {"stance": "blame", "actor": None, "actor_id": "ARM", "target": "Azerbaijan"}), sentence
    )
    assert words(sentence, found.actor) == "(speaker)"
    assert matched_actors(gold(text, {"stance": "blame", "actor": None}), sentence) == (1, 1)


def test_an_unnamed_actor_has_no_candidate_where_nobody_is_quoted(parsed: Parsed) -> None:
    sentence = parsed(TEXT)
    assert align(gold(TEXT, {"stance": "blame", "actor": None}), sentence)[0].actor == -1
    assert matched_actors(
        gold(TEXT, {"stance": "blame", "actor": None}, {"stance": "blame", "actor": "Nikol Pashinyan"}),
        sentence,
    ) == (1, 2)


def test_training_targets_are_one_only_at_gold_roles(parsed: Parsed, codebook: Codebook) -> None:
    sentence = parsed(TEXT)
    annotated = Sentence.model_validate(
        {
            "text": TEXT,
            "labels": ["loaded"],
            "statements": [
                {"stance": "blame", "actor": "Nikol Pashinyan", "target": "Azerbaijan"},
                {"stance": "appeal", "actor": "Nikol Pashinyan", "target": None},
            ],
        }
    )
    targets = role_targets(annotated, sentence, codebook)
    ones = {(words(sentence, i), codebook.roles[k]) for i, k in zip(*targets.roles.nonzero(), strict=True)}
    assert ones == {
        ("Nikol Pashinyan", "blame:actor"),
        ("Azerbaijan", "blame:target"),
        ("Nikol Pashinyan", "appeal:actor"),
    }
    assert targets.labels.tolist() == [1]
    assert role_targets(gold(TEXT), sentence, codebook).labels.tolist() == [0]


def test_a_long_gold_span_matches_the_mention_of_its_head(parsed: Parsed) -> None:
    text = "The two sides in Libya’s bitter civil war announced an immediate ceasefire."
    sentence = parsed(text)
    [found] = align(
        gold(text, {"stance": "ceasefire_claim", "actor": "The two sides in Libya’s bitter civil war"}),
        sentence,
    )
    assert words(sentence, found.actor) == "The two sides"
