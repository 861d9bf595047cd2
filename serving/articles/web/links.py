"""Links that feeds and lists name: fetched only if the user asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....data.errors import InputError
from ....data.reporting import guarded
from ..kinds import without_mark
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


class UrlList:
    """A text file of links, one a line."""

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
        report.announce(len(links))
        if not options.fetch:
            raise InputError(
                f"a list of {len(links)} URLs; nothing was fetched",
                where=source.label,
                hint="--fetch downloads the pages",
            )
        for n, url in links:
            article = None
            with guarded(f"{source.label}, line {n}", report.error):
                article = linked_article(
                    url, source=source.name, id=url, position=f"line {n}", options=options
                )
            if article is not None:
                yield article
