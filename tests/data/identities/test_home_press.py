"""What the press of a state says without naming the state."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stancewire.data.identities.home_press import (
    ArticlePress,
    government_named,
    home_press,
    state_of_office,
)
from stancewire.data.identities.resolver import IdentityResolver
from stancewire.data.text.analysis import AnalysedSentence

Read = Callable[[str], list[AnalysedSentence]]
AMERICAN = "Republicans in Congress blamed Iran. Sen. Ruth Adler, a Democrat, urged calm. "


@pytest.mark.parametrize(
    ("text", "home", "government"),
    [
        (AMERICAN, "USA", "USA"),
        ("Labour backbenchers and Tory MPs urged the Home Secretary to act.", "GBR", "GBR"),
        ("The White House and the Pentagon urged calm.", None, "USA"),
        ("Kenya accused Somalia of shelling a town.", None, None),
        ("", None, None),
    ],
)
def test_an_article_shows_which_press_it_comes_from(
    text: str, home: str | None, government: str | None
) -> None:
    found, named = home_press(text), government_named(text)
    assert (found.state if found else None, named.state if named else None) == (home, government)


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("The U.S. army left.", "USA"),
        ("Sen. Ruth Adler left.", "USA"),
        ("The US army left.", None),
        ("The White House and Whitehall urged calm.", None),
        (AMERICAN, "USA"),
    ],
)
def test_any_sign_of_one_press_makes_it_likely(text: str, likely: str | None) -> None:
    press = ArticlePress.of(text).likely
    assert (press.state if press else None) == likely


def test_offices_that_only_one_state_has() -> None:
    assert state_of_office("the Secretary of State") == "USA"
    assert state_of_office("the former home secretary") == "GBR"
    assert state_of_office("the foreign minister") is None


def test_partisans_are_recognised_by_words_that_only_one_press_uses() -> None:
    unknown = ArticlePress(None, None)
    assert unknown.is_partisan("Sen.") and unknown.is_partisan("a Tory backbencher")
    assert not unknown.is_partisan("a lawmaker")


def test_where_the_press_is_known_its_own_words_for_partisans_suffice() -> None:
    assert ArticlePress.of(AMERICAN).is_partisan("a lawmaker")


@pytest.mark.parametrize(
    ("text", "words", "identity"),
    [
        # An office without a state, in an American article and in others.
        (AMERICAN + "Secretary of State Dana Whitlow urged Iran to wait.", "Dana Whitlow", "USA"),
        ("Iran shelled a town. Secretary of State Dana Whitlow urged Iran to wait.", "Dana Whitlow", "USA"),
        (AMERICAN + "Iran fired first. President Dana Whitlow urged calm.", "Dana Whitlow", "USA"),
        (AMERICAN + "Iran fired first. Iranian President Hamid Sorush urged calm.", "Hamid Sorush", "IRN"),
        # Partisans speak for their party or for themselves.
        (AMERICAN, "Ruth Adler", "OTHER"),
        (AMERICAN + "Adler blamed Iran.", "Adler", "OTHER"),
        (AMERICAN, "Republicans", "OTHER"),
        (AMERICAN + "Dana Whitlow (R-Ky.) urged calm.", "Dana Whitlow", "OTHER"),
        (AMERICAN + "Former Defense Secretary Dana Whitlow urged calm.", "Dana Whitlow", "OTHER"),
        # A government by the name of its head, whom the article introduces nowhere.
        (AMERICAN + "The Whitlow administration blamed Iran. Whitlow urged calm.", "Whitlow", "USA"),
        (AMERICAN + "Iran fired. The administration urged calm.", "The administration", "USA"),
        # An American article does not introduce its own officials: no state is guessed from the company.
        (AMERICAN + "Whitlow blamed Iran.", "Whitlow", "OTHER"),
        # The staff of an organisation represents it.
        ("Mark Hale, a researcher at Human Rights Watch, urged calm.", "Mark Hale", "HRW"),
        # A relative pronoun has the identity of its antecedent.
        ("Kenyan officials who urged calm left.", "who", "KEN"),
        ("The army praised Somalia, which urged calm.", "which", "SOM"),
        # Names in a list of leaders are not appositions of each other.
        (
            "The talks were led by Kenyan President Ann Mbugu, Somali President Ali Dirir and others. "
            "Mbugu urged calm.",
            "Ann Mbugu",
            "KEN",
        ),
        ("Pro-Russian rebels urged calm.", "Pro-Russian rebels", "DPR+LPR"),
    ],
)
def test_identities_in_the_press_of_a_state(read: Read, text: str, words: str, identity: str) -> None:
    sentences = read(text)
    resolver = IdentityResolver(sentences)
    found = [
        resolver.resolve(n, m)
        for n, s in enumerate(sentences)
        for m in s.mentions
        if (span := s.span(m)) and s.segment.text[span[0] : span[1]] == words
    ]
    assert found and found[0] == identity
