"""RSS and Atom feeds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from ....data.errors import InputError
from ....data.reporting import guarded
from ..dates import date_fields
from ..kinds import is_html, without_mark
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .links import page_of

MAX_FEED_BYTES = 20_000_000
_ROOT = re.compile(rb"<(?:rss|rdf:RDF|feed)\b[^>]*>", re.I)
_END = re.compile(rb"</(?:rss|rdf:RDF|feed)\s*>", re.I)
_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|h[1-6]|blockquote|tr|table|section|br)\b[^>]*>", re.I)
_TAG = re.compile(r"<[A-Za-z/!][^>]*>")


class Feed:
    """A feed: one article per item, with its content, or the summary if it has no more."""

    name = "feed"
    what = "an RSS or Atom feed"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether the root element is that of RSS or Atom; a few words may come before it by mistake."""
        start = without_mark(head)[:4096]
        root = _ROOT.search(start)
        if root is None or is_html(start):
            return False
        before = start[: root.start()]
        return len(re.sub(rb"<[^>]*>", b"", before).strip()) < 200

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The items; with `fetch`, the articles that they link to.

        Raises:
            InputError: it is damaged, too large or has no items.
        """
        raw = source.read(MAX_FEED_BYTES, "a feed")
        feed = _parsed(raw, source)
        if not feed.entries:
            what = "a feed without items" if _END.search(raw) else "damaged or incomplete"
            raise InputError(what, where=source.label)
        report.announce(len(feed.entries))
        summaries = 0
        for n, entry in enumerate(feed.entries, 1):
            article = None
            with guarded(f"{source.label}, item {n}", report.error):
                article = _article(entry, feed.feed, source, n)
                summaries += not _content(entry)
            if article is not None and options.fetch and article.url:
                article = page_of(article, options, report)
            if article is not None:
                yield article
        if summaries and not options.fetch:
            report.note(
                f"{source.label}: {summaries} of {len(feed.entries)} items have only a summary; "
                "--fetch downloads the articles"
            )
        if not _END.search(raw[-4096:]):
            hint = "download it again; the last item may be incomplete"
            report.error(InputError("the feed is cut off", where=source.label, hint=hint))


def _parsed(raw: bytes, source: Source) -> Any:
    import feedparser

    root = _ROOT.search(raw[:4096])
    declared = re.search(rb"<\?xml\b", raw[: root.start()]) if root else None
    # Text before the declaration makes XML parsers give up.
    raw = raw[declared.start() if declared else 0 :]
    base = {"content-location": source.name} if source.name.startswith("http") else {}
    return feedparser.parse(io.BytesIO(raw), response_headers=base)


def _content(entry: Any) -> str:
    return max((c.get("value") or "" for c in entry.get("content", [])), key=len, default="")


def _article(entry: Any, feed: Any, source: Source, n: int) -> SourceArticle:
    """One item.

    Raises:
        InputError: it has no text.
    """
    where = f"{source.label}, item {n}"
    title = " ".join(plain(entry.get("title") or "").split()) or None
    text = plain(_content(entry) or entry.get("summary") or "")
    if not text and not title:
        raise InputError("an item without text", where=where)
    link = next((u for u in (entry.get("link"), entry.get("id")) if str(u or "").startswith("http")), None)
    date, original = date_fields(entry.get("published") or entry.get("updated") or entry.get("created"))
    outlet = (entry.get("source") or {}).get("title") or feed.get("title")
    return SourceArticle(
        id=str(entry.get("id") or link or f"{source.stem}-{n}"),
        text=text or title or "",
        source=source.name,
        position=f"item {n}",
        title=title,
        outlet=" ".join(plain(outlet or "").split()) or None,
        date=date,
        date_original=original,
        url=link,
        author=" ".join((entry.get("author") or "").split()) or None,
        language=(entry.get("language") or feed.get("language") or "").partition("-")[0].lower() or None,
    )


def plain(html: str) -> str:
    """HTML of a feed as text: one blank line between blocks. Reads HTML that was escaped twice."""
    from html import unescape

    text = html
    for _ in range(2):
        text = _BLOCK.sub("\n", text)
        text = unescape(_TAG.sub("", text))
        if not _TAG.search(text):
            break
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line)
