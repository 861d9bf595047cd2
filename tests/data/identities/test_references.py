"""What pronouns and repeated nouns refer to: long chains, and mentions that refer to each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stancewire.data.identities.resolver import IdentityResolver
from stancewire.data.text.analysis import AnalysedSentence

Read = Callable[[str], list[AnalysedSentence]]


def test_references_over_hundreds_of_sentences(read: Read) -> None:
    """Each refers to the one before, and only the last is asked for: that many calls overflow the stack."""
    sentences = read(" ".join(["Kenya and Somalia traded fire.", *["Both sides waited."] * 300]))
    assert len(sentences) == 301
    last = sentences[-1]
    [sides] = [
        m for m in last.mentions if (span := last.span(m)) and last.segment.text[slice(*span)] == "Both sides"
    ]
    assert IdentityResolver(sentences).resolve(300, sides) == "KEN+SOM"


@pytest.mark.parametrize("order", [1, -1])
def test_what_both_sides_say_of_themselves_does_not_depend_on_which_mention_comes_first(
    read: Read, order: int
) -> None:
    sentences = read("Kenya and Somalia traded fire. Both sides said they claimed victory.")
    resolver = IdentityResolver(sentences)
    found = {}
    for mention in sentences[1].mentions[::order]:
        if span := sentences[1].span(mention):
            found[sentences[1].segment.text[slice(*span)]] = resolver.resolve(1, mention)
    assert found["Both sides"] == found["they"] == "KEN+SOM"
