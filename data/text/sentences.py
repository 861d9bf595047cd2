"""From text to sentences: paragraphs first, so that a headline without a full stop runs into nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..schema import Article

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gen col lt maj capt sgt adm brig sen rep gov pres rev hon st jr sr vs etc no nos "
    "inc ltd co corp jan feb mar apr "
    "jun jul aug sept sep oct nov dec mt ft bros approx dept est al fig vol messrs e.g i.e a.m p.m u.s "
    "u.n u.k d.c".split()
)
# Those that more often close a sentence than not, where a capital follows.
_ENDS = re.compile(r"""([.!?…]+)(["”’')\]»]*)(\s+)(?=["“‘'(\[«]*[A-Z0-9À-ÖØ-Þ])""")
# Scraped pages lose the space between paragraphs: "…fled the town.Hours later …".
_GLUED = re.compile(r"""(?<=[a-z]{2})[.!?](?=["“”’]*[A-Z][a-z]*[\s’'])""")
_PARAGRAPH = re.compile(r"\n[ \t\r]*(?:\n[ \t\r]*)+")
# "TBILISI, Aug 5 - The army …" opens a story: what stands on the line above is its headline.
_DATELINE = re.compile(r"[A-Z]{3}[A-Z .,'’/-]*(?:,? [A-Z][a-z]+\.? \d+)?(?: \([A-Za-z ]+\))? [-–—] ?")
# "…?" Colonel Ba asked: the sentence goes on after the closing mark.
_SPEAKER = re.compile(
    r"(?:[A-Z][\w.’'-]*,?\s+){1,5}(?:said|says|asked|asks|told|added|cried|shouted|wrote|demanded|wondered|replied|yelled|screamed|exclaimed|called|recalled|continued|pleaded)\b"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence at `text[start:end]` of its article; `quoted` where it starts within a running quotation."""

    start: int
    end: int
    text: str
    para: bool
    quoted: bool = False


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Blank lines part paragraphs; where there are none, every line is one."""
    pattern = _PARAGRAPH if _PARAGRAPH.search(text.strip()) else re.compile(r"\n")
    out: list[tuple[int, int]] = []
    at = 0
    for gap in [*pattern.finditer(text), None]:
        end = gap.start() if gap else len(text)
        block = text[at:end]
        if block.strip():
            lead = len(block) - len(block.lstrip())
            start, stop = at + lead, at + len(block.rstrip())
            headline = text.find("\n", start, stop)
            if (
                not out
                and headline > 0
                and text[headline - 1] not in '.!?:,;”"'
                and _DATELINE.match(text, headline + 1)
            ):
                out.append((start, start + len(text[start:headline].rstrip())))
                start = headline + 1
            out.append((start, stop))
        at = gap.end() if gap else end
    return out


def _is_sentence_end(block: str, found: re.Match[str]) -> bool:
    if found[1] != ".":
        return not (found[2] and _SPEAKER.match(block, found.end()))
    before = re.search(r"([\w.]+)$", block[: found.start()])
    if not before:
        return True
    word = before[1]
    if word.lower() in ("no", "nos"):
        return not block[found.end() : found.end() + 1].isdigit()
    if word.lower() in _ABBREVIATIONS and not found[2]:
        # "in the U.S. The" ends a sentence, "the U.S. Navy" does not.
        return word in ("U.S", "U.N", "U.K", "a.m", "p.m", "D.C") and bool(
            re.match(r"(The|He|She|It|They|But|In|A|An|On|We|I|This|That)\b", block[found.end() :])
        )
    return not (len(word) == 1 and word.isupper() and word != "I")


def _glued_ends(block: str) -> list[int]:
    """Where sentences end without a space before the next.

    A straight mark belongs to the sentence whose quotation it closes or opens.
    """
    out = []
    for found in _GLUED.finditer(block):
        end = found.end()
        while block[end] in "”’" or (block[end] == '"' and block.count('"', 0, end) % 2):
            end += 1
        out.append(end)
    return out


def _quote_runs(block: str, ends: list[int]) -> list[bool]:
    """Whether a quotation is open at each position of `ends`. Curly marks nest, straight ones toggle."""
    out, inside, at = [], False, 0
    for end in ends:
        for mark in re.findall(r"[“”\"«»]", block[at:end]):
            inside = mark in "“«" or (mark == '"' and not inside)
        out.append(inside)
        at = end
    return out


def segment(text: str) -> list[Segment]:
    """The sentences of a text, offsets in characters of it."""
    out: list[Segment] = []
    for start, stop in _paragraphs(text):
        block = text[start:stop]
        cuts = [0]
        for found in _ENDS.finditer(block):
            if _is_sentence_end(block, found):
                cuts.append(found.end())
        cuts = sorted({*cuts, *_glued_ends(block)})
        runs = _quote_runs(block, cuts)
        for i, (a, b, quoted) in enumerate(zip(cuts, [*cuts[1:], len(block)], runs, strict=True)):
            sentence = block[a:b].rstrip()
            out.append(Segment(start + a, start + a + len(sentence), sentence, i == 0, quoted))
    return out


def annotated_segments(article: Article) -> list[Segment]:
    """The sentences of an annotated article, as annotated, offsets in `article.text`."""
    text, out, at = article.text, [], 0
    starts = []
    for i, sentence in enumerate(article.sentences):
        at += (2 if sentence.para else 1) if i else 0
        starts.append(at)
        at += len(sentence.text)
    runs: list[bool] = []
    i = 0
    while i < len(starts):
        stop = i + 1
        while stop < len(starts) and not article.sentences[stop].para:
            stop += 1
        end = starts[stop] if stop < len(starts) else len(text)
        runs += _quote_runs(text[starts[i] : end], [s - starts[i] for s in starts[i:stop]])
        i = stop
    for start, sentence, quoted in zip(starts, article.sentences, runs, strict=True):
        out.append(Segment(start, start + len(sentence.text), sentence.text, sentence.para, quoted))
    return out
