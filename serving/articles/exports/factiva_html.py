"""Factiva exports in HTML, with field codes in tables or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....data.errors import InputError
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .factiva import CODES, factiva_article
from .html_text import blocks, classes, parse_html
from .paragraph import Paragraph

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_FILE_BYTES = 50_000_000
_ARTICLE = re.compile(r"([a-z]{2})(?:[a-z]{2})?Article\Z")
_HEAD = re.compile(
    rb"<title>\s*Factiva|class=[\"'](?:last)?article\s+[a-z]{2,4}Article\b|[\"'\s][a-z]{2,4}Article[\"'\s]"
)
# The headlines of the same story elsewhere, inside an article.
_LEFT_OUT = frozenset({"carryOverHeadlines", "carryOverHeadline"})


class FactivaHtml:
    """A Factiva export in HTML."""

    name = "factiva-html"
    what = "a Factiva export (HTML)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it has the title or the classes of Factiva's pages."""
        return b"<" in head[:1024] and bool(_HEAD.search(head))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the export.

        Raises:
            InputError: there are no articles, or the file is too large.
        """
        data = source.read(MAX_FILE_BYTES, "an export")
        seen: dict[str, int] = {}
        number = 0
        for number, (element, language) in enumerate(_articles(parse_html(data)), 1):
            article = factiva_article(_paragraphs(element), source, f"article {number}", seen, language)
            if isinstance(article, InputError):
                report.error(article)
            else:
                yield article
        if not number:
            raise InputError(
                "no articles in this export", where=source.label, hint="export the full articles"
            )
        if b"</html" not in data[-4096:].lower() and b"<html" in data[:65_536].lower():
            report.error(
                InputError(
                    "the file is cut off", where=source.label, hint="the last article may be incomplete"
                )
            )


def _articles(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """The element of each article, and its language. The element around it has a class `article` as well."""
    for element in root.iter("div"):
        language = next((m[1] for c in classes(element) if (m := _ARTICLE.match(c))), None)
        if language and not any(
            _ARTICLE.match(c) for inner in element.iterdescendants("div") for c in classes(inner)
        ):
            yield element, language


def _paragraphs(article: HtmlElement) -> list[Paragraph]:
    rows = _rows(article)
    if rows:
        return rows
    found = []
    for element, text in blocks(article, _LEFT_OUT):
        near = [element, *element.iterdescendants()]
        headline = element.get("id") == "hd" or any(c.endswith("Headline") for e in near for c in classes(e))
        found.append(Paragraph(text, bold=headline))
    return found


def _rows(article: HtmlElement) -> list[Paragraph]:
    """The rows of the table of an export with field codes, as lines `HD<tab>value`."""
    found: list[Paragraph] = []
    for row in article.iter("tr"):
        cells = row.findall("td")
        code = "".join(cells[0].itertext()).strip() if cells else ""
        if code not in CODES or len(cells) < 2:
            continue
        texts = [t for cell in cells[1:] for _, t in blocks(cell, _LEFT_OUT)]
        found.append(Paragraph(f"{code}\t{texts[0] if texts else ''}"))
        found.extend(Paragraph(t) for t in texts[1:])
    return found
