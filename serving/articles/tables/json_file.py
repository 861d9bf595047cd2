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
from .json_stream import Announced, JsonStream
from .layouts import flat
from .rows import NO_TEXT, ONLY_URL, Rows

_HOLDERS = frozenset(("articles", "messages", "results", "chats", "data"))
# Titles of articles without text that a line names.
MAX_NAMED = 5


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
                default_id = f"{source.stem}-{n}"
                yield from object_article(item, context, rows, source, report, default_id, f"article {n}")
        announce(report, source, stream.announced)
        if n == 0:
            raise InputError("no articles", where=source.label, hint="a list of objects with their text")
        rows.finish()


def object_article(
    item: Any,
    context: Mapping[str, Any],
    rows: Rows,
    source: Source,
    report: ReadReport,
    default_id: str,
    position: str,
) -> Iterator[SourceArticle]:
    """The article of one object, if it has one; otherwise the report has the reason.

    Args:
        item: the object.
        context: values of the objects around it.
        rows: makes articles of rows.
        source: where it is from.
        report: receives errors and what is left out.
        default_id: its id if it has none.
        position: its location in messages.
    """
    article = None
    where = f"{source.label}, {position}"
    with guarded(where, report.error):
        if not isinstance(item, dict):
            hint = 'each article is an object with a "text" and, optionally, an "id"'
            raise InputError("no 'text' field", where=where, hint=hint)
        row, reason = flat(item, context, where)
        if reason is not None or not row:
            report.skip(position, reason or NO_TEXT)
        else:
            article = rows.article(row, position, default_id)
    if article is not None:
        yield article


def nested(row: Mapping[str, Any]) -> JsonStream | None:
    """The articles in an object that holds a list of them; None if it holds none."""
    if not any(isinstance(value, list | dict) and key.lower() in _HOLDERS for key, value in row.items()):
        return None
    return JsonStream(io.StringIO(json.dumps(row)), "")


def announce(report: ReadReport, source: Source, announced: Announced) -> None:
    """Report how many articles a file should have, and name those without text; the query may have more."""
    if announced.n is not None:
        report.announce(announced.n)
        titles = [title for title, reason in report.skipped if reason in (NO_TEXT, ONLY_URL)]
        if titles:
            more = len(titles) - MAX_NAMED
            named = "; ".join(f"“{title}”" for title in titles[:MAX_NAMED])
            report.note(f"{source.label}: without text: {named}" + (f" and {more} more" if more > 0 else ""))
    if announced.total is not None and announced.total > max(announced.read, announced.n or 0):
        what = f"has {announced.read} of the {announced.total:,} articles of the query"
        report.note(f"{source.label}: {what}")
