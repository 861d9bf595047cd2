"""Normalises a text before analysis, and maps it back to the text as it was read.

Articles come from web pages, PDF files, feeds and social media, which write the same thing in many ways: a
no-break space, a soft hyphen inside a name, „German“ or ``Penn`` quotation marks, letters with separate
accents.
`normalise` converts them to a single form; `NormalisedText.to_original` says where any stretch of the result
is in the original text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from .quotations import canonical_marks
from .segmentation.blocks import find_blocks

# Increment when the same text would be normalised differently from before: parses of it are no longer valid.
VERSION = 2
# Each pass removes something, which may create a new entity or mark ("&am\u00adp;"); few need a
# third.
MAX_PASSES = 10

Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """A normalised text, with a mapping of its characters to the original.

    Character `i` of `text` stands for `original[starts[i]:ends[i]]`. `starts` and `ends` are None if the
    two texts correspond character by character.
    """

    text: str
    original: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of `original` that `text[start:end]` stands for; a replaced piece and a letter with its
        marks stay whole.
        """
        if self.starts is not None and self.ends is not None:
            if start >= end:
                at = self.starts[start] if start < len(self.starts) else len(self.original)
                return at, at
            start, end = self.starts[start], self.ends[end - 1]
        return _whole_letters(self.original, start, end)

    def from_original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of `text` that `original[start:end]` became."""
        if self.starts is None or self.ends is None:
            return start, end
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end))

    def part(self, start: int, end: int, within: tuple[int, int] | None = None) -> tuple[NormalisedText, int]:
        """`text[start:end]` as a text of its own, and where its original begins.

        Args:
            within: the stretch to keep as its original, which must contain that of the part; just the latter
            if None.
        """
        if self.starts is None or self.ends is None:
            base, stop = within or (start, end)
            shift = start - base
            if not shift and stop - base == end - start:
                return NormalisedText(self.text[start:end], self.original[base:stop]), base
            starts, ends = array("q", range(start, end)), array("q", range(start + 1, end + 1))
        else:
            starts, ends = self.starts[start:end], self.ends[start:end]
            base, stop = within or ((starts[0], ends[-1]) if start < end else self.to_original(start, end))
        starts = array("q", (max(0, i - base) for i in starts))
        ends = array("q", (min(i, stop) - base for i in ends))
        return NormalisedText(self.text[start:end], self.original[base:stop], starts, ends), base


def _whole_letters(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch, widened so that no letter is separated from its combining marks."""
    if start < end:
        while start > 0 and unicodedata.combining(text[start]):
            start -= 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
    return start, end


