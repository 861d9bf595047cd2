"""WARC archives of web pages, such as those of Common Crawl's news crawl (ISO 28500)."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any

from ....data.errors import InputError
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .page import MAX_PAGE_BYTES, extract_page, language_of, page_article

# A page with fewer bytes has no article.
MIN_PAGE_BYTES = 500
_HTML_TYPES = ("text/html", "application/xhtml+xml")


class Warc:
    """An archive: one article per response record with an HTML page."""

    name = "warc"
    what = "a WARC archive"
    endings: tuple[str, ...] = (".warc", ".warc.gz")

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins as the first record does."""
        return head.lstrip().startswith(b"WARC/")

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the pages, one record after another.

        Records that are no pages, and pages that do not match the URL pattern, are passed over; pages without
        an article or in another language are counted as skipped. Invalid records are counted in one error.
        """
        pattern = re.compile(options.url_pattern) if options.url_pattern else None
        left_out: Counter[str] = Counter()
        seen: set[int] = set()
        for record in _records(source, report, left_out):
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            url = url.strip("<>")
            if pattern is not None and not pattern.search(url):
                left_out["of other URLs"] += 1
                continue
            if hash(url) in seen:
                report.skip(url, "a second record of the same URL")
                continue
            article = _article(record, url, source, options, report, left_out)
            if article is not None:
                seen.add(hash(url))
                yield article
        if n := left_out.pop("invalid", 0):
            report.error(InputError(f"{n} invalid records were passed over", where=source.label))
        left_out += Counter()  # without what was counted zero times
        if left_out:
            counts = ", ".join(f"{n} {what}" for what, n in sorted(left_out.items()))
            report.note(f"{source.label}: responses passed over: {counts}")


def _records(source: Source, report: ReadReport, left_out: Counter[str]) -> Iterator[Any]:
    """The response records with a page. Damage of the file ends them with an error."""
    from warcio.archiveiterator import ArchiveIterator

    number = 0
    with source.open() as file:
        records = iter(ArchiveIterator(file, ensure_http_headers=True))
        while True:
            # warcio prints what is wrong between two records to standard error, and goes on.
            printed = io.StringIO()
            try:
                with redirect_stderr(printed):
                    record = next(records)
            except StopIteration:
                left_out["invalid"] += bool(printed.getvalue())
                return
            except Exception as error:
                report.error(_damaged(error, number, source))
                return
            left_out["invalid"] += bool(printed.getvalue())
            number += 1
            if not (record.rec_headers.get_header("Content-Length") or "").isdigit():
                left_out["invalid"] += 1
            if record.rec_type == "response" and _is_page(record, left_out):
                yield record
            if _is_cut(record):
                report.error(_damaged(EOFError(), number - 1, source))
                return


def _damaged(error: Exception, number: int, source: Source) -> InputError:
    if isinstance(error, InputError):
        return error  # of the stream: too large, or a bomb
    what = f"damaged or incomplete after {number} records"
    return InputError(what, where=source.label, hint="what comes before was read; download it again")


def _is_cut(record: Any) -> bool:
    """Whether the file ends before the record does. Reads the rest of the record."""
    try:
        while record.raw_stream.read(65_536):
            pass
    except Exception:
        return True
    return bool(getattr(record.raw_stream, "limit", 0))


def _is_page(record: Any, left_out: Counter[str]) -> bool:
    """Whether a response is a page; counts the reason if not."""
    if record.http_headers is None or not record.rec_headers.get_header("WARC-Target-URI"):
        left_out["invalid"] += 1
        return False
    media_type = (record.http_headers.get_header("Content-Type") or "").partition(";")[0]
    if record.http_headers.get_statuscode() != "200":
        left_out["with a status other than 200"] += 1
        return False
    if media_type.strip().lower() not in _HTML_TYPES:
        left_out["that are not HTML"] += 1
        return False
    return True


def _article(
    record: Any, url: str, source: Source, options: ReadOptions, report: ReadReport, left_out: Counter[str]
) -> SourceArticle | None:
    """The article of one record. Language and length are checked before the page is parsed."""
    try:
        html = record.content_stream().read(MAX_PAGE_BYTES + 1)
    except Exception:
        left_out["invalid"] += 1
        return None
    if not MIN_PAGE_BYTES <= len(html) <= MAX_PAGE_BYTES:
        left_out["that are too short or too long"] += 1
        return None
    declared = record.http_headers.get_header("Content-Language") or language_of(html) or "en"
    if not options.any_language and not declared.lower().startswith("en"):
        report.skip(url, f"in another language ({declared[:10]})")
        return None
    identity = (record.rec_headers.get_header("WARC-Record-ID") or url).strip("<>")
    try:
        page = extract_page(html, url)
    except Exception:
        left_out["invalid"] += 1
        return None
    if page is None or not page.text:
        report.skip(url, "a page without an article")
        return None
    return page_article(page, source=source.name, id=identity.removeprefix("urn:uuid:"), position=url)
