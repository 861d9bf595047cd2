"""Articles of a Factiva export, from paragraphs: with field codes (`HD`, `PD` …) or without."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ....data.errors import InputError
from ..dates import date_fields, parse_date
from ..source import ReadReport, Source, SourceArticle
from .languages import language_code
from .paragraph import Paragraph, body_text

CODES = frozenset(
    """CLM SE HD BY CR WC PD ET SN SC NGC GC ED PG VOL LA CY LP TD CT RF CO IN NS RE IPC IPD PUB AN ART CX DLN
    RST""".split()
)
_ROW = re.compile(r"\s*([A-Z]{2,3})\t(.*)\Z", re.S)
_END = re.compile(r"(?:Document|Dokument|Documento|文件) ?([A-Za-z0-9]{12,40})\Z")
_WORDS = re.compile(r"[\d.,'’\u00a0 ]+ ?(?:words?|Wörter|mots|palabras|parole|palavras|woorden|字)\Z", re.I)
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?(?: [A-Z]{2,4})?\Z", re.I)
_COPYRIGHT = re.compile(r"(?:Copyright\b|©|\(c\)|Alle Rechte|All rights reserved|Tous droits)", re.I)
# A picture that a converter left as text.
_HEX = re.compile(r"[0-9a-f]{40,}\Z", re.I)
_NUMBERED = re.compile(r"\d+\)\s+")
# At most this many lines are between the word count and the copyright: date, time, source, codes, page …
_MAX_HEAD = 14
_SUMMARY = re.compile(r"(?:Search Summary|Suchübersicht|Résumé de la recherche|Resumen de)", re.I)


def is_factiva(paragraphs: Iterable[Paragraph]) -> bool:
    """Whether the paragraphs are those of a Factiva export: one has the accession number of an article."""
    return any(_END.match(p.line.split("\t")[-1].strip()) or p.text.startswith("HD\t") for p in paragraphs)


def read_factiva(
    paragraphs: Iterable[Paragraph], source: Source, report: ReadReport
) -> Iterator[SourceArticle]:
    """Read the articles one after another.

    Factiva does not announce how many there are; each article ends with its accession number.

    Raises:
        InputError: there are no articles.
    """
    seen: dict[str, int] = {}
    number = 0
    for chunk, ended in _chunks(paragraphs):
        if not any(p.line for p in chunk) or (not ended and _is_summary(chunk)):
            continue
        number += 1
        position = f"article {number}"
        article = factiva_article(chunk, source, position, seen)
        if isinstance(article, InputError):
            report.error(article)
        else:
            yield article
    if not number:
        raise InputError("no articles in this export", where=source.label, hint="export the full articles")


def factiva_article(
    chunk: Sequence[Paragraph],
    source: Source,
    position: str,
    seen: dict[str, int],
    language: str | None = None,
) -> SourceArticle | InputError:
    """One article.

    Args:
        chunk: its paragraphs, with the line of the accession number.
        source: the file.
        position: of the article in the file.
        seen: how often each accession number occurred so far. Shortened ones are not unique.
        language: of the article, if the markup has it.

    Returns:
        The article, or what is wrong with it.
    """
    values = _complete_values(chunk, f"{source.label}, {position}")
    if isinstance(values, InputError):
        return values
    number = values["number"]
    date_iso, date_original = date_fields(values["date"])
    return SourceArticle(
        id=_unique(number or f"{source.stem}-{position.rpartition(' ')[2]}", seen),
        text=values["text"],
        given_id=bool(number),
        source=source.name,
        position=position,
        title=values["title"] or None,
        outlet=values["outlet"] or None,
        date=date_iso,
        date_original=date_original,
        author=values["author"] or None,
        language=language or language_code(values["language"]),
    )


def _complete_values(chunk: Sequence[Paragraph], where: str) -> dict[str, str] | InputError:
    """The values of an article, with its number (empty if it has none), or what is missing."""
    values = _from_codes(_tagged(chunk)) or _untagged(chunk)
    if values is None:
        return InputError("an article without a word count and a date", where=where, hint="is it incomplete?")
    if not values["text"]:
        return InputError("no text", where=where, hint="export the full text of the article")
    return {**values, "number": values.get("number") or _document_number(chunk)}


def _unique(key: str, seen: dict[str, int]) -> str:
    """The key of an article; with a number if it occurred before. Counts it in `seen`."""
    seen[key] = seen.get(key, 0) + 1
    return key if seen[key] == 1 else f"{key}-{seen[key]}"


def _document_number(chunk: Sequence[Paragraph]) -> str:
    """The number in the last line; empty if there is none."""
    ends = (_END.match(p.line.split("\t")[-1].strip()) for p in reversed(chunk))
    return next((m[1] for m in ends if m), "")


def _chunks(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[list[Paragraph], bool]]:
    """The paragraphs of each article, and whether the line with its number ended them."""
    chunk: list[Paragraph] = []
    for paragraph in paragraphs:
        chunk.append(paragraph)
        if _END.match(paragraph.line) or _END.match(paragraph.text.partition("\t")[2].strip()):
            yield chunk, True
            chunk = []
    yield chunk, False


def _is_summary(chunk: Sequence[Paragraph]) -> bool:
    """Whether what follows the last article is the summary of the search, or too little for an article."""
    lines = [p.line for p in chunk if p.line]
    return any(_SUMMARY.match(x) for x in lines) or not any(
        _WORDS.match(x) or x.startswith("HD ") for x in lines
    )


def _tagged(chunk: Sequence[Paragraph]) -> dict[str, list[Paragraph]]:
    """The paragraphs of each field code; empty if the export has no codes."""
    fields: dict[str, list[Paragraph]] = {}
    code = None
    for paragraph in chunk:
        row = _ROW.match(paragraph.text)
        if row and row[1] in CODES:
            code = row[1]
            fields.setdefault(code, []).append(Paragraph(row[2].rstrip("\t")))
        elif code is not None:
            fields[code].append(Paragraph(paragraph.text.rstrip("\t")))
    return fields


def _from_codes(fields: Mapping[str, Sequence[Paragraph]]) -> dict[str, str]:
    """The values of an article with codes; empty if it has none."""
    if not {"HD", "LP", "TD"}.intersection(fields):
        return {}

    def line(code: str) -> str:
        return " ".join(p.line for p in fields.get(code, ()) if p.line)

    number = _END.match(line("AN"))
    return {
        "title": _NUMBERED.sub("", line("HD"), count=1) if _NUMBERED.match(line("HD")) else line("HD"),
        "author": line("BY"),
        "date": f"{line('PD')} {line('ET')}".strip() if _TIME.match(line("ET")) else line("PD"),
        "outlet": line("SN"),
        "language": line("LA"),
        "number": number[1] if number else line("AN"),
        "text": _body([*fields.get("LP", ()), *fields.get("TD", ())]),
    }


def _untagged(chunk: Sequence[Paragraph]) -> dict[str, str] | None:
    """An article without codes; the word count is the anchor. None if there is none."""
    anchor = next((i for i, p in enumerate(chunk) if _WORDS.match(p.line)), None)
    if anchor is None:
        return None
    page = max((i for i, p in enumerate(chunk[:anchor]) if p.ends_section), default=-1)
    before = [p for p in chunk[page + 1 : anchor] if p.line]
    after = [p for p in chunk[anchor + 1 :] if p.line and not _END.match(p.line)]
    title, author = _title_and_author(before)
    rest = [p.line for p in after[:_MAX_HEAD]]
    dated = next((i for i, x in enumerate(rest[:3]) if parse_date(x)), None)
    body = _body_start(rest)
    if dated is None or body is None:
        return None
    date_text, source = rest[dated], dated + 1
    while source < len(rest) - 1 and _TIME.match(rest[source]):
        date_text, source = f"{date_text} {rest[source]}", source + 1
    language = next((x for x in rest[source:body] if language_code(x) and len(x.split()) == 1), "")
    return {
        "title": title,
        "author": author,
        "date": date_text,
        "outlet": rest[source],
        "language": language,
        "text": _body(after[body:]),
    }


def _body(paragraphs: Sequence[Paragraph]) -> str:
    """The text, without pictures in hexadecimal digits."""
    return body_text(p for p in paragraphs if not _HEX.match(p.line.replace(" ", "")))


def _body_start(lines: Sequence[str]) -> int | None:
    """The index of the first line of the text: after the copyright, otherwise after the language."""
    after = next((i + 1 for i, x in enumerate(lines) if _COPYRIGHT.match(x)), None)
    if after is None:
        after = next((i + 1 for i, x in enumerate(lines) if language_code(x) and len(x.split()) == 1), None)
        # The line after the language is the copyright, whatever its words; a sentence is text.
        if after is not None and after < len(lines) and re.search(r"\b(?:19|20)\d\d\b", lines[after][:30]):
            after += 1
    return after


def _title_and_author(before: Sequence[Paragraph]) -> tuple[str, str]:
    """The headline is the bold line; a section may come before it, the author after it."""
    if not before:
        return "", ""
    at = next((i for i, p in enumerate(before) if p.bold), None)
    if at is None:
        # Without bold text: the longest of the last three lines; sections and authors are short.
        tail = range(max(0, len(before) - 3), len(before))
        at = max(tail, key=lambda i: len(before[i].line))
    title = (
        _NUMBERED.sub("", before[at].line, count=1) if _NUMBERED.match(before[at].line) else before[at].line
    )
    return title, before[at + 1].line if at + 1 < len(before) else ""
