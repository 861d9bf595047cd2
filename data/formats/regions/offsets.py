"""Spans of annotation tools, converted to characters, whatever the tool counted.

Browsers count UTF-16 code units, in which an emoji is two; brat and browsers count a Windows line end as one.
Exports do not say so. Of the ways to count, the one is taken by which the spans of a text have the words that
the tool gives for them, and cut no word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ...errors import InputError

# From an offset of the tool to one in characters; None if it is outside the text or within a character.
_Count = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A span as a tool wrote it.

    Attributes:
        start: its first offset, counted as by the tool.
        end: the offset after its last character.
        where: its location, for error messages.
        words: its text, if the tool gives it. Empty for what is between the pieces of a region.
        whole_words: whether it may not begin or end within a word.
    """

    start: int
    end: int
    where: str
    words: str | None = None
    whole_words: bool = True


def cuts_word(text: str, at: int) -> bool:
    """Whether an offset is within a word or number: between two letters, or between two digits.

    Only letters with upper and lower case count: other scripts attach prefixes, or have no spaces.
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    cased = all(x.isupper() or x.islower() for x in (before, after))
    return cased or (before.isdigit() and after.isdigit())


def in_characters(text: str, spans: Sequence[MarkedSpan]) -> list[tuple[int, int]]:
    """The start and end of each span in characters; those of whole words without outer spaces.

    Raises:
        InputError: no way to count fits all spans; the message is about the first that does not fit the best.
    """
    tried: list[list[tuple[int, int] | None]] = []
    counts = []
    for count in _counts(text):
        found = [_fitting(text, span, count) for span in spans]
        if None not in found:
            return [x for x in found if x is not None]
        tried.append(found)
        counts.append(count)
    best = min(range(len(tried)), key=lambda k: tried[k].count(None))
    out = []
    for n, span in enumerate(spans):
        # Regions of an export and regions added since may be counted differently: words prove it.
        options = [tried[best][n], *(found[n] for found in tried if span.words)]
        fitting = next((x for x in options if x is not None), None)
        if fitting is None:
            raise _misfit(text, span, counts[best])
        out.append(fitting)
    return out


def _counts(text: str) -> Iterator[_Count]:
    """The ways to count in this text that differ, the most likely first."""
    yield lambda at: at if 0 <= at <= len(text) else None
    astral, breaks = not text.isascii() and max(text) > "\uffff", "\r\n" in text
    for utf16, one_break in ((True, False), (False, True), (True, True)):
        if (astral or not utf16) and (breaks or not one_break):
            positions = _positions(text, utf16, one_break)
            yield lambda at, positions=positions: (  # type: ignore[misc]
                positions[at] if 0 <= at < len(positions) else None
            )


def _positions(text: str, utf16: bool, one_break: bool) -> list[int | None]:
    """The character at each unit of a count, and the end of the text."""
    out: list[int | None] = []
    for i, character in enumerate(text):
        if one_break and character == "\n" and i and text[i - 1] == "\r":
            continue
        out.append(i)
        if utf16 and character > "\uffff":
            out.append(None)
    return [*out, len(text)]


def _letters(words: str) -> str:
    """Words without spaces and line breaks, which Label Studio escapes or merges."""
    return re.sub(r"\\n|\s+", "", words)


def _converted(text: str, span: MarkedSpan, count: _Count) -> tuple[int, int] | None:
    """The span in characters, that of a party without outer spaces; None if it is outside the text."""
    start, end = count(span.start), count(span.end)
    if start is None or end is None or start > end:
        return None
    inside = text[start:end]
    if not span.whole_words or not inside.strip():
        return start, end
    start += len(inside) - len(inside.lstrip())
    return start, start + len(inside.strip())


def _fitting(text: str, span: MarkedSpan, count: _Count) -> tuple[int, int] | None:
    """The span in characters; None if it does not fit the text."""
    found = _converted(text, span, count)
    if found is None or (span.whole_words and not text[slice(*found)].strip()):
        return None
    if span.words is not None and _letters(text[slice(*found)]) != _letters(span.words):
        return None
    return None if span.whole_words and any(cuts_word(text, at) for at in found) else found


def _misfit(text: str, span: MarkedSpan, count: _Count) -> InputError:
    """Why a span does not fit."""
    at, hint = f"{span.start}-{span.end}", "leave the text as it was exported"
    found = _converted(text, span, count)
    if found is None:
        what = f"{at} is outside the text of {len(text)} characters"
        hint = "offsets count characters of the text as it was exported"
    elif span.words == "":
        what, hint = "a discontinuous region", "mark the words in one piece"
    elif not text[slice(*found)].strip():
        what, hint = f"{at} has no words", "mark the words"
    elif span.words is not None and _letters(text[slice(*found)]) != _letters(span.words):
        what = f"{at} is {text[slice(*found)][:60]!r}, not {span.words[:60]!r}"
    else:
        around = re.compile(r"\w*").match
        first = found[0] - len(re.findall(r"\w*$", text[max(0, found[0] - 40) : found[0]])[0])
        last = around(text, found[1])
        whole = text[first : last.end() if last else found[1]]
        what = f"{at} cuts a word: {text[slice(*found)][:60]!r} in {whole[:80]!r}"
        hint = "mark whole words, and leave the text as it was exported"
    return InputError(what, where=span.where, hint=hint)
