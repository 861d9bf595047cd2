"""What the words beside a person's name tell about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stancewire.data.identities.evidence import Introduction
from stancewire.data.identities.home_press import ArticlePress
from stancewire.data.identities.introductions import IntroductionReader
from stancewire.data.identities.parties import ArticleParties
from stancewire.data.identities.resolver import IdentityResolver
from stancewire.data.text.analysis import AnalysedSentence

Read = Callable[[str], list[AnalysedSentence]]


def introduction(sentences: list[AnalysedSentence], name: str) -> Introduction | None:
    """The introduction of the first mention with this name."""
    press = ArticlePress.of(" ".join(s.segment.text for s in sentences))
    reader = IntroductionReader(sentences, ArticleParties(sentences), press)
    for sentence in sentences:
        for mention in sentence.mentions:
            span = sentence.span(mention)
            if span and sentence.segment.text[span[0] : span[1]] == name:
                return reader.read(sentence, mention)
    raise AssertionError(f"{name!r} is not a candidate")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kenyan Foreign Minister Ann Mbugu left.", Introduction("KEN", offices=("minister",))),
        ("Ann Mbugu, the Kenyan foreign minister, left.", Introduction("KEN", offices=("minister",))),
        ("Ann Mbugu, a shopkeeper, left.", Introduction("OTHER")),
        ("Former Kenyan Foreign Minister Ann Mbugu left.", Introduction("OTHER", partisan=True)),
        ("Ann Mbugu (D-Ohio) left.", Introduction("OTHER", partisan=True)),
        (
            "Kibaki's spokesman, Ann Mbugu, left.",
            Introduction(person_key="kibaki", offices=("spokesman",)),
        ),
        ("Kenya waits. Ann Mbugu left.", None),
    ],
)
def test_each_kind_of_evidence(read: Read, text: str, expected: Introduction | None) -> None:
    assert introduction(read(text), "Ann Mbugu") == expected


def test_a_spokesman_shares_the_identity_of_the_person_represented(read: Read) -> None:
    text = "Kenyan President Mwai Kibaki left. Kibaki's spokesman, Ann Mbugu, urged calm."
    assert _resolved(read(text), "Ann Mbugu") == "KEN"


def test_the_spokesman_of_an_unknown_person_is_other(read: Read) -> None:
    """The key of the person must not leak into the identity."""
    assert _resolved(read("Kibaki's spokesman, Ann Mbugu, urged calm."), "Ann Mbugu") == "OTHER"


def _resolved(sentences: list[AnalysedSentence], name: str) -> str:
    resolver = IdentityResolver(sentences)
    for n, sentence in enumerate(sentences):
        for mention in sentence.mentions:
            span = sentence.span(mention)
            if span and sentence.segment.text[span[0] : span[1]] == name:
                return resolver.resolve(n, mention)
    raise AssertionError(f"{name!r} is not a candidate")
