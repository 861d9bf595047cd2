"""Members of a list take a stance together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.mentions import apposed, coordinated
from stancewire.training.decoding.lists import shared_in_lists

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


def test_a_list_shares_the_evidence_of_its_most_probable_member(parsed: Parsed) -> None:
    sentence = parsed("Gabon, Angola and Congo told the junta to step down.")
    at = {w: i for i, w in enumerate(words(sentence))}
    before = np.full(len(sentence.mentions), 0.1)
    before[at["Gabon"]] = 0.9
    after = shared_in_lists(sentence, before)
    assert after[at["Gabon"]] == 0.9 and after[at["the junta"]] == 0.1
    assert before[at["Congo"]] == 0.1, "the argument is not changed"
    assert 0.1 < after[at["Angola"]] == after[at["Congo"]] <= 0.9
