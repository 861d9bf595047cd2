"""Articles of a Nexis Uni, Lexis Advance or Lexis+ export, from its paragraphs.

The layout of current exports (DOCX and RTF) is the same: an optional cover with the list of titles; then each
article with title, source, date, labelled fields, `Body`, text, `Classification` and `End of Document`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ....data.errors import InputError
from ..dates import parse_date
from ..source import ReadReport, Source, SourceArticle
from .count import missing_titles
from .languages import language_code
from .nexis_cover import BOOKMARK, Cover, read_cover, title_lines
from .paragraph import Paragraph, body_text

END = re.compile(
    r"(?:End of Document|Ende des Dokuments|Fin du document|Fin del documento|Fine del documento"
    r"|Fim do documento|Einde van (?:het )?document)\Z",
    re.I,
)
_LABELS = (
    "Section|Length|Byline|Highlight|Dateline|Language|Publication-Type|Journal Code|Subject|Company|Ticker"
    "|Industry|Person|Geographic|Organization|Load-Date|Distribution|Series|Guests|Correction-Date|Graphic"
    "|Related Articles|Edition|Edizione"
)
# The value follows a colon, or a no-break space where the converter lost the colon.
_LABEL = re.compile(rf"({_LABELS})(?:\s*:|\u00a0)\s*(.*)\Z", re.I | re.S)
_INNER_LABEL = re.compile(rf"(?<=\S)\s+(?=(?:{_LABELS}):)", re.I)
_BODY = re.compile(r"(?:Body|Text|FULL TEXT)\s*:?\Z", re.I)
_AFTER_BODY = re.compile(
    r"(?:Graphic|Classification|Correction|Notes)\s*:?\Z"
    r"|(?:Load-Date|Correction-Date|Publication-Type)(?:\s*:|\u00a0)",
    re.I,
)
_COPYRIGHT = re.compile(r"(?:Copyright\b|©|\(c\)\s)", re.I)
_NO_TITLE = re.compile(r"(?:Correction Appended|Correction Attached)\Z", re.I)
_PAGE = re.compile(r"Page \d+ of \d+\Z", re.I)


@dataclass(slots=True)
class _Head:
    """What precedes the text of an article."""

    title: str = ""
    outlet: str | None = None
    date: str | None = None
    date_original: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


def is_nexis(paragraphs: Iterable[Paragraph]) -> bool:
    """Whether the paragraphs are those of a Nexis export: an end mark, or a bookmark of an article."""
    return any(END.match(p.line) or any(map(BOOKMARK.match, p.marks)) for p in paragraphs)


def read_nexis(
    paragraphs: Iterable[Paragraph], source: Source, report: ReadReport, *, counted: int | None = None
) -> Iterator[SourceArticle]:
    """Read the articles one after another.

    Args:
        paragraphs: of the document, in order.
        source: the file.
        report: receives the number and the titles that the cover announces, and articles without text.
        counted: the number of articles in the properties of the file; it counts a cover as well.

    Raises:
        InputError: there are no articles.
    """
    cover = Cover()
    found: list[str] = []
    for n, chunk in enumerate(_chunks(paragraphs)):
        if n == 0:
            cover = read_cover(chunk)
            chunk = chunk[cover.length :]
            # Without a cover, the properties count the articles only.
            announced = cover.announced or (counted and counted - bool(cover.length))
            if announced:
                report.announce(announced, cover.titles)
        if not any(p.line for p in chunk) or (n == 0 and cover.announced == 0):
            continue
        number = len(found) + 1
        title = cover.titles[number - 1] if number <= len(cover.titles) else None
        where = f"{source.label}, article {number}"
        article = _article(chunk, source, number, cover.job, title)
        found.append(article.title or "")
        if article.text:
            yield article
        else:
            report.error(InputError("no text", where=where, hint="export the full text of the article"))
    if not found:
        raise InputError("no articles in this export", where=source.label, hint="export the full documents")
    report.missing_titles = tuple(missing_titles(report.announced_titles, found))


def _chunks(paragraphs: Iterable[Paragraph]) -> Iterator[list[Paragraph]]:
    """The paragraphs of each article; those of the cover come before those of the first one."""
    chunk: list[Paragraph] = []
    begun = False
    for paragraph in paragraphs:
        if any(map(BOOKMARK.match, paragraph.marks)):
            # The next article begins although the end of the last one was not marked (another language).
            if begun:
                yield chunk
                chunk = []
            begun = True
        if END.match(paragraph.line):
            yield chunk
            chunk, begun = [], False
        else:
            chunk.append(paragraph)
    yield chunk


def _article(
    chunk: Sequence[Paragraph], source: Source, number: int, job: str, announced_title: str | None
) -> SourceArticle:
    chunk = [p for p in chunk if p.line]
    start = next((i for i, p in enumerate(chunk) if _BODY.match(p.line)), None)
    head = _head(chunk if start is None else chunk[:start], announced_title)
    rest = chunk[_without_body(chunk) :] if start is None else chunk[start + 1 :]
    end = next((i for i, p in enumerate(rest) if _AFTER_BODY.match(p.text.strip())), len(rest))
    for paragraph in rest[end:]:
        if match := _LABEL.match(paragraph.text.strip()):
            head.fields.setdefault(match[1].casefold(), " ".join(match[2].split()))
    link = next((p.link for p in chunk[:2] if p.link), None)
    return SourceArticle(
        id=f"{job or source.stem}-{number}",
        text=body_text(_own_text(rest[:end], head.title)),
        source=source.name,
        position=f"article {number}",
        title=head.title or None,
        outlet=head.outlet,
        date=head.date,
        date_original=head.date_original,
        url=link if link and link.startswith(("http://", "https://")) else None,
        author=head.fields.get("byline") or None,
        language=language_code(head.fields.get("language")),
    )


def _head(paragraphs: Sequence[Paragraph], announced_title: str | None) -> _Head:
    paragraphs = [p for p in paragraphs if not _NO_TITLE.match(p.line)]
    lines = [p.line for p in paragraphs]
    n_title = title_lines(lines, announced_title)
    head = _Head(title=" ".join(lines[:n_title]))
    plain = []
    for paragraph in paragraphs[n_title:]:
        parts = _INNER_LABEL.split(paragraph.text.strip())
        if not _LABEL.match(parts[0]):
            plain.append(paragraph.line)
            continue
        for part in parts:
            if match := _LABEL.match(part):
                head.fields.setdefault(match[1].casefold(), " ".join(match[2].split()))
    plain = [x for x in plain if not _COPYRIGHT.match(x)]
    dated = next((i for i, x in enumerate(plain[:6]) if parse_date(x, rest=True)), None)
    if dated is not None:
        head.date = parse_date(plain[dated], rest=True)
    elif len(plain) > 1:
        head.date_original = plain[1]
    if plain and dated != 0:
        head.outlet = plain[0]
    return head


def _without_body(paragraphs: Sequence[Paragraph]) -> int:
    """Where the text begins in an article without the line `Body`: after the date and the labelled lines."""
    after = 1
    for i, paragraph in enumerate(paragraphs[:12]):
        if _AFTER_BODY.match(paragraph.text.strip()):
            break
        if (
            (i and parse_date(paragraph.line, rest=True))
            or _LABEL.match(paragraph.text.strip())
            or _COPYRIGHT.match(paragraph.line)
        ):
            after = i + 1
    return after


def _own_text(paragraphs: Sequence[Paragraph], title: str) -> Iterator[Paragraph]:
    """The text without an abstract before the full text, and without running heads of converted pages."""
    full = next((i for i, p in enumerate(paragraphs) if p.line.rstrip(":") == "FULL TEXT"), None)
    if full is not None and paragraphs[0].line.startswith("ABSTRACT"):
        paragraphs = paragraphs[full + 1 :]
    after_page = False
    for paragraph in paragraphs:
        running = _PAGE.match(paragraph.line) or (after_page and paragraph.line == title)
        after_page = bool(_PAGE.match(paragraph.line))
        if not running and paragraph.line.rstrip(":") not in ("ABSTRACT", "FULL TEXT"):
            yield paragraph
