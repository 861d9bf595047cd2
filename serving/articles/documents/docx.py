"""DOCX: exports of Nexis, and documents that are one article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....data.errors import InputError
from ..exports.nexis import is_nexis, read_nexis
from ..exports.paragraph import Paragraph, body_text
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .docx_text import DocxFile

# A file with a hundred articles is a few MB; pictures make it larger.
MAX_FILE_BYTES = 100_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Docx:
    """A DOCX file: the articles of a Nexis export, or one article."""

    name = "docx"
    what = "a DOCX document or a Nexis export (DOCX)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it is a zip archive with a Word document, or an Office file that cannot be read."""
        if head.startswith(_OLE):
            return True
        return head.startswith(b"PK\x03\x04") and (b"word/" in head or name.lower().endswith(".docx"))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the export, or the document.

        Raises:
            InputError: encrypted, damaged, without text, or from before 2007.
        """
        data = source.read(MAX_FILE_BYTES, "a DOCX file")
        if data.startswith(_OLE):
            raise _unreadable(data, source.label)
        file = DocxFile(data, source.label)
        properties = file.properties()
        paragraphs = list(file.paragraphs())
        counted = properties.get("LADocCount", "")
        if "LADeliveryID" in properties or is_nexis(paragraphs):
            number = int(counted) if counted.isdigit() else None
            yield from read_nexis(paragraphs, source, report, counted=number)
        else:
            yield one_article(paragraphs, source, properties.get("title"))


def _unreadable(data: bytes, where: str) -> InputError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return InputError("encrypted", where=where, hint="save it without a password")
    return InputError("an Office document from before 2007", where=where, hint="save it as DOCX")


def one_article(paragraphs: Sequence[Paragraph], source: Source, title: str | None = None) -> SourceArticle:
    """A document as one article; its title is the first heading, `title`, or a short first paragraph.

    Raises:
        InputError: there is no text.
    """
    filled = [p for p in paragraphs if p.line]
    if not filled:
        raise InputError("no text", where=source.label, hint="an article needs text")
    first = filled[0].line
    headline = bool(filled[0].heading) or (
        title in (None, "", first) and len(first) <= 200 and not first.endswith((".", "!", "”", '"', "?"))
    )
    if len(filled) > 1 and headline:
        title, filled = first, filled[1:]
    return SourceArticle(id=source.stem, text=body_text(filled), source=source.name, title=title or None)
