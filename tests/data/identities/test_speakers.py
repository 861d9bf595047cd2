"""Who speaks in the turns of a transcript."""

from __future__ import annotations

from collections.abc import Callable

from stancewire.data.identities.resolver import IdentityResolver
from stancewire.data.text.analysis import AnalysedSentence

Read = Callable[[str], list[AnalysedSentence]]


def test_an_office_as_the_label_of_a_turn_is_that_of_the_press(read: Read) -> None:
    """The title names no party, and so says nothing about the host."""
    text = (
        "Remarks on the ceasefire\n\n"
        "THE PRESIDENT: Republicans and Democrats in Congress agree on this.\n\n"
        "QUESTION: When will they act?\n\n"
        "THE PRESIDENT: They should act soon."
    )
    sentences = read(text)
    [n] = [k for k, s in enumerate(sentences) if "Republicans" in s.segment.text]
    [speaker] = [m for m in sentences[n].mentions if m.head < 0]
    assert IdentityResolver(sentences).resolve(n, speaker) == "USA"
