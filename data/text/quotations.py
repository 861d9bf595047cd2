"""Quotations of a paragraph: which mark opens, which closes, and what is within. All callers use the same
state machine.

`canonical_marks` writes the outer quotations of each paragraph as “ ”, those within them as ‘ ’, and every
other mark as an apostrophe. After that the marks alone say where quotations are: see `quoted_ranges`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_MARK = re.compile("[“”„‟\"«»「」『』〝〞〟‘’‚'‹›]")
_OPENING = frozenset("“„‟«「『〝‹")
_CLOSING = frozenset("”»」』〞〟›")
_SINGLE = frozenset("‘’‚'")
# What may appear before an opening mark and after a closing one, besides spaces.
_BEFORE = frozenset("([{—–-/:;,=|")
_AFTER = frozenset(".,;:!?)]}—–-…/|")
# Words that begin with an apostrophe: 'tis, the '90s, 'em.
_ELISION = re.compile(r"(?:\d0s|\d\d|em|til|tis|twas|cause|bout|n)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Mark:
    """A mark at `at`; `before` and `after` are the nearest characters that are not quotation marks, "" at the
    edges.
    """

    at: int
    sign: str
    before: str
    after: str

    @property
    def seems_open(self) -> bool:
        return (self.before == "" or self.before.isspace() or self.before in _BEFORE) and bool(
            self.after and not self.after.isspace() and self.after not in _AFTER - {"…"}
        )

    @property
    def seems_closed(self) -> bool:
        return bool(self.before and not self.before.isspace() and self.before not in "([{") and (
            self.after == "" or self.after.isspace() or self.after in _AFTER
        )


def _marks(text: str, start: int, end: int) -> list[_Mark]:
    found = [_Mark(m.start(), m[0], "", "") for m in _MARK.finditer(text, start, end)]
    for k, mark in enumerate(found):
        joins = k > 0 and found[k - 1].at == mark.at - 1
        mark.before = found[k - 1].before if joins else text[mark.at - 1 : mark.at] if mark.at > start else ""
    for k in range(len(found) - 1, -1, -1):
        mark = found[k]
        joins = k + 1 < len(found) and found[k + 1].at == mark.at + 1
        mark.after = (
            found[k + 1].after if joins else text[mark.at + 1 : mark.at + 2] if mark.at + 1 < end else ""
        )
    return found


def _double_opens(mark: _Mark, opened_by: str) -> bool:
    """Whether a double mark opens a quotation; `opened_by` is the mark of the open one, "" for none."""
    if mark.sign in _OPENING:
        if opened_by in ("„", "‟", "»", "›"):
            return mark.seems_open  # „German“ and »German« ones close with a mark that opens others
        return not (opened_by and mark.seems_closed and not mark.seems_open)
    if mark.sign in _CLOSING:
        return not opened_by and mark.seems_open
    if mark.seems_open != mark.seems_closed:
        return mark.seems_open
    return not opened_by


def _doubles(marks: Sequence[_Mark]) -> dict[int, bool]:
    """For each double mark, by its number, whether it opens a quotation."""
    out: dict[int, bool] = {}
    opened_by = ""
    for k, mark in enumerate(marks):
        if mark.sign not in _SINGLE:
            out[k] = _double_opens(mark, opened_by)
            opened_by = mark.sign if out[k] else ""
    return out


def _role(mark: _Mark, text: str) -> str:
    """What a single mark may be by its neighbours: "open", "close", "plural" (a possessive or closing),
    "apostrophe".
    """
    if mark.before.isalnum() and mark.after.isalnum():
        return "apostrophe"
    if mark.sign == "‚":
        return "open" if mark.seems_open else "apostrophe"
    if mark.seems_open and mark.sign != "’":
        return "apostrophe" if _ELISION.match(text, mark.at + 1) else "open"
    if mark.sign == "‘" and not mark.seems_closed:
        return "open"
    if mark.seems_closed:
        after = text[mark.at + 1 : mark.at + 3]
        if mark.before in "sS" and after[:1] == " " and after[1:].islower():
            return "plural"
        return "close"
    return "apostrophe"


def _singles(marks: Sequence[_Mark], doubles: dict[int, bool], text: str) -> dict[int, bool]:
    """For each single mark that quotes, whether it opens a quotation.

    The two marks of a pair are on the same side of every double mark, and pairs do not cross.
    """
    out: dict[int, bool] = {}
    # One stack for each open double quotation: openers, each with the last mark that could close it
    # but is more likely a possessive.
    levels: list[list[list[int]]] = [[]]

    def pair(opener: int, closer: int) -> None:
        out[opener], out[closer] = True, False

    def leave(level: list[list[int]]) -> None:
        for opener in level:
            if len(opener) > 1:
                pair(opener[0], opener[1])

    for k, mark in enumerate(marks):
        if k in doubles:
            if doubles[k]:
                levels.append([])
            elif len(levels) > 1:
                leave(levels.pop())
            continue
        role, open_marks = _role(mark, text), levels[-1]
        if role == "open":
            open_marks.append([k])
        elif role == "close" and open_marks:
            pair(open_marks.pop()[0], k)
        elif role == "plural" and open_marks:
            open_marks[-1][1:] = [k]
    for level in levels:
        leave(level)
    return out


def _canonical(text: str, start: int, end: int, characters: list[str]) -> None:
    """Write the canonical marks of one paragraph into `characters`."""
    marks = _marks(text, start, end)
    doubles = _doubles(marks)
    singles = _singles(marks, doubles, text)
    outer = ""  # how the outermost quotation was opened: "double", "single" or not at all
    depth = 0  # of single quotations, below an outer single one
    for k, mark in enumerate(marks):
        opens = doubles.get(k, singles.get(k))
        if opens is None:
            characters[mark.at] = "'"
        elif k in doubles:
            inner = outer == "single"
            characters[mark.at] = ("‘" if opens else "’") if inner else ("“" if opens else "”")
            if not inner:
                outer = "double" if opens else ""
        elif outer == "double":
            characters[mark.at] = "‘" if opens else "’"
        else:
            depth += 1 if opens else -1
            outermost = depth == 1 if opens else depth == 0
            characters[mark.at] = ("“" if opens else "”") if outermost else ("‘" if opens else "’")
            outer = "single" if depth else ""


def canonical_marks(text: str, paragraphs: Sequence[tuple[int, int]]) -> str:
    """The text with its quotation marks in canonical form; its length does not change.

    Args:
        paragraphs: stretches of the text, in order: a quotation does not run from one into the next.
    """
    if not _MARK.search(text):
        return text
    characters = list(text)
    for start, end in paragraphs:
        _canonical(text, start, end, characters)
    return "".join(characters)


def quoted_ranges(text: str, inside: bool = False) -> list[tuple[int, int]]:
    """Where the outer quotations of a paragraph or sentence are, in order, from each opening mark up to its
    closing one.

    An unclosed one ends with the text. An opening mark within one, as at the start of a paragraph that
    continues a quotation, does not begin another.

    Args:
        text: with canonical marks.
        inside: whether a quotation is open where it begins.
    """
    out: list[tuple[int, int]] = []
    start = 0 if inside else -1
    for found in re.finditer("[“”]", text):
        if found[0] == "“" and start < 0:
            start = found.start()
        elif found[0] == "”" and start >= 0:
            out.append((start, found.start()))
            start = -1
    if start >= 0:
        out.append((start, len(text)))
    return out


def is_quoted(ranges: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a character is within one of the ranges of `quoted_ranges`."""
    i = bisect_right(ranges, at, key=lambda r: r[0]) - 1
    return i >= 0 and at < ranges[i][1]


def wholly_quoted(text: str, ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether all words of a sentence are within quotations, so that its speaker is named elsewhere."""
    at, outside = 0, []
    for start, end in ranges:
        outside.append(text[at:start])
        at = end
    outside.append(text[at:])
    return any(c.isalnum() for c in text) and not any(c.isalnum() for part in outside for c in part)
