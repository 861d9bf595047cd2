"""WARC archives of web pages, such as those of Common Crawl's news crawl (ISO 28500)."""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from threading import get_ident
from typing import Any, BinaryIO

from ....data.errors import InputError, plural
from ..selecting.seen import SeenIds
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from ..streams import MAX_STREAM_BYTES
from .page import MAX_PAGE_BYTES, extract_page, language_of, page_article

# A page with fewer bytes has no article.
MIN_PAGE_BYTES = 500
# The headers of a record.
MAX_HEADER_BYTES = 4_000_000
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_LANGUAGE = re.compile(r"[a-z]{2,3}\b", re.I)


class Warc:
    """An archive: one article per response record with an HTML page."""

    name = "warc"
    what = "a WARC archive"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins as the first record does."""
        return head.lstrip().startswith(b"WARC/")

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the pages, one record after another.

        Responses that are not HTML pages, and pages that do not match the URL pattern, are counted in one
        note; pages without an article, or in another language, count as skipped. Records that are invalid or
        whose digest does not match are left out and counted in one error.
        """
        pattern = re.compile(options.url_pattern) if options.url_pattern else None
        counts = _Counts()
        seen = SeenIds()
        for page in _pages(source, report, counts, pattern):
            article = _article(page, source, options, report, counts)
            if article is None:
                continue
            if seen.add(page.url):
                yield article
            else:
                report.skip(page.url, "a second record of the same URL")
        counts.tell(source, report)


@dataclass(frozen=True, slots=True)
class _Page:
    """A response that was read completely."""

    url: str
    id: str
    html: bytes
    language: str | None


class _Counts:
    """What was left out of an archive."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self._n_damaged = 0
        self._first_damaged = ""

    def damaged(self, where: str) -> None:
        """Count a record that is invalid or damaged; the first is named."""
        self._n_damaged += 1
        self._first_damaged = self._first_damaged or where

    def tell(self, source: Source, report: ReadReport) -> None:
        """Report the counts."""
        if self._n_damaged:
            what = f"{plural(self._n_damaged, 'record')} damaged or invalid; left out"
            first = f"the first is {self._first_damaged}"
            report.error(InputError(what, where=source.label, hint=first))
        if self.left_out:
            counts = ", ".join(f"{n:,} {what}" for what, n in sorted(self.left_out.items()))
            report.note(f"{source.label}: responses left out: {counts}")


class _Printed(io.StringIO):
    """What this thread prints; what another one prints, such as a progress bar, is dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = get_ident()

    def write(self, text: str) -> int:
        return super().write(text) if get_ident() == self._thread else len(text)


class _CutOffError(Exception):
    """The compressed data end too early, or are damaged."""


