"""Parties named by a handle or a tag of social media: "@SomaliMFA", "@_AfricanUnion", "#SouthSudan"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .gazetteer import Gazetteer, Name

# The sign is not part of a name; "desk@example.org" has none.
SIGN = re.compile(r"(?<![\w&/.])[@#]_*(?=[^\W_])")
_WORD = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z])|[A-Z][a-z]+|[A-Z]+|[a-z]+|\d+")
_BODY = re.compile(r"\w+")


def _party_of(handle: str, whole: bool, gazetteer: Gazetteer) -> Name | None:
    """The party that the words of a handle name; all of them must, if `whole`."""
    words = [w if w.isupper() else w.capitalize() for w in _WORD.findall(handle)]
    text = " ".join(words)
    found = gazetteer.find(text)
    if not found or (whole and (found[0].start, found[0].end) != (0, len(text))):
        return None
    # "@ForeignOfficeKE": two letters may stand for a state, and many states have a Foreign Office.
    rest = (text[: found[0].start] + text[found[0].end :]).split()
    if found[0].form == "place" and any(len(w) == 2 for w in rest):
        return None
    return found[0]


def named_by_handle(text: str, gazetteer: Gazetteer, known: Sequence[Name]) -> list[Name]:
    """The parties of the handles and tags of a text, except those that are names as written (`known`).

    A handle may say more than the name (an office, a ministry), a tag may not: "#StopRussia" names no party.
    """
    out = []
    for sign in SIGN.finditer(text):
        body = _BODY.match(text, sign.end())
        if body is None or any(n.start < body.end() and body.start() < n.end for n in known):
            continue
        if (party := _party_of(body[0], "#" in sign[0], gazetteer)) is not None:
            out.append(Name(body.start(), body.end(), party.party, "name"))
    return out
