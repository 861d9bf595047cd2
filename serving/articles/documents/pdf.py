"""PDF: one article per file; the text is extracted by pypdf."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from ....data.errors import InputError, plural
from ..dates import parse_date
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .pdf_lines import joined, without_running_lines

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_FILE_BYTES = 100_000_000
MAX_PAGES = 2_000
# Fewer letters per page than a caption has: the pages are pictures.
_MIN_LETTERS = 25
_NO_TITLE = re.compile(
    r"(?:untitled|microsoft word|powerpoint|microsoft powerpoint|document\d*\b|slide \d|print\b|layout \d)"
    r"|.*\.(?:docx?|pdf|rtf|txt|html?|indd|qxd|pages|odt|tex|p65|xlsx?)\Z|https?:|about:|\(?anonymous",
    re.I,
)


class Pdf:
    """A PDF file with text. Columns come in the order in which the file has them."""

    name = "pdf"
    what = "a PDF with text"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether the header of a PDF is at the start; some programs put a few bytes before it."""
        return b"%PDF-" in head[:1024] and not head.lstrip().startswith((b"<", b"{"))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The document.

        Raises:
            InputError: encrypted, damaged, cut off, too large, or a scan without text.
        """
        data = source.read(MAX_FILE_BYTES, "a PDF")
        with _quiet():
            reader = _opened(data, source.label)
            pages = _pages(reader, source.label)
            title, written = _metadata(reader)
        letters = sum(c.isalpha() for page in pages for c in page)
        if letters < _MIN_LETTERS * len(pages):
            raise InputError(
                f"{plural(len(pages), 'page')} without text, as in a scan",
                where=source.label,
                hint="recognise the text first, for example with ocrmypdf",
            )
        lines = without_running_lines([page.split("\n") for page in pages])
        text = joined(lines)
        if title and text.casefold().startswith(title.casefold() + "\n"):
            text = text[len(title) :].lstrip()
        yield SourceArticle(
            id=source.stem,
            text=text,
            source=source.name,
            title=title,
            date=written if written and _names_day(pages[0], written) else None,
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the warnings of pypdf about files that it can still read."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _opened(data: bytes, where: str) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    if b"%%EOF" not in data[-4096:]:
        raise InputError("the PDF is cut off", where=where, hint="download or save it again")
    try:
        reader = PdfReader(io.BytesIO(data))
        # Many files are encrypted without a password, only to forbid changes.
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("encrypted", where=where, hint="save it without a password")
        n_pages = len(reader.pages)
    except InputError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError("damaged PDF", where=where, hint="download or save it again") from None
    if not n_pages:
        raise InputError("a PDF without pages", where=where, hint="download or save it again")
    if n_pages > MAX_PAGES:
        raise InputError(
            f"{n_pages} pages", where=where, hint=f"the limit is {MAX_PAGES}; split it by article"
        )
    return reader


def _pages(reader: PdfReader, where: str) -> list[str]:
    """The text of each page.

    Raises:
        InputError: a page cannot be read, for example because it unpacks to too much.
    """
    pages = []
    for number, page in enumerate(reader.pages, 1):
        try:
            pages.append(page.extract_text() or "")
        except Exception as error:  # pypdf raises many kinds of exceptions for invalid content
            raise InputError(
                f"page {number} cannot be read ({type(error).__name__})",
                where=where,
                hint="print it to a new PDF and read that",
            ) from None
    return pages


def _metadata(reader: PdfReader) -> tuple[str | None, str | None]:
    """The title, unless it is the name of a file or of a program, and the date of creation."""
    try:
        about = reader.metadata
        title = " ".join(str((about and about.get("/Title")) or "").split())
        written = str((about and about.get("/CreationDate")) or "")
    except Exception:  # invalid metadata do not make the text unreadable
        return None, None
    sensible = 2 <= len(title.split()) <= 40 and not _NO_TITLE.match(title)
    day = parse_date(written) if written.startswith("D:") else None
    return title if sensible else None, day[:10] if day else None


def _names_day(page: str, day: str) -> bool:
    """Whether the page names the day on which the file was written: then it is that of the article."""
    when = date.fromisoformat(day)
    month = r"(?:" + "|".join({f"{when:%B}", rf"{when:%b}\.?"}) + ")"
    number = rf"{when.day}(?:st|nd|rd|th)?"
    forms = rf"{number} {month},? {when.year}|{month} {number},? {when.year}|{day}"
    return bool(re.search(rf"(?<!\d)(?:{forms})(?!\d)", " ".join(page.split())))
