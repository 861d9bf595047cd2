"""Links that feeds, tables and lists name: fetched only if the user asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ....data.errors import InputError
from ....data.reporting import guarded
from ..kinds import without_mark
from ..selecting.selection import OTHER_OUTLET, OUTSIDE, left_out
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .fetcher import shared_fetcher
from .page import extract_page, page_article

_URL = re.compile(rb"https?://\S+\Z")


def fetched_source(url: str, options: ReadOptions) -> Source:
    """What a URL names, as a source: a page, a feed, or any other file of at most 10 MB.

    Raises:
        InputError: it may not or cannot be fetched.
    """
    return Source(url, data=shared_fetcher(options.allow_private).get(url).content)


def linked_article(
    url: str, *, source: str, id: str, options: ReadOptions, position: str = ""
) -> SourceArticle:
    """Fetch the page of a link and extract its article.

    Args:
        url: the link.
        source: the feed or list that names it.
        id: the id of the article.
        position: where in the source the link is.
        options: whether private addresses are allowed.

    Raises:
        InputError: it may not or cannot be fetched, or is no page with an article.
    """
    answer = shared_fetcher(options.allow_private).get(url)
    page = extract_page(answer.content, answer.url)
    if page is None:
        raise InputError(
            "a page without an article", where=url, hint="open it in a browser to see what it is"
        )
    return page_article(page, source=source, id=id, position=position)


def page_of(
    listed: SourceArticle, options: ReadOptions, report: ReadReport, *, page_date: bool = False
) -> SourceArticle | None:
    """The article behind the link of an item of a feed or a row of a table.

    What the item says about the article has precedence over what its page says. An item that the options
    exclude is returned as it is, without a download.

    Args:
        listed: the item, with a URL; its text is empty if it has none.
        options: how pages are fetched, and which articles are read.
        report: receives the error of a page that cannot be read.
        page_date: the date of the page has precedence; that of the item is when a service has seen it.

    Returns:
        The article. If the page cannot be read, the item, or None if it has no text.
    """
    if _is_left_out(listed, options, page_date):
        return listed
    url, page = listed.url or "", None
    kept = "; its own text was read" if listed.text else ""
    with guarded(
        listed.where,
        lambda e: report.error(InputError(e.what + kept, where=f"{listed.where}: {e.where}", hint=e.hint)),
    ):
        page = linked_article(
            url, source=listed.source, id=listed.id, position=listed.position, options=options
        )
    if page is None:
        return listed if listed.text else None
    return _completed(page, listed, page_date)


def _completed(page: SourceArticle, listed: SourceArticle, page_date: bool) -> SourceArticle:
    """The article of a page with what its item says about it."""
    dates = [(listed.date, listed.date_original), (page.date, page.date_original)]
    if page_date:
        dates.reverse()
    date = next((iso for iso, _ in dates if iso), None)
    return replace(
        page,
        given_id=listed.given_id,
        title=listed.title or page.title,
        outlet=listed.outlet or page.outlet,
        date=date,
        date_original=None if date else dates[0][1] or dates[1][1],
        url=listed.url,
        author=listed.author or page.author,
        language=listed.language or page.language,
        actor=listed.actor,
        target=listed.target,
    )


def _is_left_out(listed: SourceArticle, options: ReadOptions, page_date: bool) -> bool:
    """Whether the article would not be read, as far as the item tells."""
    if listed.language not in (None, "en") and not listed.text and not options.any_language:
        return True
    reason = left_out(listed, options)
    if reason == OUTSIDE:
        return not page_date
    return reason == OTHER_OUTLET and listed.outlet is not None


class UrlList:
    """A text file of links, one per line."""

    name = "urls"
    what = "a list of URLs"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether each of the first lines is a URL or a comment (`# …`)."""
        lines = [line.strip() for line in without_mark(head)[:8192].split(b"\n")]
        lines = [line for line in (lines[:-1] if len(head) > 8192 else lines) if line]
        links = [line for line in lines if not line.startswith(b"#")]
        return bool(links) and all(_URL.match(line) for line in links)

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles behind the links; a link that cannot be read is reported.

        Raises:
            InputError: the user did not ask to fetch.
        """
        lines = source.read().decode("utf-8-sig", errors="replace").split("\n")
        links = [(n, line.strip()) for n, line in enumerate(lines, 1) if line.strip()[:1] not in ("", "#")]
        if not options.fetch:
            raise InputError(
                f"a list of {len(links)} URLs; nothing was fetched",
                where=source.label,
                hint="--fetch downloads the pages",
            )
        report.announce(len(links))
        for n, url in links:
            article = None
            with guarded(f"{source.label}, line {n}", report.error):
                article = linked_article(
                    url, source=source.name, id=url, position=f"line {n}", options=options
                )
            if article is not None:
                yield article
