"""Objects of services and programs whose fields are not where a table would have them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ....data.errors import InputError
from .columns import normalised

SERVICE_MESSAGE = "service message"


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
    markup = fields.get("body-html")
    text = {"body": fields["body"]} if fields.get("body") else {"body_html": markup} if markup else {}
    return {
        "id": item.get("id") or fields.get("id"),
        "title": fields.get("title") or fields.get("headline"),
        "date": date.get("original") or date.get("created") if isinstance(date, dict) else date,
        "source": fields.get("source"),
        "url": fields.get("url_alias") or fields.get("url") or item.get("href"),
        "language": fields.get("language"),
        **text,
    }


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
    return {**row, "url": item.get("source"), "source": item.get("source-hostname") or item.get("hostname")}
