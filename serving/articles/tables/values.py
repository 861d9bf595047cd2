"""Cells and JSON values as text, dates and languages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from ..dates import date_fields
from ..exports.languages import language_code

# What exports write into a cell that has no value.
_NOTHING = frozenset(("", "none", "nan", "null", "n/a", "nat", "unknown", "multiple url matched"))
_MARKUP = re.compile(r"<(?:p|div|br|ul|ol|li|h[1-6]|span|strong|em|b|i|a)(?:\s[^<>]*)?/?>", re.I)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
# ISO 639-2 and 639-3 codes of languages in which the exports write news most often.
_THREE_LETTERS = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "nld": "nl", "ara": "ar", "zho": "zh", "chi": "zh", "rus": "ru", "ukr": "uk", "heb": "he", "fas": "fa",
    "tur": "tr", "jpn": "ja", "pol": "pl", "dan": "da", "swe": "sv", "nor": "no",
}  # fmt: skip


def metadata(value: Any) -> str | None:
    """A cell of metadata as one line; None if it says nothing.

    Lists are joined by commas; of an object its name or title counts (`{"id": null, "name": "Harbour"}`).
    """
    if isinstance(value, dict):
        keys = ("name", "title", "value", "code", "original", "url", "eng")
        return next((text for key in keys if (text := metadata(value.get(key))) is not None), None)
    if isinstance(value, list | tuple):
        parts = [text for item in value[:50] if (text := metadata(item)) is not None]
        return ", ".join(parts) or None
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float):
        return None if value != value else str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, date):
        return _moment(value)
    text = " ".join(str(value).split())
    return None if text.casefold() in _NOTHING else text


def body(value: Any, *, markup: bool = False) -> str | None:
    """A cell of text; None if there is none. HTML loses its markup; lists of paragraphs are joined.

    Args:
        value: the cell.
        markup: whether it is HTML although it does not look like it.
    """
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        value = "\n\n".join(part for part in value if part.strip())
    if not isinstance(value, str) or (len(value) < 100 and value.strip().casefold() in _NOTHING):
        return None
    if not value or value.isspace():
        return None
    if markup or len(_MARKUP.findall(value[:20_000])) >= 2:
        from ..exports.html_text import blocks, parse_html

        root = parse_html(f"<body>{_CONTROLS.sub(' ', value)}</body>")
        return "\n\n".join(text for _, text in blocks(root)) or None
    return value


def dates(value: Any) -> tuple[str | None, str | None]:
    """`date` in ISO 8601 and `date_original`, which is set where the date was not understood.

    Numbers are seconds, or milliseconds, since 1970.
    """
    if isinstance(value, date):
        return _moment(value), None
    if isinstance(value, dict):
        value = value.get("original") or value.get("created") or metadata(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 1e8 < value < 1e14:
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC).isoformat(), None
    return date_fields(metadata(value))


def _moment(value: date) -> str:
    """A date; a time at midnight without a zone is a date, because spreadsheets have no other dates."""
    if not isinstance(value, datetime):
        return value.isoformat()
    midnight = not (value.hour or value.minute or value.second or value.microsecond or value.tzinfo)
    return value.date().isoformat() if midnight else value.replace(microsecond=0).isoformat()


def language(value: Any) -> str | None:
    """The ISO 639-1 code of a language that is named or coded (`English`, `eng`, `en-GB`)."""
    name = (metadata(value) or "").casefold()
    code = re.split(r"[-_,; ]", name, maxsplit=1)[0]
    if code in _THREE_LETTERS:
        return _THREE_LETTERS[code]
    return code if re.fullmatch("[a-z]{2}", code) else language_code(name)
