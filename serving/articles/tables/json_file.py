"""JSON files: a list of articles, an answer of a service, a Telegram export, or one article."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ....data.errors import InputError
from ....data.reporting import guarded
from ..kinds import is_json
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .json_stream import JsonStream
from .layouts import flat
from .rows import NO_TEXT, Rows

ENDINGS = (".json",)
_HOLDERS = ("articles", "messages", "results", "chats", "data")


class JsonFile:
    """One JSON document, or several that follow each other."""

    name = "json"
    what = "JSON"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins with an object or a list."""
        return is_json(head)

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of all objects that can be read; the others are reported.

        Raises:
            InputError: not JSON, or without articles.
        """
        head = source.head
        encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        rows, n = Rows(source, options, report), 0
        with io.TextIOWrapper(source.open(), encoding=encoding, newline="") as text:
            stream = JsonStream(text, source.label)
            for item, context in stream.items():
                n += 1
                yield from object_article(item, context, rows, source, report, n)
        _announce(report, source, stream.counts, n)
        if n == 0:
            raise InputError("no articles", where=source.label, hint="a list of objects with their text")
        rows.finish()


def object_article(
    item: Any,
    context: Mapping[str, Any],
    rows: Rows,
    source: Source,
    report: ReadReport,
    n: int,
    position: str = "",
) -> Iterator[SourceArticle]:
    """The article of one object, if it has one; otherwise the report has the reason.

    Args:
        item: the object.
        context: values of the objects around it.
        rows: makes articles of rows.
        source: where it is from.
        report: receives errors and what is left out.
        n: its number, for its id.
        position: its location in messages; by default `article n`.
    """
    position = position or f"article {n}"
    article = None
    where = f"{source.label}, {position}"
    with guarded(where, report.error):
        if not isinstance(item, dict):
            hint = 'each article is an object with a "text" and, optionally, an "id"'
            raise InputError("no 'text' field", where=where, hint=hint)
        row, reason = flat(item, context, where)
        if reason is not None:
            report.skip(position, reason)
        elif not row:
            report.skip(position, NO_TEXT)
        else:
            article = rows.article(row, position, f"{source.stem}-{n}")
    if article is not None:
        yield article


def nested(row: Mapping[str, Any]) -> Iterator[tuple[Any, Mapping[str, Any]]] | None:
    """The articles in an object that holds a list of them; None if it holds none."""
    if not any(isinstance(row.get(key), list | dict) for key in _HOLDERS):
        return None
    return JsonStream(io.StringIO(json.dumps(row)), "").items()


def _announce(report: ReadReport, source: Source, counts: Mapping[str, int], n: int) -> None:
    """What the file should have is its page; the query may have more."""
    page, query = counts.get("count"), counts.get("totalResults", counts.get("totalCount"))
    if page is not None:
        report.announce(page)
    elif query is not None and query <= n:
        report.announce(query)
    if query is not None and query > n:
        report.note(f"{source.label}: has {n} of the {query:,} articles of the query")
