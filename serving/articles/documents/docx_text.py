"""The paragraphs of a DOCX file, read from its XML without opening anything that it refers to.

The body is parsed paragraph by paragraph. python-docx would hold the tree of the whole document in
memory, and leaves out insertions under change tracking.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING

from ....data.errors import InputError
from ..exports.paragraph import Paragraph

if TYPE_CHECKING:
    from lxml.etree import _Element

# The body of a document, in bytes of XML. A hundred long articles are below a tenth of that.
MAX_XML_BYTES = 200_000_000
# How much larger than its compressed form the XML may be, above a size where that is harmless.
MAX_RATIO = 200
_RATIO_FLOOR = 20_000_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_TEXT = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Text boxes hold captions and quotes; fallbacks repeat what comes before them; deleted text is gone.
_LEFT_OUT = {"txbxContent", "Fallback", "del", "moveFrom", "instrText", "pPr", "rPr"}


class DocxFile:
    """A DOCX file in memory.

    Args:
        data: its content.
        where: its name, for messages.

    Raises:
        InputError: it is damaged, encrypted, not a DOCX, or unpacks to too much.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self._where = where
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            raise self._damaged() from None
        names = self._zip.namelist()
        self._body = next((n for n in names if re.fullmatch(r"word/document\d*\.xml", n)), None)
        if self._body is None:
            raise InputError("a zip archive without a document", where=where, hint="is it a DOCX file?")

    def _damaged(self) -> InputError:
        return InputError(
            "damaged or incomplete DOCX file", where=self._where, hint="export or save it again"
        )

    def _open(self, name: str) -> IO[bytes]:
        info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise InputError("encrypted", where=self._where, hint="save it without a password")
        bomb = info.file_size > _RATIO_FLOOR and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        if info.file_size > MAX_XML_BYTES or bomb:
            raise InputError(
                f"unpacks to {info.file_size / 1e6:,.0f} MB",
                where=self._where,
                hint=f"the limit is {MAX_XML_BYTES / 1e6:,.0f} MB, and {MAX_RATIO} times the compressed size",
            )
        return self._zip.open(name)

    def _events(self, name: str) -> Iterator[tuple[str, _Element]]:
        from lxml import etree

        # No entity is resolved and nothing is fetched; DOCX has no document type declaration.
        options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
        try:
            with self._open(name) as file:
                for event, element in etree.iterparse(file, events=("start", "end"), **options):
                    if event == "start" and element.getparent() is None:
                        self._refuse_declaration(element)
                    yield event, element
        except (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError):
            raise self._damaged() from None

    def _refuse_declaration(self, root: _Element) -> None:
        if root.getroottree().docinfo.doctype:
            raise InputError(
                "has a document type declaration, which DOCX forbids",
                where=self._where,
                hint="save it again in a word processor",
            )

    def _links(self) -> dict[str, str]:
        """The addresses of links by relation; they are only noted."""
        name = re.sub(r"word/(.*)", r"word/_rels/\1.rels", self._body or "")
        if name not in self._zip.namelist():
            return {}
        return {
            str(e.get("Id")): str(e.get("Target"))
            for event, e in self._events(name)
            if event == "end" and str(e.get("Type", "")).endswith("/hyperlink")
        }

    def properties(self) -> dict[str, str]:
        """The properties that the program that wrote the file set, such as `title` and `LADocCount`."""
        found: dict[str, str] = {}
        for part in ("docProps/core.xml", "docProps/custom.xml"):
            if part not in self._zip.namelist():
                continue
            for event, element in self._events(part):
                if event == "end" and element.text and element.text.strip():
                    parent = element.getparent()
                    custom = parent.get("name") if parent is not None else None
                    found[str(custom or _local(element))] = element.text.strip()
        return found

    def paragraphs(self) -> Iterator[Paragraph]:
        """The paragraphs of the body, also of tables, in order; without text boxes, notes and headers."""
        assert self._body is not None
        links = self._links()
        marks: list[str] = []
        boxes = 0
        for event, element in self._events(self._body):
            name = _local(element)
            if name in ("txbxContent", "Fallback"):
                boxes += 1 if event == "start" else -1
            elif event == "end" and name == "bookmarkStart" and not boxes:
                marks.append(_attribute(element, "name") or "")
            elif event == "end" and name == "p" and not boxes:
                yield _paragraph(element, tuple(marks), links)
                marks.clear()
                _forget(element)


def _paragraph(element: _Element, marks: tuple[str, ...], links: Mapping[str, str]) -> Paragraph:
    link, heading, section = None, 0, False
    for child in element.iter():
        name = _local(child)
        if name == "hyperlink" and link is None:
            link = next(
                (links[v] for k, v in child.attrib.items() if str(k).endswith("}id") and v in links), None
            )
        elif name == "outlineLvl":
            heading = int(_attribute(child, "val") or 0) + 1
        elif name == "pStyle":
            heading = heading or _style_level(_attribute(child, "val") or "")
        elif name == "sectPr":
            section = True
    return Paragraph("".join(_text(element)), marks, link, heading=heading % 10, ends_section=section)


def _style_level(style: str) -> int:
    match = re.fullmatch(r"(?:Heading|berschrift|Überschrift|Titre)(\d)", style)
    return int(match[1]) if match else int(style in ("Title", "Titel"))


def _text(element: _Element) -> Iterator[str]:
    for child in element:
        name = _local(child)
        if name in _LEFT_OUT:
            continue
        if name == "t":
            yield child.text or ""
        elif name in _TEXT:
            yield _TEXT[name]
        else:
            yield from _text(child)


def _forget(element: _Element) -> None:
    """Free a paragraph that was read, and what lies before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _local(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: _Element, name: str) -> str | None:
    value = element.get(_W + name)
    return str(value) if value is not None else element.get(_STRICT + name)