# Characters that are replaced one by one.
_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LINE_ENDS = "\x0b\x0c\x85\u2028\u2029"
_HYPHENS = "\u2010\u2011\u2012\ufe63\uff0d\u2212"
_APOSTROPHES = "\u0060\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u2032\u2035\ua78c\uff07"
_DOUBLE_MARKS = "\u2033\u2036\uff02\u02ba\u3003"
_CHARACTERS = (
    dict.fromkeys(map(ord, _SPACES), " ")
    | dict.fromkeys(map(ord, _LINE_ENDS), "\n")
    | dict.fromkeys(map(ord, _HYPHENS), "-")
    | dict.fromkeys(map(ord, _APOSTROPHES), "'")
    | dict.fromkeys(map(ord, _DOUBLE_MARKS), '"')
    | {0x2015: "—", 0x3002: ".", 0x201B: "‘", 0x2024: "."}
    | {c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F) if c not in (0xFF02, 0xFF07, 0xFF0D)}
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
)
# Letters of other scripts that look like Latin ones, for words that mix the two.
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABESIJKMHOPCTYXaesijopcyxdqwABEZHIKMNOPTYXo",
)
_OTHER_SCRIPT = re.compile(r"[Ͱ-ԯ]")
_MIXED_WORD = re.compile(r"\b(?=[^\W\d_Ͱ-ԯ]*[Ͱ-ԯ])(?=[Ͱ-ԯ]*[^\W\d_Ͱ-ԯ])[^\W\d_]+")

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U000e0000-\U000e0fff"
)
_CONTROL = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
# UTF-8 that was decoded as Windows-1252. Only sequences that no language uses: "Ö“" is German.
_AFTER_A = "\u00a0-\u00bf\u0080-\u0084\u0086-\u0090\u0098-\u009f€‚ƒ„†‡ˆ‰Š‹ŒŽ˜™š›œžŸ"
_MISDECODED = re.compile(rf"[ÂÃÄÅ][{_AFTER_A}]|â€[\u0080-\u00bf‘’“”•–—…{_AFTER_A}]|â€(?=\W|$)")
_CHANGES = re.compile(
    rf"""
    (?=[-\r\u00adÂÃÄÅâ{_INVISIBLE}{_CONTROL}&\ufb00-\ufb06\U0001d400-\U0001d7ff`´‘’,'\u2190-\u21ff
        \u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\[¹²³⁰⁴-⁹†‡*_~\#>])(?:
    (?P<broken>\u00ad[ ]*\r?\n[ ]*)
  | (?P<line>\r\n?)
  | (?P<misdecoded>{_MISDECODED.pattern})
  | (?P<nothing>[{_INVISIBLE}{_CONTROL}]+)
  | (?P<entity>&(?:(?:amp|AMP|\#38|\#[xX]26);)*
        (?:\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});)
  | (?P<compatible>[\ufb00-\ufb06\U0001d400-\U0001d7ff])
  | (?P<opening>``|´´|‘‘|,,(?=\w))
  | (?P<closing>''|’’)
  | (?P<emoji>(?:[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]
        [\ufe00-\ufe0f\u200d\u20e3]*)+)
  | (?P<note>(?<=[^\s\[(])\[(?:\d{{1,3}}|[a-z]|note[ ]\d{{1,2}}|citation[ ]needed)\]
        |(?<=[.,;:!?…”’"')\]])[¹²³⁰⁴-⁹]+ | (?<=[^\W\d_][^\W\d_][^\W\d_])[¹²³⁰⁴-⁹]+ | (?<=\S)[†‡]+)
  | (?P<emphasis>(?<![\w*\\])\*{{1,3}}(?=[^\s*]) | (?<=[^\s*])\*{{1,3}}(?![\w*])
        |(?<![\w@/])_{{1,2}}(?=[^\W_]) | (?<=[^\W_])_{{1,2}}(?!\w) | (?<=[.,!?”"'])_{{1,2}}(?!\w) | ~~)
  | (?P<link>\[(?P<shown>[^\[\]\n]{{1,300}})\]\(https?://[^\s()]{{1,500}}\))
  | (?P<heading>(?:^|(?<=\n[ ])|(?<=\n[ ]{{2}})|(?<=\n[ ]{{3}}))(?:\#{{1,6}}|>+)[ ]+)
  | (?P<hyphen>(?<=[a-z]{{2}})-\n[ ]*(?=[a-z]{{2}}))
  | (?P<compound>(?<=\w)-\n[ ]*(?=\w))
    )""",
    re.VERBOSE | re.MULTILINE,
)
# Prefixes that keep their hyphen: "non-\naligned".
_PREFIXES = frozenset(
    "all anti co counter cross de ex extra half high inter long low mid mini multi near neo new non "
    "north off on one out over post pre pro quasi re self semi short south sub super third three trans "
    "two ultra under vice well west east".split()
)


_LAST_WORD = re.compile(r"\b[a-z]+\Z")


def _decoded(piece: str) -> str:
    """What Windows-1252 made of UTF-8, decoded again; the piece itself if it is not UTF-8."""
    if piece == "â€":
        return "”"
    try:
        raw = b"".join(c.encode("latin-1") if c < "\u0100" else c.encode("cp1252") for c in piece)
        return raw.decode("utf-8")
    except UnicodeError:
        return piece


def looks_misdecoded(text: str) -> bool:
    """Whether a text has traces of UTF-8 that was read as Windows-1252 ("Kenyaâ€™s")."""
    return any(_decoded(m[0]) != m[0] for m in _MISDECODED.finditer(text))


