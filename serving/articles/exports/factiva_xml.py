"""Factiva exports in XML: a result set with one element per article."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from ....data.errors import InputError
from ..dates import date_fields
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .languages import language_code

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_FILE_BYTES = 50_000_000


class FactivaXml:
    """A Factiva export in XML."""

    name = "factiva-xml"
    what = "a Factiva export (XML)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it has the element of a result set."""
        return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"ppsarticleResultSet" in head

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the export. Characters that XML forbids are dropped.

        Raises:
            InputError: it is too large, or has no articles.
        """
        from lxml import etree

        data = source.read(MAX_FILE_BYTES, "an export")
        parser = etree.XMLParser(
            recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        root = etree.fromstring(data, parser)
        numbers = [] if root is None else [e for e in root.iter() if _local(e) == "accessionNo"]
        if not numbers:
            raise InputError(
                "no articles in this export", where=source.label, hint="export the full articles"
            )
        results = next((e for e in root.iter() if _local(e) == "ppsarticleResultSet"), root)
        if (count := str(results.get("count") or "")).isdigit():
            report.announce(int(count))
        for number, element in enumerate(numbers, 1):
            article = _article(_around(element), source, number)
            if article.text:
                yield article
            else:
                where = f"{source.label}, {article.position}"
                report.error(InputError("no text", where=where, hint="export the full text of the article"))
        if b"ppsarticleResultSet>" not in data[-4096:]:
            hint = "the last article may be incomplete"
            report.error(InputError("the file is cut off", where=source.label, hint=hint))


def _local(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _around(number: _Element) -> _Element:
    """The element of an article: the largest one around its document number that has no other number."""
    element = number
    while (parent := element.getparent()) is not None and _local(parent) != "ppsarticleResultSet":
        found = (e for e in parent.iter() if _local(e) == "accessionNo")
        if len(list(islice(found, 2))) > 1:  # not all: the parent may hold every article
            break
        element = parent
    return element


def _article(element: _Element, source: Source, number: int) -> SourceArticle:
    parts: dict[str, _Element] = {}
    for child in element.iter():
        parts.setdefault(_local(child), child)
    date, original = date_fields(_value(parts.get("publicationDate")))
    id_ = _value(parts.get("accessionNo"))
    texts = (_paragraphs(parts.get(name)) for name in ("leadParagraph", "tailParagraphs"))
    return SourceArticle(
        id=id_ or f"{source.stem}-{number}",
        given_id=bool(id_),
        text="\n\n".join(filter(None, texts)),
        source=source.name,
        position=f"article {number}",
        title=_value(parts.get("headline")) or None,
        outlet=_value(parts.get("sourceName")) or None,
        date=date,
        date_original=original,
        author=_value(parts.get("byline")) or None,
        language=language_code(_value(parts.get("baseLanguage"))),
    )


def _value(element: _Element | None) -> str:
    """The text of an element as one line, or the attribute `value` of it or of an element in it."""
    if element is None:
        return ""
    text = " ".join("".join(map(str, element.itertext())).split())
    return text or next((str(e.get("value")).strip() for e in element.iter() if e.get("value")), "")


def _paragraphs(element: _Element | None) -> str:
    if element is None:
        return ""
    inner = [e for e in element.iter() if _local(e) in ("paragraph", "p", "para")] or [element]
    lines = (" ".join("".join(map(str, e.itertext())).split()) for e in inner)
    return "\n\n".join(filter(None, lines))
