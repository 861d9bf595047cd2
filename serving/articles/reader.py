"""The protocol of a reader: one kind of source, recognised by its content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .source import ReadOptions, ReadReport, Source, SourceArticle


class Reader(Protocol):
    """Reads the articles in one kind of source. A new kind is one module and one entry in the registry.

    Attributes:
        name: the short name of the kind, for example `nexis-docx`.
        what: the kind in words, for messages and the documentation, for example `a Nexis export (DOCX)`.
    """

    name: str
    what: str

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether a source is of this kind.

        Args:
            head: its first 64 KiB, decompressed if it is gzip.
            name: its file name or URL; decides only between kinds that the content cannot tell apart.
        """
        ...

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """Read the articles one after another, without keeping them in memory.

        An article or row that cannot be read goes to `report.error`, and reading continues. Any other
        exception ends the source with one line: the registry turns it into an `InputError`.

        Raises:
            InputError: the source cannot be read at all.
        """
        ...
