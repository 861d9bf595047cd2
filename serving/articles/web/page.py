"""HTML pages: the article of a page and what the page says about it.

The text is found by trafilatura (Barbaresi 2021, "Trafilatura: A Web Scraping Library and Command-Line Tool
for Text Discovery and Extraction", ACL-IJCNLP demo papers), set to prefer precision over recall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ....data.errors import InputError
from ..dates import date_fields
from ..kinds import is_html
from ..source import ReadOptions, ReadReport, Source, SourceArticle

MAX_PAGE_BYTES = 10_000_000
# What trafilatura may take for the article: captions, notices on cookies, lists of other stories, and the
# links to headings that publishing tools add.
_BOXES = "cookie consent gdpr newsletter subscribe related recirc recommend read-more readmore most-read "
_BOXES += "promo share-bar social-share headerlink header-anchor toc sidebar breadcrumb"
_LOWER = "translate(@{}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ_', 'abcdefghijklmnopqrstuvwxyz-')"
PRUNED = [
    *("//figcaption", "//figure", "//aside", "//nav", "//a[@aria-hidden='true']"),
    *(
        "//*[not(self::html or self::body or self::article or self::main)]"
        f"[contains(concat(' ', {_LOWER.format('class')}), ' {word}')"
        f" or starts-with({_LOWER.format('id')}, '{word}')]"
        for word in _BOXES.split()
    ),
]
_LANGUAGE = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([a-zA-Z]{2,3})\b", re.I)
_TITLE = re.compile(rb"<title[^>]*>([^<]*)</title", re.I)
_DASH = re.compile(r"\s([-–—|·])\s")
_LINES_BEFORE_TITLE = 3
_TIME = re.compile(
    rb"(?:article:published_time[\"'][^>]*?content=[\"']|\"datePublished\"\s*:\s*\")([^\"']{10,40})[\"']",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Page:
    """The article of a page; what the page does not say is None."""

    text: str
    title: str | None
    date: str | None
    date_original: str | None
    outlet: str | None
    author: str | None
    url: str | None
    language: str | None


def language_of(html: bytes) -> str | None:
    """The language that a page declares, ISO 639-1 where there is such a code."""
    found = _LANGUAGE.search(html[:8192])
    return found[1].decode("ascii").lower() if found else None


def extract_page(html: bytes, url: str | None = None) -> Page | None:
    """The article of a page; None if there is none.

    Args:
        html: the page.
        url: where it is from, if that is known.
    """
    import logging

    from trafilatura import bare_extraction

    # It logs each page without an article as an error; here that is a result.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = bare_extraction(
        html,
        url=url,
        favor_precision=True,
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        prune_xpath=PRUNED,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        return None
    title = _headline(found.title, html)
    date, original = date_fields(_published(html, found.date))
    return Page(
        text=paragraphs(found.text or "", title),
        title=title,
        date=date,
        date_original=original,
        outlet=found.sitename or found.hostname or None,
        author=found.author or None,
        url=_web(url) or _web(found.url),
        language=language_of(html),
    )


def _headline(found: str | None, html: bytes) -> str | None:
    """The headline: without the sign of a link to it, and not the name of the site for that of the page."""
    title = " ".join((found or "").split()).removesuffix("¶").rstrip("# ").rstrip() or None
    element = _TITLE.search(html[:65_536])
    if title and element:
        from html import unescape

        whole = " ".join(unescape(element[1].decode("utf-8", errors="replace")).split())
        own, dash, site = _DASH.split(whole, 1) if _DASH.search(whole) else (whole, "", "")
        if dash and site.strip() == title and own.strip():
            return own.strip()
    return title


def _published(html: bytes, day: str | None) -> str | None:
    """The time of publication if the page has one for the day that was found, otherwise the day."""
    time = _TIME.search(html)
    moment = time[1].decode("ascii", errors="ignore") if time else None
    return moment if moment and (day is None or moment.startswith(day)) else day


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None


def paragraphs(text: str, title: str | None) -> str:
    """One blank line between paragraphs, without the title, which is a field of its own."""
    lines = [" ".join(line.split()).removesuffix("¶").rstrip() for line in text.split("\n")]
    lines = [line for line in lines if line]
    for n, line in enumerate(lines[:_LINES_BEFORE_TITLE]):
        if title and line.rstrip("# ").casefold() == title.casefold():
            # What comes before the headline is part of a menu.
            del lines[: n + 1]
            break
    return "\n\n".join(lines)


def page_article(page: Page, *, source: str, id: str, position: str = "") -> SourceArticle:
    """The article of a page, as readers give it."""
    return SourceArticle(
        id=id,
        text=page.text,
        source=source,
        position=position,
        title=page.title,
        outlet=page.outlet,
        date=page.date,
        date_original=page.date_original,
        url=page.url,
        author=page.author,
        language=page.language,
    )


class HtmlPage:
    """A saved or fetched page of HTML."""

    name = "html"
    what = "an HTML page"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether a tag of HTML comes before any text."""
        return is_html(head)

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The article of the page.

        Raises:
            InputError: it is too large, or has no article.
        """
        url = source.name if source.name.startswith(("http://", "https://")) else None
        page = extract_page(source.read(MAX_PAGE_BYTES, "an HTML page"), url)
        if page is None or not page.text:
            raise InputError(
                "an HTML page without an article",
                where=source.label,
                hint="a page with one article is read; lists of stories, forms and empty pages are not",
            )
        yield page_article(page, source=source.name, id=url or source.stem)