def _unescaped(entity: str) -> str:
    while (plain := html.unescape(entity)) != entity:
        entity = plain
    return entity


_REPLACEMENTS: dict[str, Callable[[str], str]] = {
    "broken": lambda _: "",
    "line": lambda _: "\n",
    "nothing": lambda _: "",
    "misdecoded": _decoded,
    "entity": _unescaped,
    "compatible": partial(unicodedata.normalize, "NFKC"),
    "opening": lambda _: "“",
    "closing": lambda _: '"',
    "emoji": lambda _: " ",
    "note": lambda _: "",
    "emphasis": lambda _: "",
    "heading": lambda _: "",
    "compound": lambda _: "-",
}


def _edits(text: str) -> Iterator[Edit]:
    """The pieces of a text whose replacement has another length: (start, end, replacement), in order."""
    for found in _CHANGES.finditer(text):
        kind, piece = str(found.lastgroup), found[0]
        if found["link"] is not None:
            yield found.start(), found.start() + 1, ""
            yield found.end("shown"), found.end(), ""
        elif kind == "hyphen":
            head = _LAST_WORD.search(text, max(0, found.start() - 20), found.start())
            yield found.start(), found.end(), "-" if head is None or head[0] in _PREFIXES else ""
        elif (new := _REPLACEMENTS[kind](piece)) != piece:
            yield found.start(), found.end(), new


def _composed(text: str) -> Iterator[Edit]:
    """Letters followed by combining marks, as NFC composes them."""
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or not (unicodedata.category(text[i])[0] == "M" or "\u1160" <= text[i] <= "\u11ff"):
            if i - start > 1 or not text[start].isascii():
                piece = text[start:i]
                if (new := unicodedata.normalize("NFC", piece)) != piece:
                    yield start, i, new
            start = i


def _apply(text: NormalisedText, edits: list[Edit]) -> NormalisedText:
    """The text with pieces replaced; every character of a replacement stands for its whole piece."""
    if not edits:
        return text
    old_starts = text.starts if text.starts is not None else array("q", range(len(text.text)))
    old_ends = text.ends if text.ends is not None else array("q", range(1, len(text.text) + 1))
    parts: list[str] = []
    starts, ends = array("q"), array("q")
    at = 0
    for start, end, new in edits:
        parts += [text.text[at:start], new]
        starts += old_starts[at:start]
        ends += old_ends[at:start]
        starts.extend([old_starts[start]] * len(new))
        ends.extend([old_ends[end - 1]] * len(new))
        at = end
    parts.append(text.text[at:])
    return NormalisedText("".join(parts), text.original, starts + old_starts[at:], ends + old_ends[at:])


def _same_length(text: NormalisedText, new: str) -> NormalisedText:
    return NormalisedText(new, text.original, text.starts, text.ends)


def _one_pass(text: NormalisedText) -> NormalisedText:
    text = _apply(text, list(_edits(text.text)))
    text = _same_length(text, text.text.translate(_CHARACTERS))
    if not unicodedata.is_normalized("NFC", text.text):
        text = _apply(text, list(_composed(text.text)))
    plain = text.text
    if _OTHER_SCRIPT.search(plain):
        plain = _MIXED_WORD.sub(lambda m: m[0].translate(_LOOK_ALIKES), plain)
    return _same_length(text, canonical_marks(plain, [(b.start, b.end) for b in find_blocks(plain)]))


def normalise(text: str) -> NormalisedText:
    """Normalise a text.

    Spaces, line ends, hyphens and apostrophes are ASCII, quotation marks “ ” (‘ ’ within those); accents are
    composed; soft hyphens, invisible and control characters, footnote marks and Markdown marks are removed;
    emoji become a space; HTML entities become what they stand for; words hyphenated at the end of a line are
    rejoined. It takes time linear in the length of the text, and normalising again changes nothing.
    """
    now = NormalisedText(text, text)
    for _ in range(MAX_PASSES):
        before, now = now, _one_pass(now)
        if now.text == before.text:
            break
    return now
