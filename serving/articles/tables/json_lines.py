"""JSON Lines: one article per line, an object with `text` and what else is known about the article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ....data.errors import InputError
from ....data.files.reading import SURROGATE, load_json
from ....data.reporting import guarded
from ..kinds import kind_of_head, without_mark
from ..plain_text import title_of
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from . import values
from .columns import find_columns
from .json_file import announce, nested, object_article
from .json_stream import Announced
from .layouts import is_flat
from .rows import Rows

# One row, in bytes. An article has at most 2 MB; a row may carry metadata besides.
MAX_ROW_BYTES = 20_000_000
# A file is given up when one of its rows has this many bytes: it has no rows.
GIVE_UP_BYTES = 500_000_000
_HINT = 'each line is an object with a "text" and, optionally, an "id"'
_OPTIONAL = ("title", "outlet", "url", "author", "actor", "target")


def lines(source: Source, report: ReadReport) -> Iterator[tuple[int, bytes]]:
    """The lines of a source that have content, and their numbers from 1.

    A line of more than `MAX_ROW_BYTES` is reported and skipped without being kept in memory.
    """
    with source.open() as file:
        n = 0
        while line := file.readline(MAX_ROW_BYTES + 1):
            n += 1
            if len(line) > MAX_ROW_BYTES:
                where = f"{source.label}:{n}"
                limit = f"a row has at most {MAX_ROW_BYTES // 1_000_000} MB"
                report.error(InputError("too large", where=where, hint=limit))
                length = len(line)
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_ROW_BYTES)
                    length += len(line)
                    if length > GIVE_UP_BYTES:
                        raise InputError("no line ends", where=where, hint="one article per line, as JSON")
                continue
            if n == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield n, line


def check_text(value: str, field: str, where: str) -> str:
    """The value, if it can be written as UTF-8.

    Raises:
        InputError: it has half of a character (an unpaired surrogate).
    """
    if SURROGATE.search(value):
        raise InputError(
            f"{field!r} has an unpaired surrogate, half of a character",
            where=where,
            hint="export the row again as UTF-8",
        )
    return value


def article_of(row: Any, where: str, source: Source, position: str, default_id: str) -> SourceArticle:
    """The article of one row.

    Args:
        row: the parsed row.
        where: its location, for messages.
        source: where it is from.
        position: its place there.
        default_id: its id if it has none.

    Raises:
        InputError: a field is missing or of another type.
    """
    if not isinstance(row, dict) or "text" not in row:
        raise InputError("no 'text' field", where=where, hint=_HINT)
    text = row["text"]
    if not isinstance(text, str):
        raise InputError(f"'text' is {_type(text)}, not a string", where=where, hint=_HINT)
    if not text.strip():
        raise InputError("'text' is empty", where=where, hint="an article needs text")
    own_id = _own_id(row, where)
    found = find_columns(tuple(row), {})
    fields = _optional(row, found, where)
    date, original = values.dates(row.get(found.get("date", "")))
    fields["title"] = fields["title"] or title_of(text)
    return SourceArticle(
        id=default_id if own_id is None else own_id,
        given_id=own_id is not None,
        text=check_text(text, "text", where),
        source=source.name,
        position=position,
        date=date,
        date_original=original or (None if date else values.metadata(row.get("date_original"))),
        language=values.language(row.get(found.get("language", ""))),
        **fields,
    )


def _own_id(row: dict[str, Any], where: str) -> str | None:
    """The id that a row has; None if it is missing or null, as some programs write into every row.

    Raises:
        InputError: it is empty or of another type.
    """
    found = next((row[name] for name in ("id", "doc_id") if row.get(name) is not None), None)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        hint = "leave the field out, or make it a string or a number that is unique"
        raise InputError(f"'id' is {_type(found)}", where=where, hint=hint)
    return check_text(str(found), "id", where)


def _optional(row: dict[str, Any], found: dict[str, str], where: str) -> dict[str, Any]:
    """The optional fields under our names or, without these, under the names of columns.

    Raises:
        InputError: a field is of another type.
    """
    fields: dict[str, Any] = {}
    for field in _OPTIONAL:
        value = row.get(field)
        if value is not None and not isinstance(value, str):
            hint = "make it a string, or leave it out"
            raise InputError(f"{field!r} is {_type(value)}, not a string", where=where, hint=hint)
        fields[field] = check_text(value, field, where) if value and value.strip() else None
    for field in ("title", "outlet", "url", "author"):
        if fields[field] is None and field in found:  # `headline`, `source`, `link`, `byline`
            fields[field] = values.metadata(row[found[field]])
    return fields


def _type(value: Any) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", list: "a list"}
    return "an empty string" if value == "" else names.get(type(value), "an object")


class JsonLines:
    """One article per line."""

    name = "jsonl"
    what = "JSON Lines"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether each of the first lines is a JSON object of its own, or the name says so."""
        start = without_mark(head).lstrip()
        if re.sub(r"\.(gz|zst)\Z", "", name.lower()).endswith((".jsonl", ".ndjson")):
            if kind_of_head(head, name) not in (None, "JSON", "a table (CSV)"):
                return False  # named so by mistake
            # One list or one object over many lines is read by `JsonFile`.
            return not re.match(rb"\[\s*\{|\{\s*\n", start)
        if not start.startswith(b"{"):
            return False
        first, _, rest = start.partition(b"\n")
        try:
            row = json.loads(first)
        except (ValueError, RecursionError):
            return False
        # A single object is JSON Lines with one row if it has the text of an article.
        return isinstance(row, dict) and (rest.lstrip().startswith(b"{") or "text" in row)

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of all rows that can be read; the others are reported.

        Raises:
            InputError: there are no rows.
        """
        empty, reader = True, LineReader(source, options, report)
        for n, line in lines(source, report):
            empty = False
            yield from reader.articles(n, line)
        reader.finish()
        if empty and not report.errors:
            raise InputError("empty", where=source.label, hint="one article per line, as JSON")


class LineReader:
    """Reads single lines of a source: one after another, or some of them, as each worker of a cluster does.

    Args:
        source: where the lines are from.
        options: how they are read.
        report: receives what cannot be read, and what is left out.
    """

    def __init__(self, source: Source, options: ReadOptions, report: ReadReport) -> None:
        self._source, self._options, self._report = source, options, report
        self._rows, self._announced = Rows(source, options, report), Announced()

    def articles(self, n: int, line: bytes) -> Iterator[SourceArticle]:
        """The articles of a line: one, or several if it is a page of results of a service.

        Args:
            n: the number of the line, from 1.
            line: its content.
        """
        source, report = self._source, self._report
        where, row, own, article = f"{source.label}:{n}", None, True, None
        with guarded(where, report.error):
            # Of the fields, only those that are used have to be writable, see `check_text`.
            row = load_json(line, where, _HINT, allow_surrogates=True)
            own = not isinstance(row, dict) or (is_flat(row) and not self._options.columns)
            if own:
                article = article_of(row, where, source, f"line {n}", f"{source.stem}-{n}")
        if article is not None:
            yield article
        elif not own:
            yield from _of_layout(row, self._rows, source, report, n, self._announced)

    def finish(self) -> None:
        """Report what only the whole source shows, after its last line."""
        announce(self._report, self._source, self._announced)
        self._rows.finish()


def _of_layout(
    row: dict[str, Any], rows: Rows, source: Source, report: ReadReport, n: int, announced: Announced
) -> Iterator[SourceArticle]:
    """The articles of a row with other fields than ours, or of one that holds a list of articles."""
    position, default_id, page = f"line {n}", f"{source.stem}-{n}", nested(row)
    if page is None:
        yield from object_article(row, {}, rows, source, report, default_id, position)
        announced.add({}, 1)
        return
    page.announced = announced
    for k, (item, context) in enumerate(page.items(), start=1):
        where = f"{position}, article {k}"
        yield from object_article(item, context, rows, source, report, f"{default_id}-{k}", where)
