"""Articles of an export of the older LexisNexis and Nexis UK, from its paragraphs.

Text, HTML and RTF have the same order: the line `2 of 40 DOCUMENTS`; outlet and date, centred; the title;
labelled fields; the text; more labelled fields. In the academic edition the copyright comes first, and the
title and the text have labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ....data.errors import InputError
from ..dates import parse_date
from ..source import ReadReport, Source, SourceArticle
from .languages import language_code
from .paragraph import Paragraph, body_text

MARKER = re.compile(
    r"\s*(?:(?:Dokument|Document)\s+)?(\d+) (?:of|von|de|van) (\d+)"
    r"(?: (?:DOCUMENTS?|DOKUMENTE?|DOCUMENTEN))?\s*\Z",
    re.I,
)
_ROLES = {
    "title": "HEADLINE KOP",
    "author": "BYLINE AUTOR AUTEUR",
    "text": "BODY TEKST TEXT",
    "language": "LANGUAGE SPRACHE LANGUE TAAL",
    "before": "SECTION LENGTH DATELINE HIGHLIGHT SERIES RUBRIK LÄNGE RUBRIQUE LONGUEUR LENGTE SECTIE",
    "after": "LOAD-DATE GRAPHIC PUBLICATION-TYPE SUBJECT CORRECTION CORRECTION-DATE PERSON GEOGRAPHIC COMPANY"
    " ORGANIZATION TICKER INDUSTRY JOURNAL-CODE DOCUMENT-TYPE URL UPDATE GRAFIK ZEITUNGS-CODE BIBLIOGRAPHIE"
    " SUJET LOCALISATION-GEO DATE-CHARGEMENT TYPE-PUBLICATION PUBLICATIEDATUM",
}
_ROLE = {label: role for role, labels in _ROLES.items() for label in labels.split()}
# Only known labels are fields: a headline may have a colon.
_LABEL = re.compile(rf"({'|'.join(sorted(_ROLE, key=len, reverse=True))}):\s*(.*)\Z", re.S)
_COPYRIGHT = re.compile(r"(?:Copyright\b|©|\(c\)\s|All Rights Reserved|Alle Rechte)", re.I)
_NOTICE = re.compile(
    r"there (?:is|was) an error in this document|unable to (?:display|retrieve) this document", re.I
)
_NO_CONTENT = re.compile(r"Return to List\Z", re.I)
# At most these paragraphs come before the title.
_MAX_HEAD = 8


def is_lexisnexis(paragraphs: Iterable[Paragraph]) -> bool:
    """Whether one of the paragraphs is the line that begins an article: `2 of 40 DOCUMENTS`."""
    return any(_marker(p) for p in paragraphs)


def _marker(paragraph: Paragraph) -> re.Match[str] | None:
    match = MARKER.match(paragraph.line)
    # "3 of 4" without the word is a marker only where it is centred.
    return match if match and (match[0].strip()[-1].isalpha() or paragraph.centred) else None


def read_lexisnexis(
    paragraphs: Iterable[Paragraph], source: Source, report: ReadReport
) -> Iterator[SourceArticle]:
    """Read the articles one after another.

    Args:
        paragraphs: of the file, in order.
        source: the file.
        report: receives the number that the markers announce, and articles without text.
    """
    announced = previous = number = 0
    for marker, chunk in _chunks(paragraphs):
        number += 1
        if marker is not None:
            n, total = int(marker[1]), int(marker[2])
            # The numbers begin again where files were joined.
            announced += total if n <= previous or not previous else 0
            previous = n
            report.announce(announced)
        article = _article(chunk, source, number)
        if article.text:
            yield article
            continue
        notice = any(_NOTICE.search(p.line) for p in chunk)
        what = "a notice of the database instead of an article" if notice else "no text"
        where = f"{source.label}, {article.position}"
        report.error(InputError(what, where=where, hint="export the full text of the article"))


def _chunks(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[re.Match[str] | None, list[Paragraph]]]:
    """The marker and the paragraphs of each article. What precedes the first marker is the cover."""
    marker, begun = None, False
    chunk: list[Paragraph] = []
    for paragraph in paragraphs:
        found = _marker(paragraph)
        if found:
            if begun:
                yield marker, chunk
            marker, chunk, begun = found, [], True
        elif paragraph.line and not _NO_CONTENT.match(paragraph.line):
            chunk.append(paragraph)
    # Without any marker, the file is one article.
    if chunk or begun:
        yield marker, chunk


@dataclass(frozen=True, slots=True)
class _Head:
    """What precedes the labelled fields; `rest` are paragraphs after the title, which are text."""

    outlet: str | None
    date: str | None
    date_original: str | None
    title: str
    rest: Sequence[Paragraph] = ()


def _article(chunk: Sequence[Paragraph], source: Source, number: int) -> SourceArticle:
    first_field = next((i for i, p in enumerate(chunk) if _LABEL.match(p.text)), None)
    start = min(len(chunk), _MAX_HEAD) if first_field is None else first_field
    head = _head(
        [p for p in chunk[:start] if not _COPYRIGHT.match(p.line)], has_fields=first_field is not None
    )
    fields: dict[str, str] = {}
    if first_field is None:
        body = [*head.rest, *chunk[start:]]
    else:
        fields, body = _fields(chunk[start:])
    # The copyright may be the last line of the text.
    body = [p for p in body if not (p is chunk[-1] and _COPYRIGHT.match(p.line))]
    if any(_NOTICE.search(p.line) for p in body):
        body = []
    return SourceArticle(
        id=f"{source.stem}-{number}",
        text=body_text(body),
        source=source.name,
        position=f"article {number}",
        title=fields.get("title") or head.title or None,
        outlet=head.outlet,
        date=head.date,
        date_original=head.date_original,
        author=fields.get("author") or None,
        language=language_code(fields.get("language")),
    )


def _fields(paragraphs: Sequence[Paragraph]) -> tuple[dict[str, str], list[Paragraph]]:
    """The values of labelled fields by role, and the paragraphs of the text between them."""
    fields: dict[str, str] = {}
    values: list[str] = []
    body: list[Paragraph] = []
    ended = False
    for paragraph in paragraphs:
        match = _LABEL.match(paragraph.text)
        if match is None:
            if not ended:
                body.append(paragraph)
            continue
        role, value = _ROLE[match[1]], " ".join(match[2].split())
        values.append(value)
        if role == "text":
            body = [Paragraph(match[2])] if value else []
        elif body and role in ("after", "language"):
            ended = True
        fields.setdefault(role, value)
    if sum(_doubled(v) for v in values) > 1:
        fields = {role: _without_last(v) if _doubled(v) else v for role, v in fields.items()}
    return fields, body


def _doubled(value: str) -> bool:
    """Whether the last word is repeated: some exports do that in every field."""
    last = value.split()[-2:]
    return len(last) == 2 and last[0] == last[1]


def _without_last(value: str) -> str:
    return value.rpartition(" ")[0]


def _head(paragraphs: Sequence[Paragraph], *, has_fields: bool) -> _Head:
    """Outlet, date and title.

    Args:
        paragraphs: before the first labelled field, without the copyright.
        has_fields: whether a labelled field follows; then the paragraph before it is the title.
    """
    lines = [Paragraph(x, centred=p.centred) for p in paragraphs for x in p.text.split("\n") if x.strip()]
    shows_centred = any(p.centred for p in lines)
    at = next((i for i, p in enumerate(lines[:_MAX_HEAD]) if parse_date(p.line, rest=True)), None)
    if at is None:
        return _undated_head(lines, shows_centred, has_fields)
    outlet = lines[0].line if at else None
    date = parse_date(lines[at].line, rest=True)
    after = [p for p in lines[at + 1 :] if not parse_date(p.line, rest=True)]
    if shows_centred:
        after = [p for p in after if not p.centred]  # without editions
    if not after and at > 1:
        # The title precedes the date.
        return _Head(outlet, date, None, *_title(lines[1:at], has_fields=True))
    return _Head(outlet, date, None, *_title(after, has_fields=has_fields, all_lines=shows_centred))


def _undated_head(lines: Sequence[Paragraph], shows_centred: bool, has_fields: bool) -> _Head:
    """Outlet and title if no date is understood; the second centred line is what the date may be."""
    outlet = lines[0].line if lines and (shows_centred or has_fields) else None
    original = lines[1].line if len(lines) > 1 and lines[1].centred else None
    left = lines[bool(outlet) + bool(original) :]
    left = [p for p in left if not (shows_centred and p.centred)]
    return _Head(outlet, None, original, *_title(left, has_fields=has_fields))


def _title(
    lines: Sequence[Paragraph], *, has_fields: bool, all_lines: bool = False
) -> tuple[str, list[Paragraph]]:
    """The title among the lines, and what follows it.

    Args:
        lines: after outlet and date.
        has_fields: whether the text follows a labelled field, so that no line here is text.
        all_lines: whether the lines are the title only, without editions.
    """
    if not lines:
        return "", []
    if not has_fields:
        return lines[0].line, list(lines[1:])
    if all_lines:
        return " ".join(p.line for p in lines), []
    first = len(lines) - 1
    while first and lines[first - 1].line.endswith(";"):
        first -= 1
    return " ".join(p.line for p in lines[first:]), []
