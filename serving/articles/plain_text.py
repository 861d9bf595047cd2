"""Plain text: one article per file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...data.errors import InputError
from .kinds import is_garbled, kind_of_head
from .source import ReadOptions, ReadReport, Source, SourceArticle

# Content with a larger share of control characters is not text.
_MAX_CONTROL = 0.02


def title_of(text: str) -> str | None:
    """The headline: a short first paragraph without a full stop."""
    first, _, rest = text.strip().partition("\n")
    first = first.strip()
    return (
        first if rest.strip() and 0 < len(first) <= 200 and not first.endswith((".", "!", "”", '"')) else None
    )


def decode(raw: bytes, where: str, note: Callable[[str], None]) -> str:
    """Decode bytes as UTF-8, otherwise in the encoding that is detected; `note` then names it.

    Raises:
        InputError: empty, or not text.
    """
    if not raw.strip():
        raise InputError("empty", where=where, hint="an article needs text")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    binary = InputError("a binary file, not text", where=where, hint="use plain text")
    if b"\x00" in raw[:8192]:
        raise binary
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw).best()
        if best is None:
            raise binary from None
        text = str(best)
        note(f"{where}: not UTF-8; read as {best.encoding}")
    control = sum(not c.isprintable() and not c.isspace() for c in text)
    if control > len(text) * _MAX_CONTROL and not any(c in text for c in "\u00ad\u200b\u200e\u200f\u202a"):
        raise binary
    return text


class PlainText:
    """A text file. The last reader in the registry: whatever no other reader recognises."""

    name = "text"
    what = "plain text"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether the content is not of another known kind."""
        return kind_of_head(head, name) is None

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The file as one article.

        Raises:
            InputError: it is empty, too large, not text, or text that a PDF reader garbled.
        """
        text = decode(source.read(), source.label, report.note)
        if is_garbled(text):
            raise InputError(
                "the words are garbled, as in text extracted from a scanned PDF",
                where=source.label,
                hint="extract the text again, with OCR if the pages are images",
            )
        yield SourceArticle(id=source.stem, text=text, source=source.name, title=title_of(text))
