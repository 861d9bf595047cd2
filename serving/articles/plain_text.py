"""Plain text files: one article each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...data.errors import InputError
from .kinds import foreign_kind
from .source import ReadOptions, ReadReport, Source, SourceArticle, check_size, title_of


class PlainText:
    """Reads a text file as one article, in UTF-8 or the encoding that is detected."""

    name = "text"
    what = "plain text: one article per file"
    endings: tuple[str, ...] = (".txt", ".text", ".md")

    def recognise(self, head: bytes, name: str) -> bool:
        """Whatever is of no other known kind; `read` rejects binary files."""
        return foreign_kind(head, name) is None

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The one article of the file.

        Raises:
            InputError: empty, too large, or not text.
        """
        text = decode(source.read(), source.label, report.note)
        yield SourceArticle(id=source.stem, source=source.name, text=text, title=title_of(text))


def decode(raw: bytes, where: str, note: Callable[[str], None]) -> str:
    """Decode bytes as UTF-8, otherwise in the encoding that is detected; `note` then names it.

    Raises:
        InputError: empty, too large, or not text.
    """
    check_size(len(raw), where)
    if not raw.strip():
        raise InputError("empty", where=where, hint="an article needs text")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if b"\x00" in raw[:8192]:
        raise InputError("a binary file, not text", where=where, hint="use plain text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    if best is None:
        raise InputError("a binary file, not text", where=where, hint="use plain text")
    text = str(best)
    control = sum(not c.isprintable() and not c.isspace() for c in text)
    if control > len(text) * 0.02:
        raise InputError("a binary file, not text", where=where, hint="use plain text")
    note(f"{where}: not UTF-8; read as {best.encoding}")
    return text
