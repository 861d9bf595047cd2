"""Where the article names the parties to which pronouns and quotations refer."""

from __future__ import annotations

import pytest
from stancewire.data.identities.resolver import IdentityResolver
from stancewire.data.record import NamedIn, Party
from stancewire.data.text.analysis import analyse
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.segmentation.sentences import segment
from stancewire.training.decoding.decisions import FoundStatement
from stancewire.training.decoding.parties import party_of, scored_statement

CASES = [
    # text, the sentence, the pronoun (None: the unnamed speaker), the words that name its party
    ("Kenya accused Somalia of a raid. It urged Somalia to leave.", 1, "It", "Kenya"),
    ("Kenya, which blames Somalia for the raid, urged calm.", 0, "which", "Kenya"),
    ("Jonas Verbeke spoke to reporters. He urged Kenya to leave.", 1, "He", "Jonas Verbeke"),
    ("“They must leave,” Kenya said. “Somalia broke the truce.”", 1, None, "Kenya"),
    ("Kenya protested. “We want peace,” Jonas Verbeke said. “Stop firing.”", 2, None, "Jonas Verbeke"),
    ("Jonas Verbeke spoke. He was tired. He urged Kenya to leave.", 2, "He", "Jonas Verbeke"),
]


def _named_in(text: str, n: int, word: str | None) -> NamedIn | None:
    sentences = analyse(segment(text), gazetteer())
    sentence = sentences[n]
    spans = {
        None if m.head < 0 else sentence.segment.text[slice(*(sentence.span(m) or ()))]: m
        for m in sentence.mentions
    }
    return party_of(spans[word], n, IdentityResolver(sentences), range(len(sentences))).named_in


@pytest.mark.parametrize(("text", "n", "word", "name"), CASES)
def test_a_reference_is_linked_to_the_name(text: str, n: int, word: str | None, name: str) -> None:
    found = _named_in(text, n, word)
    assert found is not None and text[found.start : found.end] == name
    sentence = segment(text)[found.sentence]
    assert sentence.start <= found.start < found.end <= sentence.end


def test_a_reference_to_nobody_is_not_linked() -> None:
    assert _named_in("It rained. They must stop the shelling.", 1, "They") is None


def test_a_named_party_is_not_linked() -> None:
    assert _named_in("Kenya urged Somalia to leave.", 0, "Kenya") is None


def test_the_sentence_of_a_name_is_that_of_the_record() -> None:
    first, second = analyse(
        segment("Kenya accused Somalia of a raid. It urged Somalia to leave."), gazetteer()
    )
    it = next(m for m in second.mentions if m.kind == "pronoun")
    # With known pairs, a sentence is there once per pair; the record has it once.
    party = party_of(it, 2, IdentityResolver([first, first, second]), [0, 0, 1])
    assert party.named_in == NamedIn(sentence=0, start=0, end=5)


def actor_id(actor: tuple[str, str], target: tuple[str, str]) -> str | None:
    """The identity of a statement's actor; both parties are pairs of an identity and its evidence."""
    parties = {
        n: Party.model_validate({"text": "x", "start": n, "end": n + 1, "id": id, "evidence": evidence})
        for n, (id, evidence) in enumerate((actor, target))
    }
    return scored_statement(FoundStatement("blame", 0.9, 0, 1), 0, parties).actor.id


def test_two_sides_may_blame_each_other() -> None:
    assert actor_id(("KEN+SOM", "guess"), ("KEN+SOM", "guess")) == "KEN+SOM"


def test_a_guess_that_an_actor_is_its_own_target_is_dropped() -> None:
    assert actor_id(("SOM", "guess"), ("SOM", "table")) == "OTHER"
    assert actor_id(("KEN+SOM", "guess"), ("SOM", "table")) == "OTHER"
    assert actor_id(("SOM", "table"), ("SOM", "table")) == "SOM"
