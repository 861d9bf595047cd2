"""From text to sentences: normalised first, then split into blocks, and each block into sentences."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...schema import Article
from ..normalisation import NormalisedText, normalise
from ..quotations import quoted_ranges
from .blocks import SILENT, Block, count_turns, find_blocks, find_lead

_ABBREVIATIONS = frozenset(
    "mr mrs ms rs mx messrs dr prof gen col lt maj capt cpt cmdr cdr cpl pvt sgt adm brig supt insp det "
    "sen rep reps sens gov pres pm rev hon amb fr msgr st jr sr vs etc no nos inc ltd co corp jan feb "
    "mar apr jun jul aug sept sep oct nov dec tue tues thu thur thurs fri mt ft bros approx dept est al "
    "fig vol pp op cit ca cf e.g i.e a.m p.m u.s u.n u.k d.c e.u u.a.e".split()
)
# Abbreviations that end a sentence if one of these words follows: "in the U.S. The …".
_STATES = frozenset({"U.S", "U.N", "U.K", "E.U", "D.C", "U.A.E", "PM"})
_INITIALS = re.compile(r"(?:[A-Z]\.)+[A-Z]")
_OPENERS = re.compile(r"(?:The|He|She|It|They|But|In|A|An|On|We|I|This|That)\b")
# "10 a.m. Monday", "5 p.m. Eastern time", "9 p.m. GMT": the time expression continues.
_TIMES = frozenset({"a.m", "p.m", "am", "pm"})
_TIME_GOES_ON = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December)|Eastern|Pacific|Central|Mountain|Greenwich|"
    r"Moscow time|[A-Z]{2,4}T?)\b"
)
_END = re.compile(r"""(?<![.!?…])([.!?…]+)([”’'")\]}»]*)([ \n]+)(["“‘'(\[{«]*)(?=\S)""")
# In a post, a link ends the sentence: "… https://t.co/ab1Cd We urge …".
_LINK = re.compile(r"(?<!\S)https?://\S*[^\s.,;:!?)][ \n]+(?=[A-ZÀ-ÖØ-Þ])")
# Scraped pages may lack the space between paragraphs: "…fled the town.Hours later …".
_GLUED = re.compile(r"""(?<=[^\W\d_A-Z]{2})[.!?][”’]*(?=["“‘]*[A-ZÀ-ÖØ-Þ][^\W\d_]*[ \n'])""")
# Names that begin with a lower-case letter: "al-Shabaab", "de Mistura", "eSwatini".
_LOWER_NAME = re.compile(
    r"(?:al|el|as|ash|an|ar|at|ad|az|ul|ibn|bin)[- ]\w*[A-Z]|"
    r"(?:d[aeiou]|d[eo]s|del|della|du|van|von|der|den|ten|ter|le|la|bin|ibn|abu|ould) "
    r"(?:[a-z]{2,3} )?[^\W\d_a-z]|"
    r"d'[A-Z]|[a-z][A-Z][a-z]|[@#]\w|[a-z]+_\w"
)
# "…?" Colonel Ba asked: the sentence continues after the closing mark.
_SPEAKER = re.compile(
    r"(?:[A-Z][\w.'-]*,?\s+){1,5}(?:said|says|asked|asks|told|added|cried|shouted|wrote|demanded|wondered|"
    r"replied|yelled|screamed|exclaimed|called|recalled|continued|pleaded)\b"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence at `text[start:end]` of its article.

    `para` says whether it begins a paragraph, `quoted` whether it begins within a running quotation. `block`
    is the kind of its block (see `blocks.Block`), `speaker` the name before its turn. `plain` is its
    normalised text, of which the first `lead` characters (a dateline, the name before a turn) are not part of
    the sentence.
    """

    start: int
    end: int
    text: str
    para: bool
    quoted: bool = False
    block: str = field(default="paragraph", compare=False)
    speaker: str | None = field(default=None, compare=False)
    lead: int = field(default=0, compare=False)
    plain: NormalisedText = field(default=None, compare=False, repr=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.plain is None:
            object.__setattr__(self, "plain", normalise(self.text))


def _begins_sentence(text: str, at: int) -> bool:
    """Whether a sentence may begin here: a capital of any script, a letter without case, a digit, or a name
    like "al-Shabaab".
    """
    first = text[at]
    if first.isalpha():
        return not first.islower() or _LOWER_NAME.match(text, at) is not None
    return first.isdigit() or first in "@#$£€¥…" or first == "-"


def _word_before(text: str, at: int, start: int) -> str:
    """The word right before `at`, including full stops in it."""
    first = at
    while first > start and (text[first - 1].isalnum() or text[first - 1] in "._"):
        first -= 1
    return text[first:at]


def _abbreviates(text: str, found: re.Match[str], start: int) -> bool:
    """Whether the full stop belongs to an abbreviation or an initial rather than ending a sentence."""
    word = _word_before(text, found.start(), start)
    after = found.end()
    if not word or found[2]:
        return len(word) == 1 and word.isupper() and word != "I"
    if word.lower() in ("no", "nos"):
        return text[after].isdigit()
    if (
        word.lower() in _TIMES
        and text[max(start, found.start() - len(word) - 2) : found.start()][:1].isdigit()
    ):
        return found[4] == "(" or _TIME_GOES_ON.match(text, after) is not None
    if word.lower() in _ABBREVIATIONS or _INITIALS.fullmatch(word):
        return not (word in _STATES or _INITIALS.fullmatch(word)) or _OPENERS.match(text, after) is None
    return len(word) == 1 and word.isupper() and word != "I"


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where each sentence of a block but the first begins, according to the marks before it."""
    for found in _END.finditer(text, start, end):
        if not _begins_sentence(text, found.end()):
            continue
        if found[1] == ".":
            if _abbreviates(text, found, start):
                continue
        elif found[2] and not found[4] and _SPEAKER.match(text, found.end(), end):
            continue
        yield found.start(4)


def cut_sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]`, one block of a normalised text, without outer spaces; in time
    linear in its length.
    """
    cuts = {start, *_ends(text, start, end)}
    cuts.update(m.end() for pattern in (_GLUED, _LINK) for m in pattern.finditer(text, start, end))
    out = []
    for a, b in _stretches(sorted(cuts), end):
        piece = text[a:b]
        first, last = a + len(piece) - len(piece.lstrip()), a + len(piece.rstrip())
        if first < last:
            out.append((first, last))
    return out


def _stretches(cuts: Sequence[int], end: int) -> Iterator[tuple[int, int]]:
    return zip(cuts, [*cuts[1:], end], strict=True)


def _runs_on(ranges: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a quotation is open before the character: one that it opens does not count."""
    i = bisect_left(ranges, at, key=lambda r: r[0]) - 1
    return i >= 0 and at < ranges[i][1]


def _quotations(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(start + a, start + b) for a, b in quoted_ranges(text[start:end])]


def _of_block(text: NormalisedText, block: Block) -> Iterator[Segment]:
    if block.kind in SILENT:
        sentences, ranges = [(block.start, block.end)], []
    else:
        sentences = cut_sentences(text.text, block.start, block.end)
        ranges = _quotations(text.text, block.start, block.end)
    for n, (a, b) in enumerate(sentences):
        plain, start = text.part(a, b)
        yield Segment(
            start,
            start + len(plain.original),
            plain.original,
            n == 0,
            _runs_on(ranges, a),
            block.kind,
            block.speaker,
            b - a if block.kind in SILENT else 0,
            plain,
        )


def segment(text: str) -> list[Segment]:
    """The sentences of a text, offsets in characters of it; markers, bars and emoji between them are not
    part of any.
    """
    plain = normalise(text)
    return [s for block in find_blocks(plain.text) for s in _of_block(plain, block)]


def annotated_segments(article: Article) -> list[Segment]:
    """The sentences of an annotated article, as annotated, offsets in `article.text`."""
    text, at = article.text, 0
    starts = []
    for i, sentence in enumerate(article.sentences):
        at += (2 if sentence.para else 1) if i else 0
        starts.append(at)
        at += len(sentence.text)
    plain = normalise(text)
    ends = [start + len(s.text) for start, s in zip(starts, article.sentences, strict=True)]
    spans = [plain.from_original(a, b) for a, b in zip(starts, ends, strict=True)]
    firsts = [i for i, s in enumerate(article.sentences) if s.para or not i]
    turns = count_turns(plain.text, [spans[i] for i in firsts])
    out: list[Segment] = []
    for first, stop in zip(firsts, [*firsts[1:], len(starts)], strict=True):
        ranges = _quotations(plain.text, spans[first][0], spans[stop - 1][1])
        lead = find_lead(plain.text, *spans[first], turns)
        for i in range(first, stop):
            part, base = plain.part(*spans[i], (starts[i], ends[i]))
            sentence = article.sentences[i]
            out.append(
                Segment(
                    base,
                    ends[i],
                    sentence.text,
                    sentence.para,
                    _runs_on(ranges, spans[i][0]),
                    speaker=lead.speaker if lead else None,
                    lead=lead.body - spans[i][0] if lead and i == first else 0,
                    plain=part,
                )
            )
    return out
