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
        # A description before a rank, and a state before a name.
        ("A Kenyan spokeswoman, Lt. Col. Ann Mbugu, left.", Introduction("KEN", offices=("spokeswoman",))),
        ("Kenya's Ann Mbugu left.", Introduction("KEN")),
        ("Nairobi's Ann Mbugu left.", None),
        ("As secretary of state, Ann Mbugu left.", Introduction("USA", offices=("secretary",))),
        (
            "Ann Mbugu, an adviser to Kibaki, left.",
            Introduction(person_key="kibaki", offices=("adviser",)),
        ),
        # Observers represent a state at an organisation, envoys may represent two organisations.
        ("Ann Mbugu, the Kenyan U.N. observer, left.", Introduction("KEN")),
        (
            "Ann Mbugu, the envoy of the United Nations and the Arab League, left.",
            Introduction("ARAB-LEAGUE+UN", offices=("envoy",)),
        ),
        # A body in no table is not the state that the article names most.
        ("Kenya waits. WXYZ President Ann Mbugu left.", None),
    ],
)
def test_each_kind_of_evidence(read: Read, text: str, expected: Introduction | None) -> None:
    assert introduction(read(text), "Ann Mbugu") == expected


def test_a_spokesman_shares_the_identity_of_the_person_represented(read: Read) -> None:
    text = "Kenyan President Mwai Kibaki left. Kibaki's spokesman, Ann Mbugu, urged calm."
    assert _resolved(read(text), "Ann Mbugu") == "KEN"


def test_an_adviser_shares_the_identity_of_a_person_introduced_elsewhere(read: Read) -> None:
    text = "Ann Mbugu, an adviser to Kibaki, urged calm. Kenyan President Mwai Kibaki left."
    assert _resolved(read(text), "Ann Mbugu") == "KEN"


@pytest.mark.parametrize(
    ("text", "name", "identity"),
    [
        # The ruler of a regime is not of the home press, and needs no other introduction.
        ("Somalia fired. Somalia fled. The Dirir regime blamed Kenya.", "The Dirir regime", "SOM"),
        ("Somalia fired. Somalia fled. Dirir spoke. Dirir's regime blamed rain.", "Dirir", "SOM"),
        ("Somalia fired. Somalia fled. Dirir spoke. The regime of Ali al-Dirir fell.", "Dirir", "SOM"),
        (
            "The White House waits. The administration waits. Somalia fired. President Ali Dirir spoke. "
            "The Dirir regime fell.",
            "Ali Dirir",
            "SOM",
        ),
        # Offices that the state of the press does not have are foreign.
        (
            "The White House waits. The administration waits. Somalia fired. Premier Ali Dirir spoke.",
            "Ali Dirir",
            "SOM",
        ),
        (
            "The White House waits. The administration waits. Somalia fired. President Ann Reed spoke.",
            "Ann Reed",
            "USA",
        ),
        # A single sign of a press suffices for the titles of its leaders.
        ("The U.S. army waits in Somalia. Somalia fired. President Ann Reed spoke.", "Ann Reed", "USA"),
        ("The army waits in Somalia. Somalia fired. President Ann Reed spoke.", "Ann Reed", "SOM"),
        ("The U.S. army waits in Somalia. Somalia fired. General Ann Reed spoke.", "Ann Reed", "SOM"),
        # An ambassador to an organisation represents a state.
        (
            "The White House waits. The administration waits. United Nations Ambassador Ann Reed spoke.",
            "Ann Reed",
            "USA",
        ),
        # Several organisations: a coordinator without one is usually that of the UN.
        (
            "NATO waited. NATO left. The UN urged calm. Coordinator Ann Reed spoke.",
            "Ann Reed",
            "UN",
        ),
    ],
)
def test_titles_without_a_state(read: Read, text: str, name: str, identity: str) -> None:
    assert _resolved(read(text), name) == identity


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
