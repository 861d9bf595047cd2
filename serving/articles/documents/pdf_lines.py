"""Lines of pages as paragraphs: without running heads and page numbers, and with hyphenated words joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import quantiles

# How many lines at the top and bottom of a page may be a running head or foot.
_EDGE = 2
_PAGE_NUMBER = re.compile(r"\W*(?:(?:page|seite|p\.)\s*)?\d{1,4}(?:\s*(?:of|/|von|-)\s*\d{1,4})?\W*\Z", re.I)
_SENTENCE_END = re.compile(r"[.!?:][”’\"')\]]*\Z")


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all pages, without the ones at the edges that repeat, and without page numbers.

    Args:
        pages: the lines of each page.
    """
    filled = [[line.strip() for line in page] for page in pages]
    for page in filled:
        while page and not page[0]:
            page.pop(0)
        while page and not page[-1]:
            page.pop()
    repeated = _repeated(filled)
    lines: list[str] = []
    for page in filled:
        first, last = 0, len(page)
        for _ in range(_EDGE):
            if first < last and (_key(page[first]) in repeated or _PAGE_NUMBER.match(page[first])):
                first += 1
            if first < last and (_key(page[last - 1]) in repeated or _PAGE_NUMBER.match(page[last - 1])):
                last -= 1
        lines.extend(page[first:last])
    return lines


def _repeated(pages: Sequence[Sequence[str]]) -> set[str]:
    """The keys of lines at the edges of at least half of the pages, and of at least two."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({_key(line) for line in [*page[:_EDGE], *page[-_EDGE:]] if line})
    needed = max(2, (len(pages) + 1) // 2)
    return {key for key, n in counts.items() if n >= needed}


def _key(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.casefold().split()))


def joined(lines: Sequence[str]) -> str:
    """The lines as paragraphs separated by empty lines.

    An empty line ends a paragraph, and so does a sentence that ends well before the margin. A hyphen before a
    small letter is dropped, except where the word is written with it elsewhere.
    """
    hyphenated = set(re.findall(r"\w+-\w+", " ".join(lines).casefold()))
    lengths = [len(x) for x in lines if x]
    # The margin: most lines of running text nearly reach it.
    margin = quantiles(lengths, n=10)[7] if len(lengths) > 1 else 0.0
    paragraphs, current = [], ""
    for line in lines:
        line = " ".join(line.replace("\u00ad", "-").split())
        if not line:
            paragraphs.append(current)
            current = ""
            continue
        current = _continued(current, line, hyphenated) if current else line
        if len(line) < 0.8 * margin and _SENTENCE_END.search(line):
            paragraphs.append(current)
            current = ""
    paragraphs.append(current)
    return "\n\n".join(p for p in paragraphs if p)


def _continued(text: str, line: str, hyphenated: set[str]) -> str:
    broken = re.search(r"(\w+)[-‐]\Z", text)
    following = re.match(r"\w+", line)
    if broken is None or following is None:
        return f"{text} {line}"
    compound = f"{broken[1]}-{following[0]}".casefold()
    if following[0][0].islower() and compound not in hyphenated:
        return text[:-1] + line
    return text + line
