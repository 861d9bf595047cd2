"""Layouts of services and programs: objects whose fields are elsewhere, tables without a header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from ....data.errors import InputError
from ..documents.markdown import plain_text
from ..web.page import paragraphs
from .columns import normalised

SERVICE_MESSAGE = "service message"


@dataclass(frozen=True, slots=True)
class Headerless:
    """A table without a header.

    Attributes:
        what: its name, for messages.
        first: what its first line begins with.
        names: its columns; those without a meaning here are numbered.
        quoted: whether cells may be in quotation marks.
    """

    what: str
    first: re.Pattern[str]
    names: Sequence[str]
    quoted: bool


HEADERLESS = (
    Headerless(
        "GDELT GKG",
        # A record id and a time.
        re.compile(r"\d{14}-T?\d+\t\d{14}\t"),
        ("id", "seendate", "collection", "sourcecommonname", "url", *map(str, range(6, 26)), "translation",
         "extras"),
        quoted=False,
    ),
    Headerless(
        "trafilatura",
        # URL, id and fingerprint.
        re.compile(r"(?:https?://\S+|null)\t[^\t\n]*\t(?:[0-9a-f]{1,16}|null)\t"),
        ("url", "id", "fingerprint", "hostname", "title", "image", "date", "text", "comments", "license",
         "pagetype"),
        quoted=True,
    ),
)  # fmt: skip
_GKG_COLUMNS = frozenset(HEADERLESS[0].names)


def table_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of a table with what its layout has elsewhere; rows of other tables as they are."""
    by_name = {normalised(name): name for name in row}
    if "event_id_cnty" in by_name and "title" not in by_name:
        return {**row, "title": _event(row, by_name)}
    if row.keys() >= _GKG_COLUMNS:
        return _gkg(row)
    if "fingerprint" in by_name and "pagetype" in by_name:
        return {**row, "text": _own_paragraphs(row), "comments": None}
    return row


def _event(row: Mapping[str, Any], by_name: Mapping[str, str]) -> str:
    """The title of an event of ACLED: its type and location."""

    def cell(name: str) -> str:
        return str(row.get(by_name.get(name, ""), "") or "").strip()

    what, place = cell("sub_event_type") or cell("event_type"), cell("location") or cell("country")
    return ", ".join(filter(None, (what, place)))


def _gkg(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of GDELT GKG; sources other than the Web have no URL."""
    title = re.search(r"<PAGE_TITLE>(.*?)</PAGE_TITLE>", str(row["extras"]), re.S)
    language = re.match(r"srclc:(\w+)", str(row["translation"]))
    url = str(row["url"])
    return {
        **{name: row[name] for name in ("id", "seendate", "sourcecommonname")},
        "url": url if re.match(r"https?://", url) else None,
        "title": unescape(title[1]) if title else None,
        "language": language[1] if language else "en",
    }


def flat(
    item: Mapping[str, Any], context: Mapping[str, Any], where: str
) -> tuple[Mapping[str, Any], str | None]:
    """An object as a row with columns that are found by name.

    Args:
        item: the object.
        context: the other values of the objects around it, such as the name of a chat.
        where: its location, for messages.

    Returns:
        The row, and the reason for which it is no article, if there is one.

    Raises:
        InputError: it is the error message of a service.
    """
    if isinstance(item.get("fields"), dict):
        return _reliefweb(item), None
    if item.get("type") in ("service", "message") or "date_unixtime" in item or _entities(item.get("text")):
        return _telegram(item, context)
    if item.get("status") == "error" and "message" in item:
        what = f"an error message instead of articles: {str(item['message'])[:200]!r}"
        raise InputError(what, where=where)
    if "source-hostname" in item or "fingerprint" in item:
        return _trafilatura(item), None
    if "dateTimePub" in item and isinstance(item.get("title"), dict):
        title = item["title"]
        return {**item, "title": title.get("eng") or next(iter(title.values()), None)}, None
    if isinstance(item.get("_source"), dict):  # Elasticsearch
        return {"id": item.get("_id"), **item["_source"]}, None
    if {"ngram", "pre", "post", "url"} <= item.keys():  # GDELT Web NGrams: not the text, but its page
        return {"url": item["url"], "seendate": item.get("date"), "language": item.get("lang")}, None
    return item, None


def is_flat(row: Mapping[str, Any]) -> bool:
    """Whether a row has our own fields: it has `text`, and is of no layout that means another thing by it."""
    names = {normalised(name) for name in row}
    others = {"maintext", "source_hostname", "fingerprint", "date_unixtime", "datetimepub"}
    return "text" in row and not names & others and not _entities(row["text"])


def _entities(text: Any) -> bool:
    """Whether a text is a list of strings and marked strings, as in Telegram."""
    return isinstance(text, list) and any(isinstance(part, dict) and "text" in part for part in text)


def _reliefweb(item: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = item["fields"]
    date = fields.get("date")
    markup, body = fields.get("body-html"), fields.get("body")
    text = {"body_html": markup} if markup else {}
    if not text and isinstance(body, str) and body:
        text = {"body": plain_text(body)}
    return {
        "id": item.get("id") or fields.get("id"),
        "title": fields.get("title") or fields.get("headline"),
        "date": date.get("original") or date.get("created") if isinstance(date, dict) else date,
        "source": fields.get("source"),
        "url": fields.get("url_alias") or fields.get("url") or _web_page(item.get("href")),
        "language": fields.get("language"),
        **text,
    }


def _web_page(href: Any) -> str | None:
    """A link, unless it is that of an object of the service itself."""
    is_page = isinstance(href, str) and not (urlsplit(href).hostname or "").startswith("api.")
    return href if is_page else None


def _telegram(item: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[Mapping[str, Any], str | None]:
    parts = item.get("text")
    if isinstance(parts, list):
        parts = "".join(p if isinstance(p, str) else str(p.get("text", "")) for p in parts if p)
    moment = item.get("date_unixtime")
    date = item.get("date")
    if str(moment).isdigit():
        date = datetime.fromtimestamp(int(moment), UTC).isoformat()  # type: ignore[arg-type]
    chat, author = context.get("name"), item.get("author") or item.get("from")
    row = {
        "id": "-".join(str(part) for part in (context.get("id"), item.get("id")) if part is not None),
        "text": parts,
        "date": date,
        "outlet": chat,
        "author": author if author != chat else None,
    }
    return row, SERVICE_MESSAGE if item.get("type") == "service" else None


def _trafilatura(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """In JSON of trafilatura `source` is the URL."""
    row = {key: value for key, value in item.items() if key not in ("raw_text", "comments", "fingerprint")}
    outlet = item.get("source-hostname") or item.get("hostname")
    return {**row, "url": item.get("source"), "source": outlet, "text": _own_paragraphs(item)}


def _own_paragraphs(row: Mapping[str, Any]) -> Any:
    """The text of trafilatura, which begins with the title and has a paragraph per line."""
    text, title = row.get("text"), row.get("title")
    return paragraphs(text, title if isinstance(title, str) else None) if isinstance(text, str) else text
