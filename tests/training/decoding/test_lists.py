"""Members of a list take a stance together; a pronoun and the words that it refers to are one actor."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from stancewire.data.record import NamedIn, Party
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.mentions import apposed, coordinated
from stancewire.training.decoding.decisions import FoundStatement
from stancewire.training.decoding.lists import lists, shared_in_lists
from stancewire.training.decoding.statement_finder import StatementFinder

Parsed = Callable[[str], AnalysedSentence]


def words(sentence: AnalysedSentence) -> list[str]:
    return [sentence.segment.text[slice(*(sentence.span(m) or (0, 0)))] for m in sentence.mentions]


def with_first(text: str, parsed: Parsed) -> set[str]:
    """The mentions that are in one list with the first one."""
    sentence = parsed(text)
    first = sentence.mentions[0]
    return {
        w
        for w, m in zip(words(sentence), sentence.mentions, strict=True)
        if m != first and coordinated(sentence.parse, first, m)
    }


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Gabon, Angola and Congo told the junta to step down.", {"Angola", "Congo"}),
        ("The bishop, the mayor and the imam said the police had fired.", {"the mayor", "the imam"}),
        ("Gabon, along with Angola and Congo, told the junta to leave.", {"Angola", "Congo"}),
        ("Gabon, together with Angola, called for calm.", {"Angola"}),
        ("Gabon, Angola accuse junta of treachery", {"Angola"}),
    ],
)
def test_members_of_a_list(parsed: Parsed, text: str, others: set[str]) -> None:
    assert with_first(text, parsed) == others


@pytest.mark.parametrize(
    "text",
    [
        "Gabon's envoy, a former judge, urged restraint.",
        "Gabon's envoy, a former judge and diplomat, urged restraint.",
        "Gabon's defence minister, Kofi Mensah, urged restraint.",
        "The army chief, General Issa Barre and his deputy accused the rebels of a raid.",
    ],
)
def test_an_apposition_is_not_a_list(parsed: Parsed, text: str) -> None:
    assert with_first(text, parsed) == set()


def test_a_member_of_a_list_is_not_an_apposition(parsed: Parsed) -> None:
    sentence = parsed("The bishop, the mayor and the imam said the police had fired.")
    bishop, mayor = sentence.mentions[:2]
    assert not apposed(sentence.parse, bishop, mayor)


def test_members_share_the_highest_probability_unless_their_own_is_low(parsed: Parsed) -> None:
    sentence = parsed("Gabon, Angola and Congo told the junta to step down.")
    at = {w: i for i, w in enumerate(words(sentence))}
    before = np.full(len(sentence.mentions), 0.3)
    before[at["Gabon"]], before[at["Congo"]] = 0.9, 0.01
    after = shared_in_lists(lists(sentence), before)
    assert after[at["Gabon"]] == after[at["Angola"]] == 0.9
    assert after[at["Congo"]] == 0.01 and after[at["the junta"]] == 0.3
    assert before[at["Angola"]] == 0.3, "the argument is not changed"


def test_a_pronoun_and_the_words_that_it_refers_to_take_a_stance_once(tiny_labeller: StatementFinder) -> None:
    """ "The militia said it had agreed": neither has an identity by which to see that they are one."""
    militia = Party(text="The militia", start=0, end=11, id="OTHER")
    named = NamedIn(sentence=0, start=0, end=11)
    it = Party(text="it", start=17, end=19, id="OTHER", named_in=named)
    rebels = Party(text="the rebels", start=30, end=40, id="OTHER")
    found = [
        FoundStatement("ceasefire_claim", 0.6, 0, None),
        FoundStatement("ceasefire_claim", 0.7, 1, None),
        FoundStatement("ceasefire_claim", 0.5, 2, None),
        FoundStatement("appeal", 0.5, 0, None),
    ]
    assert tiny_labeller._distinct(found, {0: militia, 1: it, 2: rebels}) == found[1:]
