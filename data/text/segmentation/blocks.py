"""What a text is made of: paragraphs, headlines, lists, turns of speakers, tables, datelines.

Hard-wrapped lines are joined; lines that are paragraphs of their own are kept apart. A dateline,
a byline, a time stamp or the name before a turn is a block of its own, so that a place or a name in it is
never taken for an actor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from .block_patterns import (
    ADDRESSED,
    BYLINE,
    CAPTION,
    DATELINE,
    INLINE_TIME,
    MARKER,
    NO_SPEAKERS,
    NUMBER,
    SPEAKING,
    TABLE_RULE,
    TIME,
    TIME_BEFORE,
    TURN,
)

# Blocks that say nothing themselves: they are not searched for statements.
SILENT = frozenset({"dateline", "byline", "time", "speaker", "label"})
# Hard-wrapped lines are never longer than this.
MAX_WIDTH = 120
_GAP = re.compile(r"\n[ ]*(?:\n[ ]*)+")
_ENDED = re.compile(r"[.!?…:;][\"“”'‘’)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """`text[start:end]` of a normalised text, without outer spaces.

    `kind` is paragraph, headline, item (of a list), clause (a numbered one), cell, caption, or one of
    `SILENT` (a label is "BREAKING:", for example); `speaker` is the name before a turn, as written there
    ("MR. CALDER", "@SomaliMFA").
    """

    kind: str
    start: int
    end: int
    speaker: str | None = None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _line_groups(text: str) -> Iterator[list[tuple[int, int]]]:
    """The lines of each stretch between blank lines, without outer spaces."""
    at = 0
    for gap in [*_GAP.finditer(text), None]:
        stop = gap.start() if gap else len(text)
        lines = []
        while at < stop:
            end = text.find("\n", at, stop)
            end = stop if end < 0 else end
            start, last = _trimmed(text, at, end)
            if start < last:
                lines.append((start, last))
            at = end + 1
        if lines:
            yield lines
        at = gap.end() if gap else stop


def _stands_alone(line: str) -> bool:
    """Whether a line begins a block regardless of what precedes it.

    Such a line is an item, a clause, a turn, a row of a table or a time.
    """
    return bool(
        MARKER.match(line)
        or NUMBER.match(line)
        or TURN.match(line)
        or line.count("|") > 1
        or TIME.match(line)
    )


def _continues(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether a line certainly continues on the next.

    The next one then begins in lower case, and this one does not end a sentence.
    """
    return (
        line[1] - line[0] <= MAX_WIDTH
        and text[following[0]].islower()
        and not _ENDED.search(text, max(line[0], line[1] - 4), line[1])
        and text[following[0] : following[0] + 2].islower()
    )


