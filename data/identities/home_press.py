"""The state whose press an article comes from, and what that press says without naming the state.

An American article need not say whose Secretary of State or Congress it means, and a British one need not
say whose Home Secretary. `home_press.toml` lists such words by state. It does not name officeholders: such
lists go out of date.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# A single sign may be a passing mention.
MIN_SIGNS = 2
# Bodies that many states have, so that their names do not show which state is meant.
_SHARED_BODIES = frozenset({"congress", "senate", "house", "presidency", "cabinet", "commons"})


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """A pattern that matches any of these words, not within another word or right after a dot."""
    if not words:
        return re.compile(r"(?!)")
    alternatives = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w.])(?:{alternatives})(?!\w)")


@dataclass(frozen=True, slots=True)
class HomePress:
    """What the press of one state says without naming it; `home_press.toml` explains the fields."""

    state: str
    signs: re.Pattern[str]
    seats: re.Pattern[str]
    offices: re.Pattern[str]
    partisans: re.Pattern[str]
    spellings: re.Pattern[str]
    leaders: frozenset[str]
    absent: frozenset[str]
    bodies: frozenset[str]


@cache
def home_presses() -> tuple[HomePress, ...]:
    """The states of `home_press.toml`."""
    raw = tomllib.loads((Path(__file__).parent / "home_press.toml").read_text(encoding="utf-8"))
    return tuple(
        HomePress(
            state,
            _any_of(words["signs"]),
            _any_of(words["seats"]),
            _any_of(words["offices"]),
            _any_of(words["partisans"]),
            _any_of(words["spellings"]),
            frozenset(words["leaders"]),
            frozenset(words["absent"]),
            frozenset(words["bodies"]),
        )
        for state, words in raw.items()
    )


def _most_frequent(text: str, patterns: Callable[[HomePress], Sequence[re.Pattern[str]]]) -> HomePress | None:
    """The press whose patterns match most often; None if fewer than `MIN_SIGNS` times."""
    counts = (sum(len(p.findall(text)) for p in patterns(press)) for press in home_presses())
    count, press = max(zip(counts, home_presses(), strict=True), key=lambda x: x[0])
    return press if count >= MIN_SIGNS else None


def home_press(text: str) -> HomePress | None:
    """The press that an article comes from; None if its words do not show it."""
    return _most_frequent(text, lambda press: [press.signs])


def government_named(text: str) -> HomePress | None:
    """The state with most signs and seats of power ("the White House") in an article; None if too few."""
    return _most_frequent(text, lambda press: [press.signs, press.seats])


def only_candidate(text: str) -> HomePress | None:
    """The press of the only state of which an article has a sign, seat of power or spelling."""
    found = [p for p in home_presses() if any(x.search(text) for x in (p.signs, p.seats, p.spellings))]
    return found[0] if len(found) == 1 else None


def state_of_office(words: str) -> str | None:
    """The only state that has an office of this name ("Secretary of State"); None for other offices."""
    return next((press.state for press in home_presses() if press.offices.search(words)), None)


def state_of_government_noun(lemma: str) -> str | None:
    """The only state whose press calls its government this, as in "the Reed administration"; else None."""
    return next((press.state for press in home_presses() if lemma in press.bodies - _SHARED_BODIES), None)


@dataclass(frozen=True, slots=True)
class ArticlePress:
    """What can be inferred from the country of the article's outlet.

    Attributes:
        home: the press that the article comes from.
        titles: the state whose officials the article calls by their titles alone ("the president").
        likely: the same, or a guess from a single sign; only for the titles and names of leaders.
    """

    home: HomePress | None
    titles: HomePress | None
    likely: HomePress | None = None

    @classmethod
    def of(cls, text: str) -> ArticlePress:
        """Read it from the text of the article."""
        home = home_press(text)
        titles = home or government_named(text)
        return cls(home, titles, titles or only_candidate(text))

    def is_partisan(self, words: str) -> bool:
        """Whether these words describe a member of a party or parliament: "Sen.", "House Republicans".

        They speak for their party or for themselves, not for the state.
        If the article's home is unknown, only words that a single press uses count ("a Tory backbencher").
        """
        if self.home:
            return self.home.partisans.search(words) is not None
        return any(press.partisans.search(words) and press.signs.search(words) for press in home_presses())
