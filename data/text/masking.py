"""Names must not matter: every known name is replaced before the parse.

The first party of a sentence becomes Russia, Russian, Moscow; the second Germany, German, Berlin; and so on,
whoever
they are. Two articles that differ only in who is who have one masked text, so one parse and one set of
features.
(Unmasked, swapping the sides' names changed the parse itself in 15 % of trial sentences.)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .gazetteer import Name
from .handles import SIGN

STATE = (
    ("Russia", "Russian", "Russians", "Moscow"),
    ("Germany", "German", "Germans", "Berlin"),
    ("Egypt", "Egyptian", "Egyptians", "Cairo"),
    ("Canada", "Canadian", "Canadians", "Ottawa"),
    ("Italy", "Italian", "Italians", "Rome"),
    ("Australia", "Australian", "Australians", "Canberra"),
    ("Cuba", "Cuban", "Cubans", "Havana"),
    ("Norway", "Norwegian", "Norwegians", "Oslo"),
)
BODY = ("NATO", "Hamas", "OPEC", "Hezbollah", "UNESCO", "ASEAN", "Interpol", "Fatah")
PLACEHOLDERS = frozenset(w for row in STATE for w in row) | frozenset(BODY)
_PLAIN = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‘": "'",
        "’": "'",
        "\u00a0": " ",
        "\n": " ",
        "\t": " ",
    }
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked sentence and the way back: `cuts` are (masked start, original start, masked end, original end)
    of each name.
    """

    text: str
    cuts: tuple[tuple[int, int, int, int], ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original sentence that a masked stretch stands for; a name stays whole."""
        return self._map(start, False), self._map(end, True)

    def _map(self, at: int, is_end: bool) -> int:
        i = bisect_right(self.cuts, at - is_end, key=lambda c: c[0]) - 1
        if i < 0:
            return at
        masked_start, start, masked_end, end = self.cuts[i]
        if masked_start <= at - is_end < masked_end:
            return end if is_end else start
        return end + at - masked_end


# Spellings that the tokenizer would take apart.
_SPELLINGS = re.compile(r"\b([Cc])ease-(fires?)\b")


def _pieces(plain: str, names: Sequence[Name], lead: int) -> Iterator[tuple[int, int, str]]:
    """(start, end, replacement) of the lead, of names, of the signs of handles and of unusual spellings, from
    left to right.
    """
    order: dict[str, int] = {}
    words = [(0, lead, "")] if lead else []
    for name in names:
        n = order.setdefault(name.party.id, len(order))
        row = STATE[n % len(STATE)]
        body = name.form == "name" and name.party.kind != "state"
        words.append(
            (
                name.start,
                name.end,
                BODY[n % len(BODY)] if body else row[("name", "demonym", "people", "place").index(name.form)],
            )
        )
    taken = [(a, b) for a, b, _ in words]
    words += [
        (m.start(), m.end(), new)
        for pattern in (_SPELLINGS, SIGN)
        for m in pattern.finditer(plain)
        if not any(a < m.end() and m.start() < b for a, b in taken)
        for new in ("" if pattern is SIGN else f"{m[1]}ease{m[2]}",)
    ]
    yield from sorted(words)


def mask(text: str, names: Sequence[Name], lead: int = 0) -> Masked:
    """Replace each name by the placeholder of its form; straighten quotation marks; drop the signs of handles
    and tags.

    Args:
        lead: how many characters before the sentence proper (a dateline) are dropped too.
    """
    plain = text.translate(_PLAIN)
    parts: list[str] = []
    cuts: list[tuple[int, int, int, int]] = []
    at = length = 0
    for start, end, word in _pieces(plain, names, lead):
        parts += [plain[at:start], word]
        length += start - at
        cuts.append((length, start, length + len(word), end))
        length += len(word)
        at = end
    parts.append(plain[at:])
    return Masked("".join(parts), tuple(cuts))


_ROWS = {word: (n, k) for n, row in enumerate(STATE) for k, word in enumerate(row)}
_BODIES = {word: n for n, word in enumerate(BODY)}


def renamed(
    masked: Masked, spans: Sequence[tuple[int, int] | None], order: Sequence[int]
) -> tuple[str, list[tuple[int, int] | None]]:
    """The masked text with other stand-ins, the same party the same one throughout: what a model must read
    alike.

    Args:
        spans: stretches of the masked text.
        order: a permutation of the numbers of the stand-ins, as many as `STATE` and `BODY` have.

    Returns:
        The text, and where the spans are in it.
    """
    parts: list[str] = []
    places, shifts, at, shift = [0], [0], 0, 0
    for start, _, end, _ in masked.cuts:
        word = masked.text[start:end]
        if word in _ROWS:
            n, k = _ROWS[word]
            other = STATE[order[n]][k]
        elif word in _BODIES:
            other = BODY[order[_BODIES[word]]]
        else:
            continue
        parts += [masked.text[at:start], other]
        at, shift = end, shift + len(other) - (end - start)
        places.append(end)
        shifts.append(shift)
    # Spans begin and end at the edges of words, so never within a stand-in.
    moved = [
        s and (s[0] + shifts[bisect_right(places, s[0]) - 1], s[1] + shifts[bisect_right(places, s[1]) - 1])
        for s in spans
    ]
    return "".join([*parts, masked.text[at:]]), moved
