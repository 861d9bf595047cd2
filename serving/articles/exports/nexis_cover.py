"""The cover of a Nexis export, which announces the articles, and where the first article begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..dates import parse_date
from .paragraph import Paragraph

BOOKMARK = re.compile(r"Bookmark_(\d+)\Z", re.I)
_DOCUMENTS = re.compile(r"(?:Documents|Dokumente|Documentos|Documenti|Documenten) \((\d+)\)", re.I)
_JOB = re.compile(r"(?:Job Number|Auftragsnummer):\s*(\w+)", re.I)
_FIRST = re.compile(r"(?:Date and Time|Job Number|User Name|Bibliography|Documents \(\d+\))", re.I)
_NUMBERED = re.compile(r"(\d+)\.(?:\s+(.+)|\s*)\Z", re.S)
_RULE = re.compile(r"[-–—_=]{5,}\Z")
# How many lines may lie between a title and its date: the source, a correction, the name of a blog.
_HEAD_LINES = 6


@dataclass(frozen=True, slots=True)
class Cover:
    """What a cover says.

    Attributes:
        announced: the number of articles; None if there is no cover.
        titles: of the articles, in order.
        job: the number of the export; empty if there is none.
        length: how many paragraphs belong to the cover.
    """

    announced: int | None = None
    titles: tuple[str, ...] = ()
    job: str = ""
    length: int = 0


def read_cover(paragraphs: Sequence[Paragraph]) -> Cover:
    """Read the cover.

    Args:
        paragraphs: from the start of the file to the end of the first article.
    """
    bookmarked = next((i for i, p in enumerate(paragraphs) if any(map(BOOKMARK.match, p.marks))), None)
    lines = [p.line for p in paragraphs[: len(paragraphs) if bookmarked is None else bookmarked]]
    if bookmarked is None and not any(_FIRST.match(x) or _DOCUMENTS.search(x) for x in lines[:60]):
        return Cover()
    count = next((int(m[1]) for x in lines if (m := _DOCUMENTS.search(x))), None)
    job = next((m[1] for x in lines if (m := _JOB.search(x))), "")
    titles, after = _contents(lines)
    length = bookmarked
    if length is None:
        length = _first_article(paragraphs, titles, after)
    if not titles and count is None and not job:
        return Cover(length=length)
    return Cover(count if count is not None else len(titles) or None, tuple(titles), job, length)


def _contents(lines: Sequence[str]) -> tuple[list[str], int]:
    """The numbered titles, and the index of the line after the last one.

    Only the next number in order begins an entry, because titles may begin with numbers themselves. RTF has
    the number on a line of its own.
    """
    titles: list[str] = []
    after = i = 0
    while i < len(lines):
        match = _NUMBERED.match(lines[i])
        if match and int(match[1]) == len(titles) + 1:
            title = match[2] or ""
            while not title and i + 1 < len(lines):
                i += 1
                title = lines[i]
            titles.append(title)
            after = i + 1
        i += 1
    return titles, after


def _first_article(paragraphs: Sequence[Paragraph], titles: Sequence[str], after: int) -> int:
    """The index of the first paragraph of the first article in a file without bookmarks."""
    for i, paragraph in enumerate(paragraphs):
        # The break before the first article; section breaks further down belong to articles.
        if i >= after and (paragraph.ends_section or _RULE.match(paragraph.line)):
            return i + 1
    first = titles[0] if titles else None
    for i in range(after, len(paragraphs)):
        if first and paragraphs[i].line == first:
            return i
    return max(after, _before_date(paragraphs, after))


def _before_date(paragraphs: Sequence[Paragraph], after: int) -> int:
    """Two lines with text before the first line that is a date: the title and the source."""
    filled = [i for i in range(after, len(paragraphs)) if paragraphs[i].line]
    for k, i in enumerate(filled):
        if k >= 2 and parse_date(paragraphs[i].line, rest=True):
            return filled[k - 2]
    return after


def title_lines(lines: Sequence[str], title: str | None) -> int:
    """How many lines the title takes: more than one if the cover's title has the next lines too."""
    if title:
        joined = ""
        for n, line in enumerate(lines[:_HEAD_LINES], 1):
            joined = f"{joined} {line}".strip()
            if joined == title:
                return n
    return 1