def _joined(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Units of one or more lines: lines wrapped by an editor or mail client are joined again."""
    width = max(b - a for a, b in lines)
    alone = [_stands_alone(text[a : min(b, a + 200)]) for a, b in lines]
    sure = [_continues(text, a, b) for a, b in pairwise(lines)]
    wrapped = width <= MAX_WIDTH and sum(sure) >= 0.3 * (len(lines) - 1)
    start = lines[0][0]
    for i, following in enumerate(lines[1:]):
        line = lines[i]
        word = text[following[0] : following[1]].split(" ", 1)[0]
        full = line[1] - line[0] + 1 + len(word) > width - 3 and line[1] - line[0] >= 0.6 * width
        single_time = TIME.fullmatch(text, *line) is not None
        if alone[i + 1] or single_time or not (sure[i] or (wrapped and full)):
            yield start, line[1]
            start = following[0]
    yield start, lines[-1][1]


def _cells(text: str, start: int, end: int) -> Iterator[Block]:
    """The cells of a row of a table, without bars and rules."""
    at = start
    while at <= end:
        bar = text.find("|", at, end)
        bar = end if bar < 0 else bar
        a, b = _trimmed(text, at, bar)
        if a < b and not TABLE_RULE.fullmatch(text, a, b):
            yield Block("cell", a, b)
        at = bar + 1


def _timed(text: str, start: int, end: int) -> Iterator[Block]:
    """The entries of a live blog that are in one line: "13:50 Ethiopia says … 13:40 UN urges …"."""
    first = TIME.match(text, start, end)
    head = first.end() if first else start
    times = [(start, head)] if first else []
    times += [
        m.span()
        for m in INLINE_TIME.finditer(text, head, end)
        if not TIME_BEFORE.search(text[max(head, m.start() - 12) : m.start()])
    ]
    for (a, b), stop in zip(times, [*(a for a, _ in times[1:]), end], strict=True):
        yield Block("time", *_trimmed(text, a, b))
        body = _trimmed(text, b, stop)
        if body[0] < body[1]:
            yield Block("paragraph", *body)


def _is_turn(found: re.Match[str], turns: int) -> bool:
    return bool(found["handle"] or found["role"] or SPEAKING.match(found["label"]) or turns > 1)


def _is_label(found: re.Match[str]) -> bool:
    """Whether the capitals before a colon call for attention ("BREAKING:") rather than name anybody."""
    return not found["handle"] and found["label"].split(" ")[0] in NO_SPEAKERS


@dataclass(frozen=True, slots=True)
class Lead:
    """What precedes the first sentence of a block and is not in it: its end, and where the body starts."""

    kind: str
    end: int
    body: int
    speaker: str | None = None


def find_lead(text: str, start: int, end: int, turns: int) -> Lead | None:
    """The dateline, label or name before a turn that a stretch of text begins with; or a byline or time.

    Args:
        turns: how many blocks of the article begin like a turn; if only one does, its label must be a title,
            an office or a handle.
    """
    if BYLINE.fullmatch(text, start, end):
        return Lead("byline", end, end)
    if TIME.fullmatch(text, start, end):
        return Lead("time", end, end)
    found = TURN.match(text, start, end)
    if found and _is_label(found):
        kind, speaker = "label", None
    elif found and _is_turn(found, turns):
        kind, speaker = "speaker", found["speaker"].strip()
    elif found := DATELINE.match(text, start, end):
        kind, speaker = "dateline", None
    elif found := ADDRESSED.match(text, start, end):
        kind, speaker = "label", None
    else:
        return None
    return Lead(kind, start + len(found[0].rstrip()), found.end(), speaker)


def count_turns(text: str, stretches: Iterable[tuple[int, int]]) -> int:
    """How many of some stretches of text begin like the turn of a speaker."""
    return sum(1 for a, b in stretches if (found := TURN.match(text, a, b)) and not _is_label(found))


def _unit(text: str, start: int, end: int, first: bool, turns: int) -> Iterator[Block]:
    """The blocks of one unit."""
    if text.count("|", start, end) > 1:
        yield from _cells(text, start, end)
        return
    if TIME.match(text, start, end):
        yield from _timed(text, start, end)
        return
    kind = "paragraph"
    if marker := MARKER.match(text, start, end):
        kind, start = "item", marker.end()
    elif number := NUMBER.match(text, start, end):
        kind, start = "clause", number.end()
    speaker = None
    if lead := find_lead(text, start, end, turns):
        yield Block(lead.kind, start, lead.end)
        start, speaker = lead.body, lead.speaker
    elif CAPTION.match(text, start, end):
        kind = "caption"
    elif first and not _ENDED.search(text, max(start, end - 4), end):
        kind = "headline"
    if start < end:
        yield Block(kind, start, end, speaker)


def find_blocks(text: str) -> list[Block]:
    """The blocks of a text, in order; only line ends, markers and bars are between them.

    Args:
        text: with plain spaces, hyphens and line ends; the kind of its quotation marks makes no difference.
    """
    units = [unit for lines in _line_groups(text) for unit in _joined(text, lines)]
    turns = count_turns(text, units)
    out: list[Block] = []
    speaker = None
    for n, (a, b) in enumerate(units):
        for block in _unit(text, a, b, n == 0, turns):
            if block.kind == "speaker":
                speaker = None
            elif block.speaker and turns > 1 and not block.speaker.startswith("@"):
                speaker = block.speaker
            elif block.speaker is None and block.kind in ("paragraph", "item", "clause") and speaker:
                # A turn of several paragraphs.
                block = replace(block, speaker=speaker)
            out.append(block)
    return out
