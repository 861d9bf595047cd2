"""Dates as sources write them, in ISO 8601. What is not understood, or has two readings, is left as it is."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

# The order of day and month in a date of numbers, where the format of the source defines it.
Order = Literal["day-first", "month-first"]

# The first letters, which are enough to tell months apart: English, German, French, Spanish, Portuguese,
# Italian, Dutch.
_MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "jän", "ene", "gen"),
    ("feb", "fév", "fev"),
    ("mar", "mär", "mrz", "maa", "mrt"),
    ("apr", "avr", "abr"),
    ("may", "mai", "mag", "mei", "mayo", "maio"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aoû", "ago"),
    ("sep", "set"),
    ("oct", "okt", "out", "ott"),
    ("nov",),
    ("dec", "dez", "déc", "dic"),
)
_NAMES = frozenset(
    """january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    januar jänner februar märz mai juni juli oktober dezember mrz okt dez
    janvier février mars avril juin juillet août septembre octobre novembre décembre janv févr avr juil déc
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    januari februari maart mei augustus""".split()
)
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|(?:segunda|terça|quarta|quinta|sexta)-feira"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag)\b\.?"
)
_GAP = r"[\s,]*"
_DAY = re.compile(
    rf"{_GAP}(?:{_WEEKDAY}{_GAP})?(?:"
    r"(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?!\d)"
    r"|(?P<y2>\d{4})\s*年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*日"
    r"|(?P<n3>[^\W\d_]{3,10})\.?\s+(?P<d3>\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(?P<y3>\d{4})(?!\d)"
    r"|(?P<d4>\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+)?(?P<n4>[^\W\d_]{3,10})\.?,?"
    r"\s+(?:de\s+)?(?P<y4>\d{4})(?!\d)"
    r"|(?P<a5>\d{1,2})(?P<sep>[/.-])(?P<b5>\d{1,2})(?P=sep)(?P<y5>\d{4})(?!\d)"
    rf"){_GAP}(?:{_WEEKDAY})?",
    re.I,
)
_TIME = re.compile(
    r"[\s,T]*(?P<h>\d{1,2}):(?P<m>\d\d)(?::(?P<s>\d\d)(?:\.\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?"
    r"(?:\s*-\s*\d{1,2}:\d\d(?::\d\d)?)?"  # the end of a broadcast
    r"\s*(?P<zone>[A-Z]{2,4}\b(?:[+-]\d{1,2})?|Z\b|[+-]\d\d:?\d\d)?",
    re.I,
)
_COMPACT = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z|[+-]\d\d'?:?\d\d'?)?)?\Z")
# Abbreviations with one meaning. BST, IST, CST of China and others have several: their times stay local.
_ZONES = {
    "GMT": 0, "UTC": 0, "Z": 0, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "CET": 1, "CEST": 2,
}  # fmt: skip


def parse_date(text: str | None, *, order: Order | None = None, rest: bool = False) -> str | None:
    """A date in ISO 8601: `2019-05-03`, `2019-05-03T15:43:00` (local time) or `2019-05-03T15:43:00-05:00`.

    Reads ISO 8601, RFC 5322, compact dates (`20210503T091500Z`, also of PDF) and dates with the month in
    words in English, German, French, Spanish, Portuguese, Italian, Dutch or in Chinese characters.
    `03/04/2026` has two readings and is not understood unless `order` is given; `25/04/2026` has one.

    Args:
        text: the date as the source has it.
        order: of day and month in numbers, if the format of the source defines it.
        rest: whether other words may follow the date, such as the edition.

    Returns:
        The date, with a time if the source has one; None if it is not understood.
    """
    text = " ".join((text or "").replace("\u00a0", " ").split())
    if compact := _COMPACT.match(text):
        return _compact(compact)
    match = _DAY.match(text)
    day = _day(match, order) if match else None
    if match is None or day is None:
        return None
    tail = text[match.end() :]
    time = _TIME.match(tail)
    if not rest:
        after = (tail[time.end() :] if time else tail).strip(" ,.")
        # RFC 5322 has the name of the zone in brackets behind the offset.
        if after and not re.fullmatch(r"\([A-Za-z ]+\)", after):
            return None
    return day.isoformat() + (_time(time) if time else "")


def date_fields(
    text: str | None, *, order: Order | None = None, rest: bool = False
) -> tuple[str | None, str | None]:
    """`date` and `date_original` of an article: the original only where the date was not understood."""
    original = " ".join((text or "").split()) or None
    date_iso = parse_date(original, order=order, rest=rest)
    return date_iso, None if date_iso else original


def _month(name: str) -> int | None:
    name = name.lower()
    if name not in _NAMES:
        return None
    if name.startswith(("juil", "juin")):
        return 7 if name.startswith("juil") else 6
    return next((i for i, starts in enumerate(_MONTHS, 1) if name.startswith(starts)), None)


def _day(match: re.Match[str], order: Order | None) -> date | None:
    part = match.groupdict()
    if part["y5"]:
        pair = _numbers(int(part["a5"]), int(part["b5"]), order)
        year, month, day = part["y5"], pair and pair[1], pair and pair[0]
    elif part["n3"] or part["n4"]:
        k = "3" if part["n3"] else "4"
        year, month, day = part[f"y{k}"], _month(part[f"n{k}"]), int(part[f"d{k}"])
    else:
        k = "1" if part["y1"] else "2"
        year, month, day = part[f"y{k}"], int(part[f"m{k}"]), int(part[f"d{k}"])
    if not month or not day:
        return None
    try:
        return date(int(year), month, day)
    except ValueError:
        return None


def _numbers(first: int, second: int, order: Order | None) -> tuple[int, int] | None:
    """Day and month of two numbers; None if both readings are possible."""
    if order == "day-first" or (order is None and first > 12) or first == second:
        return first, second
    if order == "month-first" or (order is None and second > 12):
        return second, first
    return None


def _time(match: re.Match[str]) -> str:
    hour, half = int(match["h"]), (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or int(match["m"]) > 59:
        return ""
    return f"T{hour:02}:{match['m']}:{match['s'] or '00'}{_offset(match['zone'])}"


def _offset(zone: str | None) -> str:
    """The offset from UTC, as ISO 8601 has it; empty if the zone is unknown."""
    zone = (zone or "").upper().replace("'", "").replace(":", "")
    if re.fullmatch(r"[+-]\d{4}", zone):
        return f"{zone[:3]}:{zone[3:]}"
    hours = _ZONES.get(zone)
    if hours is None:
        return ""
    return f"{hours:+03}:00"


def _compact(match: re.Match[str]) -> str | None:
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        numbers = [int(x or 0) for x in (year, month, day, hour, minute, second)]
        moment = datetime(numbers[0], *numbers[1:])  # type: ignore[arg-type]
    except ValueError:
        return None
    return moment.isoformat() + _offset(zone) if hour else moment.date().isoformat()
