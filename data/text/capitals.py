"""Headlines in capitals, read as if they were in sentence case: "KENYA ACCUSES SOMALIA" as "Kenya accuses
Somalia".
"""

from __future__ import annotations

import re
from functools import cache

from .gazetteer import Gazetteer

# A sentence of fewer words, or of abbreviations alone, may be a name.
MIN_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# Names of bodies that, written in capitals, are more often an ordinary word.
_PLAIN = frozenset({"WHO", "IS", "AS", "IT", "AN", "ALL"})


def is_shouted(text: str) -> bool:
    """Whether a sentence is written in capitals throughout."""
    words = _WORD.findall(text)
    long = [w for w in words if len(w) > 3]
    return len(words) >= MIN_WORDS and len(long) >= 2 and sum(w.isupper() for w in words) >= 0.9 * len(words)


@cache
def _spellings(gazetteer: Gazetteer) -> dict[str, list[tuple[str, str]]]:
    """Names by their first word in capitals: (in capitals, as they are written), longest first."""
    out: dict[str, list[tuple[str, str]]] = {}
    for party in gazetteer.parties.values():
        people = [f"{d}s" for d in party.demonyms if d.endswith("n")]
        for alias in (*party.names, *party.demonyms, *people, *party.places):
            loud = alias.upper()
            first = _WORD.search(loud)
            if first and first.start() == 0 and len(loud) == len(alias) and loud not in _PLAIN:
                out.setdefault(first[0], []).append((loud, alias))
    for entries in out.values():
        entries.sort(key=lambda e: (-len(e[0]), e[1].isupper()))
    return out


def sentence_case(text: str, gazetteer: Gazetteer) -> str:
    """A sentence in capitals with known names as they are written and all other words in lower case; the
    length does not change.
    """
    spellings = _spellings(gazetteer)
    out: list[str] = []
    at = 0
    for word in _WORD.finditer(text):
        if word.start() < at:
            continue
        bare = re.sub(r"'S?$", "", word[0])
        for loud, alias in [*spellings.get(word[0], ()), *spellings.get(bare, ())]:
            end = word.start() + len(loud)
            if text.startswith(loud, word.start()) and not text[end : end + 1].isalnum():
                new = alias
                break
        else:
            end = word.end()
            new = "".join(c.lower() if len(c.lower()) == 1 else c for c in word[0])
        out += [text[at : word.start()], new]
        at = end
    quiet = "".join([*out, text[at:]])
    first = _WORD.search(quiet)
    if first is None or len(quiet[first.start()].upper()) != 1:
        return quiet
    return quiet[: first.start()] + quiet[first.start()].upper() + quiet[first.start() + 1 :]
