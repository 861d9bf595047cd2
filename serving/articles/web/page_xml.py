"""XML and TEI documents in which trafilatura saves the articles of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from ....data.errors import InputError
from ....data.reporting import guarded
from ..dates import date_fields
from ..kinds import without_mark
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from ..streams import too_large
from .page import MAX_PAGE_BYTES, Page, page_article, paragraphs

if TYPE_CHECKING:
    from lxml.etree import _Element

_XML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<doc\b[^>]*>\s*<main\b")
_TEI = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<TEI\b.*?ident=\"Trafilatura\"", re.S)
_END = re.compile(rb"</(?:doc|TEI)\s*>")
_CHUNK = 1 << 16
# Elements within a paragraph; all others are paragraphs of their own.
_INLINE = frozenset("hi ref del code lb graphic".split())
_NOTHING = frozenset(("", "N/A"))


class PageXml:
    """The output of `trafilatura --xml` or `--xmltei`: one document per article, or several in a row."""

    name = "page-xml"
    what = "an article as XML (trafilatura)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether the root element is that of trafilatura, or TEI that names it as its author."""
        start = without_mark(head)
        return bool(_XML.match(start) or _TEI.match(start))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of all documents that can be read; the others are reported.

        Raises:
            InputError: a document is too large, or the last one is incomplete.
        """
        with source.open() as file:
            for n, document in enumerate(_documents(file, source.label), 1):
                article = None
                with guarded(f"{source.label}, article {n}", report.error):
                    article = _article(document, source, n)
                if article is not None:
                    yield article


def _documents(file: BinaryIO, where: str) -> Iterator[bytes]:
    """The documents that follow each other in a file.

    Raises:
        InputError: a document is too large, or the last one is incomplete.
    """
    rest = b""
    while chunk := file.read(_CHUNK):
        searched = max(len(rest) - 16, 0)
        rest += chunk
        while end := _END.search(rest, searched):
            yield rest[: end.end()].strip()
            rest, searched = rest[end.end() :], 0
        if len(rest) > MAX_PAGE_BYTES:
            raise too_large(None, where, MAX_PAGE_BYTES)
    if rest.strip():
        hint = "what comes before was read; export it again"
        raise InputError("ends in the middle of an article", where=where, hint=hint)


def _article(document: bytes, source: Source, n: int) -> SourceArticle:
    """The article of one document.

    Raises:
        InputError: it is not well-formed XML, or has no text.
    """
    from lxml import etree

    where = f"{source.label}, article {n}"
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"not XML: {error.msg}", where=where, hint="export it again") from None
    page, identity = _tei(root) if _local(root) == "TEI" else _doc(root)
    if not page.text:
        raise InputError("no text", where=where)
    default = f"{source.stem}-{n}"
    return page_article(page, source=source.name, id=identity or default, position=f"article {n}")


def _doc(root: _Element) -> tuple[Page, str | None]:
    """The article in trafilatura's own XML, and its id."""
    about = {name: _value(root.get(name)) for name in root.attrib}
    main = root.find("main")
    return _page(main, {**about, "outlet": about.get("sitename") or about.get("hostname")}), about.get("id")


def _tei(root: _Element) -> tuple[Page, str | None]:
    """The article in TEI, and its id. TEI of trafilatura does not name the language."""

    def first(path: str) -> _Element | None:
        return root.find(re.sub(r"/(?=\w)", "/{*}", path))

    def text(path: str) -> str | None:
        found = first(path)
        return None if found is None else _value(found.text)

    link = first(".//biblFull//ptr")
    about = {
        "title": text(".//titleStmt/title"),
        "author": text(".//titleStmt/author"),
        "date": text(".//biblFull//date"),
        "url": None if link is None else _value(link.get("target")),
        # `Harbour Gazette (example.org)`
        "outlet": re.sub(r"(?<=\S) \([\w.-]+\)\Z", "", text(".//biblFull//publisher") or "") or None,
    }
    return _page(first(".//div[@type='entry']"), about), text(".//note[@type='id']")


def _page(main: _Element | None, about: dict[str, str | None]) -> Page:
    date, original = date_fields(about.get("date"))
    title = about.get("title")
    return Page(
        text="" if main is None else paragraphs("\n".join(_blocks(main)), title),
        title=title,
        date=date,
        date_original=original,
        outlet=about.get("outlet"),
        author=about.get("author"),
        url=about.get("url"),
        language=about.get("language"),
    )


def _blocks(main: _Element) -> Iterator[str]:
    """The paragraphs, headings and list items in order."""
    from lxml import etree

    pieces: list[str] = []
    for event, element in etree.iterwalk(main, events=("start", "end")):
        name = _local(element)
        if name not in _INLINE and (block := " ".join("".join(pieces).split())):
            yield block
        if name not in _INLINE:
            pieces.clear()
        if event == "start":
            pieces.append(" " if name == "lb" else element.text or "")
        elif element is not main:
            pieces.append(element.tail or "")


def _local(element: _Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _value(text: str | None) -> str | None:
    line = " ".join((text or "").split())
    return None if line in _NOTHING else line
