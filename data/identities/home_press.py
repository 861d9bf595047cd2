"""The state that an article is written at home in, and what its press says without naming it: `home_press.toml`.

"The Secretary of State", "Sen. Ruth Adler", "Congress": an American article need not say of which state, a British one not
whose Home Secretary. Which officers hold office is nowhere written down.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# So many signs make an article one of that state's press; fewer may be a passing mention.
MIN_SIGNS = 2


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w.])(?:{alternatives})(?!\w)")


@dataclass(frozen=True, slots=True)
class Domestic:
    """What the press of one state says without naming it."""

    state: str
    signs: re.Pattern[str]
    seats: re.Pattern[str]
    offices: re.Pattern[str]
    partisans: re.Pattern[str]
    bodies: frozenset[str]


@cache
def domestic_words() -> tuple[Domestic, ...]:
    """The states of `home_press.toml`."""
    raw = tomllib.loads((Path(__file__).parent / "home_press.toml").read_text(encoding="utf-8"))
    return tuple(
        Domestic(
            state,
            _any_of(x["signs"]),
            _any_of(x["seats"]),
            _any_of(x["offices"]),
            _any_of(x["partisans"]),
            frozenset(x["bodies"]),
        )
        for state, x in raw.items()
    )


def at_home(text: str) -> Domestic | None:
    """The state whose press an article is of; None where it does not show."""
    return _most(text, lambda d: d.signs)


def seats_named(text: str) -> Domestic | None:
    """The state whose seats of power an article names, as the press of other states does too; None where there is none."""
    return _most(text, lambda d: d.seats)


def _most(text: str, pattern: Callable[[Domestic], re.Pattern[str]]) -> Domestic | None:
    n, found = max(((len(pattern(d).findall(text)), d) for d in domestic_words()), key=lambda x: x[0])
    return found if n >= MIN_SIGNS else None


def state_of_office(words: str) -> str | None:
    """The state that alone has an office of this name ("Secretary of State"), whoever writes of it."""
    return next((d.state for d in domestic_words() if d.offices.search(words)), None)


def partisan(words: str) -> bool:
    """Whether somebody is called by words that only one state's press has for members of its parties ("Sen.", "a Tory backbencher")."""
    return any(d.partisans.search(words) and d.signs.search(words) for d in domestic_words())
