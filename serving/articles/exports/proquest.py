"""ProQuest exports as text: articles between rules of underscores or asterisks, each with labelled fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from ....data.errors import InputError
from ..dates import date_fields
from ..kinds import without_mark
from ..plain_text import decode
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .languages import language_code

MAX_FILE_BYTES = 50_000_000
_RULE = re.compile(r"^[ \t]*[_*]{20,}[ \t]*$", re.M)
# Names without spaces and case: some exports lose the space.
_NAMES = frozenset(
    """author publicationinfo abstract links fulltext subject location people company
    companyorganization title publicationtitle publicationyear publicationdate section publisher
    placeofpublication countryofpublication publicationsubject issn sourcetype languageofpublication
    documenttype proquestdocumentid documenturl copyright database lastupdated dateline
    classification identifierkeyword column volume issue pages firstpage correspondenceauthor
    documentfeature accessionnumber numberofpages""".split()
)
_FIELD = re.compile(r"([A-Z][A-Za-z /]{2,40}):[ \t]*(.*)\Z", re.S)
_CAPTION = re.compile(r"(?:CAPTION|CREDIT|PHOTO|ILLUSTRATION)S?\b\s*:?", re.I)
_NUMBER = re.compile(r"^[ \t]*Document (\d+) of ([\d,]+)[ \t]*$", re.M)
_PROXY = re.compile(r"https?://[^?\s]*[?&]q?url=(https?(?::|%3A).*)\Z", re.I)


class ProQuest:
    """A ProQuest export as text."""

    name = "proquest-txt"
    what = "a ProQuest export (TXT)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins with a rule or the title of a report, and has fields of ProQuest."""
        text = without_mark(head).decode("utf-8", errors="replace").replace("\r\n", "\n")
        if not (_RULE.match(text.lstrip("\n")) or "Report Information from ProQuest" in text[:500]):
            return False
        fields = "ProQuest document ID", "Publication title", "Full text", "Full Text"
        return "ProQuest" in text and any(f"{x}:" in text for x in fields)

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the export.

        Raises:
            InputError: it is too large, not text, or has no articles.
        """
        text = decode(source.read(MAX_FILE_BYTES, "an export"), source.label, report.note)
        text = text.replace("\r\n", "\n")
        if (numbers := _NUMBER.findall(text)) != []:
            report.announce(max(int(total.replace(",", "")) for _, total in numbers))
        number = 0
        for chunk in _RULE.split(text):
            fields = _fields(chunk)
            # The cover and the footer have no fields of an article.
            if "fulltext" not in fields and not ("title" in fields and "publicationtitle" in fields):
                continue
            number += 1
            position = f"article {number}"
            if fields.get("fulltext"):
                yield _article(fields, source, number, position)
            else:
                where = f"{source.label}, {position}"
                report.error(InputError("no text", where=where, hint="export the full text of the article"))
        if not number:
            raise InputError("no articles in this export", where=source.label, hint="export the full text")


def _article(fields: dict[str, str], source: Source, number: int, position: str) -> SourceArticle:
    date, original = date_fields(fields.get("publicationdate"))
    id_ = fields.get("proquestdocumentid") or ""
    url = fields.get("documenturl") or ""
    if proxied := _PROXY.match(url):
        url = unquote(proxied[1])
    return SourceArticle(
        id=id_ or f"{source.stem}-{number}",
        given_id=bool(id_),
        text=fields["fulltext"],
        source=source.name,
        position=position,
        title=fields.get("title") or fields.get("") or None,
        outlet=fields.get("publicationtitle") or None,
        date=date,
        date_original=original,
        url=url or None,
        author=fields.get("author") or None,
        language=language_code(fields.get("languageofpublication")),
    )


def _fields(chunk: str) -> dict[str, str]:
    """The fields by name without spaces and case; the first line without a label has the name ``""``."""
    fields: dict[str, list[str]] = {}
    name = ""
    paragraphs = re.split(r"\n[ \t]*\n", _NUMBER.sub("", chunk))
    for paragraph in paragraphs:
        # Fields may follow each other without an empty line; the text has paragraphs of its own.
        for line in paragraph.strip().split("\n"):
            match = _FIELD.match(line.strip())
            key = re.sub(r"[ /]", "", match[1]).lower() if match else ""
            if match and key in _NAMES and key not in fields:
                name = key
                fields[name] = [match[2]]
            elif line.strip():
                fields.setdefault(name, []).append(line.strip())
        fields.setdefault(name, []).append("")
    text = "\n".join(fields.pop("fulltext", []))
    found = {key: " ".join(filter(None, lines)) for key, lines in fields.items()}
    return {**found, "fulltext": _body(text)} if text or "fulltext" in fields else found


def _body(text: str) -> str:
    """The paragraphs of the text, up to the captions and credits after it."""
    kept: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        line = " ".join(paragraph.split())
        if kept and _CAPTION.match(line):
            break
        if line:
            kept.append(line)
    return "\n\n".join(kept)