class _Available:
    """A stream whose `read` returns what is there, so that all bytes before damaged ones can be read.

    Attributes:
        left: how many bytes may still be read; warcio would look for the end of a line without a limit.
        tail: the last bytes that were read.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.left = MAX_HEADER_BYTES
        self.tail = b""

    @property
    def is_complete(self) -> bool:
        """Whether what was read ends as a record does, with two line ends."""
        return self.tail.endswith((b"\n\r\n", b"\n\n"))

    def read(self, size: int) -> bytes:
        """At most `size` bytes; fewer if no more can be had at once.

        Raises:
            _CutOffError: no more can be read. warcio would take an EOFError for the end of the archive.
        """
        try:
            chunk: bytes = self._stream.read1(size)  # type: ignore[attr-defined]
        except EOFError:
            raise _CutOffError from None
        self.left -= len(chunk)
        if self.left < 0:
            raise _CutOffError
        self.tail = (self.tail + chunk[-3:])[-3:]
        return chunk


def _pages(
    source: Source, report: ReadReport, counts: _Counts, pattern: re.Pattern[str] | None
) -> Iterator[_Page]:
    """The HTML pages among the response records. Where the file is cut off, an error ends them."""
    from warcio.archiveiterator import ArchiveIterator

    number = 0
    with source.open() as file:
        stream = _Available(file)
        records = iter(ArchiveIterator(stream, ensure_http_headers=True, check_digests=True))
        while True:
            # warcio prints what is wrong between two records to standard error, and goes on.
            printed = _Printed()
            try:
                with redirect_stderr(printed):
                    stream.left = MAX_HEADER_BYTES
                    record = next(records, None)
                    stream.left = MAX_STREAM_BYTES
                    page = None if record is None else _page(record, number + 1, counts, pattern)
            except Exception as error:
                report.error(_cut_off(error, number, source))
                return
            if printed.getvalue():
                counts.damaged(f"record {max(number, 1)}")
            if record is None:
                if not stream.is_complete:
                    report.error(_cut_off(EOFError(), number, source))
                return
            number += 1
            if page is not None:
                yield page


def _cut_off(error: Exception, number: int, source: Source) -> InputError:
    if isinstance(error, InputError):
        return error  # of the stream: too large, or a bomb
    what = f"damaged or incomplete after {plural(number, 'record')}"
    return InputError(what, where=source.label, hint="the records before that were read; download it again")


def _page(record: Any, number: int, counts: _Counts, pattern: re.Pattern[str] | None) -> _Page | None:
    """Read a record to its end; its page if it has one that is asked for.

    Raises:
        _CutOffError: the file ends before the record does.
    """
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    is_response = record.rec_type == "response"
    valid = (record.rec_headers.get_header("Content-Length") or "").isdigit()
    if is_response and (record.http_headers is None or not url):
        valid = False
    html = None
    if valid and is_response and _is_asked_for(record, url, counts, pattern):
        try:
            html = record.content_stream().read(MAX_PAGE_BYTES + 1)
        except (zlib.error, OSError, ValueError):
            valid = False  # the content is not compressed or chunked as its headers say
    while record.raw_stream.read(65_536):
        pass
    if getattr(record.raw_stream, "limit", 0):
        raise _CutOffError
    if not valid or (is_response and _is_altered(record)):
        counts.damaged(f"record {number}" + (f", {url[:200]}" if url else ""))
        return None
    if html is None:
        return None
    if not MIN_PAGE_BYTES <= len(html) <= MAX_PAGE_BYTES:
        counts.left_out["too short or too long"] += 1
        return None
    id_ = (record.rec_headers.get_header("WARC-Record-ID") or url).strip("<>").removeprefix("urn:uuid:")
    return _Page(url, id_, html, record.http_headers.get_header("Content-Language"))


def _is_altered(record: Any) -> bool:
    """Whether the bytes of a record do not match its digest.

    The digest of the whole block decides. That of the payload counts only if the payload was sent as it is:
    crawlers do not agree on whether it is computed before or after decoding.
    """
    problems = [str(p) for p in record.digest_checker.problems if "failed" in str(p)]
    if any(p.startswith("block") for p in problems):
        return True
    if not problems or record.rec_headers.get_header("WARC-Block-Digest"):
        return False
    http = record.http_headers
    encoded = http and (http.get_header("Transfer-Encoding") or http.get_header("Content-Encoding"))
    return not encoded


def _is_asked_for(record: Any, url: str, counts: _Counts, pattern: re.Pattern[str] | None) -> bool:
    """Whether a response is an HTML page whose URL matches the pattern; counts the reason if not."""
    media_type = (record.http_headers.get_header("Content-Type") or "").partition(";")[0]
    if record.http_headers.get_statuscode() != "200":
        counts.left_out["with a status other than 200"] += 1
        return False
    if media_type.strip().lower() not in _HTML_TYPES:
        counts.left_out["not HTML"] += 1
        return False
    if pattern is not None and not pattern.search(url):
        counts.left_out["with another URL"] += 1
        return False
    return True


def _article(
    page: _Page, source: Source, options: ReadOptions, report: ReadReport, counts: _Counts
) -> SourceArticle | None:
    """The article of a page, or None. The declared language is checked before the page is parsed."""
    declared = _LANGUAGE.match(page.language or language_of(page.html) or "en")
    language = declared[0].lower() if declared else "unknown"
    if not options.any_language and language != "en":
        report.skip(page.url, f"not in English: {language}")
        return None
    try:
        found = extract_page(page.html, page.url)
    except Exception:
        counts.damaged(page.url)
        return None
    if found is None or not found.text:
        report.skip(page.url, "a page without an article")
        return None
    return page_article(found, source=source.name, id=page.id, position=page.url)
