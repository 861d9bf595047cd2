"""Rows of tables and objects of JSON as articles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ....data.errors import InputError, plural
from ....data.reporting import guarded
from ..plain_text import title_of
from ..selecting.seen import SeenIds
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from ..streams import MAX_ARTICLE_BYTES, too_large
from ..web.links import page_of
from . import values
from .columns import SEEN, SUMMARIES, check_named, described, find_columns, listed, normalised, without_text

NO_TEXT = "no text"
ONLY_URL = "URL without text"
SAME_URL = "the same URL again"
# Exports of ACLED by actor repeat an event for each of its actors.
EVENT_ID, SAME_EVENT = "event_id_cnty", "the same event again"
# NewsAPI cuts the content at 200 characters.
_CUT = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+\d+ chars\]\s*\Z")
# Between the title and the outlet.
_DASH = re.compile(r"\S\s[-–—|]\s\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FIELDS = ("title", "outlet", "url", "author", "actor", "target")


class Rows:
    """Turns the rows of one source into articles, and counts what is left out.

    Args:
        source: where the rows are from.
        options: with the columns that the user named, and whether pages are fetched.
        report: receives the columns, as a note, and what is left out.
    """

    def __init__(self, source: Source, options: ReadOptions, report: ReadReport) -> None:
        self._source, self._options, self._report = source, options, report
        self._by_names: dict[tuple[str, ...], dict[str, str]] = {}
        self._noted: set[str] = set()
        self._seen = SeenIds()
        self._has_header = False
        self._cut = self._n_rows = 0
        self._n_read = self._n_only_url = 0

    def header(self, names: Sequence[str], part: str = "") -> None:
        """Check the header of a table.

        Args:
            names: the columns.
            part: the sheet.

        Raises:
            InputError: it lacks a column that the user named, or has none with text, nor one with URLs whose
                pages are to be fetched.
        """
        self._has_header = True
        found = self.columns(names)
        where = f"{self._source.label}, {part}" if part else self._source.label
        check_named(names, self._options.columns, found, where)
        if "text" not in found and not (self._options.fetch and "url" in found):
            raise without_text(names, found, where)
        self._note(found)

    def columns(self, names: Sequence[str]) -> dict[str, str]:
        """The column of each role."""
        key = tuple(names)
        if key not in self._by_names:
            if len(self._by_names) > 1000:  # objects with different keys in each row
                self._by_names.clear()
            self._by_names[key] = find_columns(key, self._options.columns)
        return self._by_names[key]

    def read(self, row: Mapping[str, Any], position: str, default_id: str) -> SourceArticle | None:
        """As `article`; a row that cannot be read is reported."""
        with guarded(f"{self._source.label}, {position}", self._report.error):
            return self.article(row, position, default_id)
        return None

    def article(self, row: Mapping[str, Any], position: str, default_id: str) -> SourceArticle | None:
        """The article of a row; None, and a reason in the report, if it has none.

        Args:
            row: cells by column.
            position: `row 12`.
            default_id: the id of a row that has none.

        Raises:
            InputError: the text is not a string, or has half of a character.
        """
        self._n_rows += 1
        found = self.columns(tuple(row))
        cells = {role: row[column] for role, column in found.items()}
        label = values.metadata(cells.get("title")) or position
        where = f"{self._source.label}, {position}"
        if "text" not in found and "url" not in found:
            raise InputError(
                f"no 'text' field, nor another with text; the fields are {listed(tuple(row))}",
                where=where,
                hint="name it with --text-column",
            )
        text = self._text(cells, found, where)
        if (reason := self._no_article(text, found, cells)) is not None:
            self._report.skip(label, reason)
            self._n_only_url += reason == ONLY_URL
            return None
        self._note(found)
        text, is_cut = _without_cut(text or "")
        article = self._article(cells, text, position, default_id)
        if self._options.fetch and article.url and (not text or is_cut or _is_summary(found)):
            return self._page(article, label, page_date=normalised(found.get("date")) in SEEN)
        self._cut += is_cut
        self._n_read += 1
        return article

    def _text(self, cells: Mapping[str, Any], found: Mapping[str, str], where: str) -> str | None:
        """The text of a row; None if it has none.

        Raises:
            InputError: it is not a string, or too large.
        """
        value = cells.get("text")
        text = values.body(value, markup=normalised(found.get("text")) == "body_html")
        if text is None and isinstance(value, int | float | dict) and not isinstance(value, bool):
            raise InputError(f"{found['text']!r} is not text", where=where)
        if text is not None and len(text) > MAX_ARTICLE_BYTES:
            raise too_large(len(text), where, MAX_ARTICLE_BYTES)
        return text

    def _no_article(self, text: str | None, found: Mapping[str, str], cells: Mapping[str, Any]) -> str | None:
        """The reason for which a row is not an article; None if it is one, or its page may be."""
        if normalised(found.get("id")) == EVENT_ID and not self._seen.add(str(cells["id"])):
            return SAME_EVENT
        if text is None:
            if self._options.fetch and values.metadata(cells.get("url")):
                return None
            return NO_TEXT if "text" in found else ONLY_URL
        if text == found["text"]:
            return "header repeated"
        return "removed by its source" if text.strip() == "[Removed]" else None

    def _page(self, article: SourceArticle, label: str, *, page_date: bool) -> SourceArticle | None:
        """The article behind the URL of a row."""
        if not self._seen.add(article.url or ""):
            self._report.skip(label, SAME_URL)
            return None
        found = page_of(article, self._options, self._report, page_date=page_date)
        self._n_read += found is not None
        return found

    def _article(self, cells: Mapping[str, Any], text: str, position: str, default_id: str) -> SourceArticle:
        """The article of the cells; its text is empty if the row has only a URL."""
        where = f"{self._source.label}, {position}"
        fields: dict[str, Any] = {role: values.metadata(cells.get(role)) for role in _FIELDS}
        identity = values.metadata(cells.get("id"))
        if fields["outlet"] and re.match(r"https?://", fields["outlet"]) and not fields["url"]:
            fields["url"], fields["outlet"] = fields["outlet"], None
        for value in (text, identity, *fields.values()):
            if value and _SURROGATE.search(value):
                hint = "export the row again as UTF-8"
                raise InputError("an unpaired surrogate, half of a character", where=where, hint=hint)
        fields["title"] = _without_outlet(fields["title"], fields["outlet"]) or title_of(text)
        date, original = values.dates(cells.get("date"))
        return SourceArticle(
            id=identity or (fields["url"] if not text else None) or default_id,
            given_id=identity is not None,
            text=text,
            source=self._source.name,
            position=position,
            date=date,
            date_original=original or (None if date else values.metadata(cells.get("date_original"))),
            language=values.language(cells.get("language")),
            **fields,
        )

    def _note(self, found: Mapping[str, str]) -> None:
        """Say once which columns are used, unless they have the names of our own format."""
        key = found.get("text", "")
        if key in self._noted or all(role == column for role, column in found.items()):
            return
        self._noted.add(key)
        if len(self._noted) <= 3:
            self._report.note(f"{self._source.label}: {described(found)}")

    def finish(self) -> None:
        """Report what was cut, after the last row.

        Raises:
            InputError: no row had text.
        """
        if self._cut:
            articles = plural(self._cut, "article")
            self._report.note(
                f"{self._source.label}: {articles} cut by NewsAPI after 200 characters; "
                "--fetch downloads the pages"
            )
        if self._n_rows == 0 and self._has_header:
            self._report.note(f"{self._source.label}: a header without rows")
        if self._n_read == 0 and self._n_only_url and not self._options.fetch:
            raise without_text((), {"url": "url"}, self._source.label)


def _is_summary(found: Mapping[str, str]) -> bool:
    return normalised(found.get("text")) in SUMMARIES


def _without_cut(text: str) -> tuple[str, bool]:
    """The text without the sign of NewsAPI that it is cut, and whether it has one."""
    if not text.rstrip().endswith(" chars]"):
        return text, False
    text, n = _CUT.subn("", text)
    return text, n > 0


def _without_outlet(title: str | None, outlet: str | None) -> str | None:
    """The title without the outlet that news services add to it (`Ferry reopens - Harbour Gazette`)."""
    if not (title and outlet and title.casefold().endswith(outlet.casefold())):
        return title
    own = title[: -len(outlet)]
    return re.sub(r"\s[-–—|]\s\Z", "", own) if _DASH.search(own) else title
