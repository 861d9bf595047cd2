"""Rows of tables and objects of JSON as articles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ....data.errors import InputError, plural
from ..plain_text import title_of
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from . import values
from .columns import check_named, described, find_columns, listed, normalised, without_text

NO_TEXT = "no text"
ONLY_URL = "URL without text"
# NewsAPI cuts the content at 200 characters.
_CUT = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+\d+ chars\]\s*\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Rows:
    """Turns the rows of one source into articles, and counts what is left out.

    Args:
        source: where the rows are from.
        options: with the columns that the user named.
        report: receives the columns, as a note, and what is left out.
    """

    def __init__(self, source: Source, options: ReadOptions, report: ReadReport) -> None:
        self._source, self._options, self._report = source, options, report
        self._by_names: dict[tuple[str, ...], dict[str, str]] = {}
        self._noted: set[str] = set()
        self._cut = 0
        self.n_read = self.n_only_url = 0

    def header(self, names: Sequence[str], part: str = "") -> None:
        """Check the header of a table.

        Args:
            names: the columns.
            part: the sheet.

        Raises:
            InputError: it has no column with text, or lacks one that the user named.
        """
        found = self.columns(names)
        where = f"{self._source.label}, {part}" if part else self._source.label
        check_named(names, self._options.columns, found, where)
        if "text" not in found:
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

    def article(self, row: Mapping[str, Any], position: str, default_id: str) -> SourceArticle | None:
        """The article of a row; None, and a reason in the report, if it has none.

        Args:
            row: cells by column.
            position: `row 12`.
            default_id: the id of a row that has none.

        Raises:
            InputError: the text is not a string, or has half of a character.
        """
        found = self.columns(tuple(row))
        cells = {role: row[column] for role, column in found.items()}
        label = values.metadata(cells.get("title")) or position
        if "text" not in found:
            self._count_only_url(row, found, label, position)
            return None
        text = values.body(cells["text"], markup=normalised(found["text"]) == "body_html")
        if text is None:
            if isinstance(cells["text"], int | float | dict) and not isinstance(cells["text"], bool):
                raise InputError(f"{found['text']!r} is not text", where=f"{self._source.label}, {position}")
            self._report.skip(label, NO_TEXT)
            return None
        if text == found["text"] or text.strip() == "[Removed]":
            self._report.skip(label, "header repeated" if text == found["text"] else "removed by its source")
            return None
        self._note(found)
        if text.rstrip().endswith(" chars]"):
            text, n = _CUT.subn("", text)
            self._cut += n
        self.n_read += 1
        return self._article(cells, text, position, default_id)

    def _article(self, cells: Mapping[str, Any], text: str, position: str, default_id: str) -> SourceArticle:
        where = f"{self._source.label}, {position}"
        fields: dict[str, Any] = {
            r: values.metadata(cells.get(r)) for r in ("title", "outlet", "url", "author", "id")
        }
        date, original = values.dates(cells.get("date"))
        if fields["outlet"] and re.match(r"https?://", fields["outlet"]) and not fields["url"]:
            fields["url"], fields["outlet"] = fields["outlet"], None
        identity = fields.pop("id")
        pair: dict[str, Any] = {role: values.metadata(cells.get(role)) for role in ("actor", "target")}
        for value in (text, identity, *fields.values(), *pair.values()):
            if value and _SURROGATE.search(value):
                hint = "export the row again as UTF-8"
                raise InputError("an unpaired surrogate, half of a character", where=where, hint=hint)
        fields["title"] = fields["title"] or title_of(text)
        return SourceArticle(
            id=identity or default_id,
            given_id=identity is not None,
            text=text,
            source=self._source.name,
            position=position,
            date=date,
            date_original=original or (None if date else values.metadata(cells.get("date_original"))),
            language=values.language(cells.get("language")),
            **fields,
            **pair,
        )

    def _count_only_url(
        self, row: Mapping[str, Any], found: Mapping[str, str], label: str, position: str
    ) -> None:
        if "url" not in found:
            raise InputError(
                f"no 'text' field, nor another with text; the fields are {listed(tuple(row))}",
                where=f"{self._source.label}, {position}",
                hint="name it with --text-column",
            )
        self.n_only_url += 1
        self._report.skip(label, ONLY_URL)

    def _note(self, found: Mapping[str, str]) -> None:
        """Say once which columns are used, unless they have the names of our own format."""
        key = found["text"]
        if key in self._noted or all(role == column for role, column in found.items()):
            return
        self._noted.add(key)
        if len(self._noted) <= 3:
            self._report.note(f"{self._source.label}: {described(found)}")

    def finish(self) -> None:
        """Say what was cut, after the last row.

        Raises:
            InputError: no row had text.
        """
        if self._cut:
            articles = plural(self._cut, "article")
            self._report.note(f"{self._source.label}: {articles} cut by NewsAPI after 200 characters")
        if self.n_read == 0 and self.n_only_url:
            raise without_text((), {"url": "url"}, self._source.label)
