"""The text of an article as HTML: paragraphs, sentences with statements, and the words that name parties.

Marks only add elements: the text of the paragraphs is the article's text. Identities are shown by the style
sheet (`data-id`), so that copied text has none of them. Spans that cross are split, so that elements nest.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import NamedTuple

from ....data.printable import printable
from ....data.record import Party, Record
from .shown import Item, Kinds, parties, words

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_END = re.compile(r"\n\s*")
_PLAIN = re.compile(r"[A-Za-z0-9+?]+")
# An item and its number in the article.
_Numbered = tuple[int, Item]


@dataclass(frozen=True, slots=True)
class Mark:
    """A span that names a party.

    Attributes:
        start, end: in characters of the article's text.
        actor_of, target_of: numbers of the items in the article.
        identity: shown after the words; ends in `?` if it is a guess.
        colour: CSS class of the first stance.
        ends: whether this is the last piece of the span.
    """

    start: int
    end: int
    actor_of: tuple[int, ...]
    target_of: tuple[int, ...]
    identity: str
    colour: str
    ends: bool = True

    def split(self, at: int) -> tuple[Mark, Mark]:
        """The pieces before and after a position."""
        return replace(self, end=at, ends=False), replace(self, start=at)


class Passages(NamedTuple):
    """The text of an article as HTML.

    Attributes:
        heading: the title, if the text begins with it; otherwise empty.
        paragraphs: `<p>` elements with the rest of the text.
    """

    heading: str
    paragraphs: str


def identity_of(party: Party) -> str:
    """The identity as shown: `RUS`, or `RUS?` if it is a guess; empty if unknown."""
    if not party.id:
        return ""
    return party.id + ("?" if party.evidence == "guess" else "")


def passages(text: str, record: Record, items: Sequence[Item], kinds: Kinds) -> Passages:
    """The text of an article with its marks.

    Args:
        text: the article's text as read.
        items: its statements and labels.
    """
    shown = printable(text)
    spans = _sentences(record, len(shown))
    of_sentence: dict[int, list[_Numbered]] = {}
    for numbered in enumerate(items):
        of_sentence.setdefault(numbered[1].sentence, []).append(numbered)
    ends = [end for _, _, end in spans]
    title_end = _title_end(shown, record.title)
    out, paragraphs = [], _paragraphs(shown, spans, title_end)
    for k, (begin, finish) in enumerate(paragraphs):
        following = paragraphs[k + 1][0] if k + 1 < len(paragraphs) else len(shown)
        parts, at = [], begin
        for n, start, end in itertools.islice(spans, bisect_right(ends, begin), None):
            if start >= finish:
                break
            a, b = max(start, begin), min(end, finish)
            own = of_sentence.get(n)
            if not own:
                continue
            parts.append(escape(shown[at:a], quote=False))
            parts.append(_sentence(shown, a, b, own, kinds))
            if end <= following:
                parts.append(_chips(of_sentence.pop(n), kinds))
            at = b
        parts.append(escape(shown[at:finish], quote=False))
        out.append("".join(parts))
    # Sentences outside the text, or within others, which no reader makes.
    out += filter(None, ["".join(_chips(own, kinds) for own in of_sentence.values())])
    heading = out.pop(0) if title_end else ""
    return Passages(heading, "".join(f"<p>{inner}</p>" for inner in out))


def _title_end(text: str, title: str | None) -> int:
    """Where the title ends, if the text begins with it on lines of its own; otherwise 0."""
    if not title or not title.strip():
        return 0
    words = r"\s+".join(map(re.escape, printable(title).split()))
    found = re.match(rf"\s*{words}[^\S\n]*(?=\n|\Z)", text)
    return found.end() if found else 0


def _sentences(record: Record, length: int) -> list[tuple[int, int, int]]:
    """Index, start and end of each sentence, within the text and without overlaps."""
    out, at = [], 0
    for start, end, n in sorted((s.start, s.end, n) for n, s in enumerate(record.sentences)):
        start, end = max(start, at), min(end, length)
        if start < end:
            out.append((n, start, end))
            at = end
    return out


def _paragraphs(
    text: str, sentences: Sequence[tuple[int, int, int]], title_end: int
) -> list[tuple[int, int]]:
    """The spans of paragraphs.

    The title is the first, if the text begins with it. A blank line ends a paragraph; so does every line end
    between sentences, unless lines are wrapped, which shows in line ends within sentences.
    """
    wrapped = any("\n" in text[a:b].strip() for _, a, b in sentences)
    ends = (_BLANK_LINE if wrapped else _LINE_END).finditer(text, title_end)
    breaks = [(0, 0), *[(title_end, title_end)] * bool(title_end), *(m.span() for m in ends)]
    breaks.append((len(text), len(text)))
    found = [(a, b) for (_, a), (b, _) in itertools.pairwise(breaks)]
    return [(a, b) for a, b in found if text[a:b].strip()]


def _sentence(text: str, a: int, b: int, items: Sequence[_Numbered], kinds: Kinds) -> str:
    """A sentence, or the part of it that is in one paragraph, with its marks."""
    classes = ["s"]
    stances = [(n, i) for n, i in items if i.statement is not None]
    if stances:
        classes.append(kinds.colour(stances[0][1].kind))
    if len(stances) < len(items):
        classes.append("l")
    inner = _marked(text, a, b, _marks(stances, a, b, kinds))
    return f'<span class="{" ".join(classes)}">{inner}</span>'


def _chips(items: Sequence[_Numbered], kinds: Kinds) -> str:
    """After a sentence, a link for each statement and label; the script adds what describes it."""
    return "".join(
        f' <a class="chip {kinds.colour(item.kind)}" id=s{item.key} href=#s{item.key} data-k={n}>'
        f"{escape(words(item.kind))} {item.score:.2f}</a>"
        for n, item in items
    )


def _marks(items: Sequence[_Numbered], a: int, b: int, kinds: Kinds) -> list[Mark]:
    """The marks within a sentence; a span with several roles is one mark."""
    spans: dict[tuple[int, int], tuple[list[int], list[int], list[str]]] = {}
    colours: dict[tuple[int, int], str] = {}
    for n, item in items:
        assert item.statement is not None
        for role, party in parties(item.statement):
            if party.start is None or party.end is None:
                continue
            span = max(party.start, a), min(party.end, b)
            if span[0] < span[1]:
                found = spans.setdefault(span, ([], [], []))
                (found[1] if role == "target" else found[0]).append(n)
                colours.setdefault(span, kinds.colour(item.kind))
                found[2].append(identity_of(party))
    marks = [
        Mark(*span, tuple(actor), tuple(target), "/".join(dict.fromkeys(filter(None, ids))), colours[span])
        for span, (actor, target, ids) in spans.items()
    ]
    return sorted(marks, key=lambda m: (m.start, -m.end))


def _marked(text: str, a: int, b: int, marks: list[Mark]) -> str:
    """The text from a to b with marks, which are sorted by start, the longer first."""
    out, at, rest = [], a, list(marks)
    while rest:
        mark = rest.pop(0)
        inside, later = [], []
        for other in rest:
            if other.start >= mark.end:
                later.append(other)
            elif other.end <= mark.end:
                inside.append(other)
            else:
                first, second = other.split(mark.end)
                inside.append(first)
                later.append(second)
        out.append(escape(text[at : mark.start], quote=False))
        out.append(_element(mark, _marked(text, mark.start, mark.end, inside)))
        at, rest = mark.end, sorted(later, key=lambda m: (m.start, -m.end))
    out.append(escape(text[at:b], quote=False))
    return "".join(out)


def _element(mark: Mark, inner: str) -> str:
    roles = "".join(x for x, keys in (("a", mark.actor_of), ("t", mark.target_of)) if keys)
    guess = " g" if mark.identity.endswith("?") else ""
    numbers = _attribute("k", " ".join(map(str, (*mark.actor_of, *mark.target_of))))
    identity = _attribute("id", mark.identity) if mark.identity and mark.ends else ""
    return f'<b class="{roles}{guess} {mark.colour}"{numbers}{identity}>{inner}</b>'


def _attribute(name: str, value: str) -> str:
    """A data attribute; without quotes where HTML allows it, because there are thousands of them."""
    quoted = value if _PLAIN.fullmatch(value) else f'"{escape(printable(value))}"'
    return f" data-{name}={quoted}"
