"""The protocol of readers: one per kind of source, in the table of `registry`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .source import ReadOptions, ReadReport, Source, SourceArticle


class Reader(Protocol):
    """Reads the articles of one kind of source.

    Attributes:
        name: of the kind, for messages: "nexis-docx".
        what: what it reads, in a few words, for the documentation.
        endings: of the files that are read from folders; recognition itself is by content.
    """

    name: str
    what: str
    endings: tuple[str, ...]

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether a source is of this kind.

        Args:
            head: its first 64 KiB.
            name: decides only between kinds that the content cannot tell apart.
        """
        ...

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of a source, streamed.

        An invalid row or article is passed to `report.error`, and reading goes on. Any exception ends the
        source; the registry turns it into an `InputError`.

        Raises:
            InputError: the source as a whole is invalid.
        """
        ...
