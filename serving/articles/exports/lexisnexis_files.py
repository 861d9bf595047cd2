"""Exports of the older LexisNexis and Nexis UK as text and HTML; those as RTF go through the RTF reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..kinds import is_html, without_mark
from ..plain_text import decode
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .html_text import blocks, classes, parse_html
from .lexisnexis import MARKER, read_lexisnexis
from .paragraph import Paragraph

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_FILE_BYTES = 50_000_000
_WORDED = re.compile(r"(?:DOCUMENTS?|DOKUMENTE?|DOCUMENTEN)\s*\Z|\s*(?:Dokument|Document)\s+\d", re.I)
# The labels of an article that was exported alone, without a marker.
_ALONE = re.compile(
    r"^(?:LENGTH|LÄNGE|LONGUEUR|LENGTE): .*?^(?:LOAD-DATE|UPDATE|DATE-CHARGEMENT): ", re.M | re.S
)
_HTML = re.compile(rb"LXNComment|<META TOPIC=[^>]*DOCUMENTS=|NAME=[\"']?DOC_ID_\d|<DOCFULL>", re.I)
_CENTRED = re.compile(r"\.([\w-]+)\s*\{[^}]*text-align\s*:\s*center", re.I)
_INDENT = re.compile(r"[ \t]{8,}\S")


class LexisNexisText:
    """An export as plain text."""

    name = "lexisnexis-txt"
    what = "an export of the older LexisNexis (TXT)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether a line is the marker of an article, or the labels of a single article are there."""
        if b"\x00" in head[:1024] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return False
        text = without_mark(head).decode("utf-8", errors="replace").replace("\r\n", "\n")
        if text.lstrip()[:1] in ("<", "{", "["):
            return False
        return any(MARKER.match(x) and _WORDED.search(x) for x in text.split("\n")) or bool(
            _ALONE.search(text)
        )

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the export.

        Raises:
            InputError: it is too large, or not text.
        """
        text = decode(source.read(MAX_FILE_BYTES, "an export"), source.label, report.note)
        yield from read_lexisnexis(_text_paragraphs(text), source, report)


def _text_paragraphs(text: str) -> Iterator[Paragraph]:
    """The paragraphs of text whose lines are wrapped; centred lines stay lines."""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\f", "\n\n")):
        lines = [x for x in block.split("\n") if x.strip()]
        if not lines:
            continue
        centred = all(map(_INDENT.match, lines))
        if centred or any(MARKER.match(x) for x in lines):
            yield from (Paragraph(x.strip(), centred=centred) for x in lines)
        else:
            yield Paragraph(" ".join(x.strip() for x in lines))


class LexisNexisHtml:
    """An export as HTML."""

    name = "lexisnexis-html"
    what = "an export of the older LexisNexis (HTML)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it has the comments, metadata or anchors of these exports."""
        return (is_html(head) or head.lstrip()[:1] == b"<") and bool(_HTML.search(head))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the export.

        Raises:
            InputError: it is too large.
        """
        root = parse_html(source.read(MAX_FILE_BYTES, "an export"))
        centred = {c for style in root.iter("style") for c in _CENTRED.findall(style.text or "")}
        is_centred = _centred_by(centred)
        paragraphs = (Paragraph(text, centred=is_centred(element)) for element, text in blocks(root))
        yield from read_lexisnexis(paragraphs, source, report)


def _centred_by(names: set[str]) -> Callable[[HtmlElement], bool]:
    """Whether an element or the one around it is centred. The names of the classes differ by file."""

    def is_centred(element: HtmlElement) -> bool:
        near = [element, *([] if (parent := element.getparent()) is None else [parent])]
        return any(not names.isdisjoint(classes(e)) or e.get("align") == "center" for e in near)

    return is_centred
