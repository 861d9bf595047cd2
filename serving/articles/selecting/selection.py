"""Which articles of a source are read: by date, outlet and language."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Protocol

from ....data.errors import InputError
from ..source import ReadOptions

_DAY = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
NO_DATE = "no known date"
OUTSIDE = "outside the dates"
OTHER_OUTLET = "from another outlet"


def check_day(value: str | None, option: str) -> None:
    """Check a day, month or year.

    Raises:
        InputError: it is none of these.
    """
    if value is not None and not _DAY.fullmatch(value):
        hint = "write 2024, 2024-05 or 2024-05-31"
        raise InputError(f"{value!r} is not a date", where=option, hint=hint)


class Dated(Protocol):
    """What was published by an outlet on a date."""

    @property
    def outlet(self) -> str | None: ...

    @property
    def date(self) -> str | None: ...


def check_pattern(value: str | None, option: str) -> None:
    """Check a regular expression.

    Raises:
        InputError: it is none.
    """
    try:
        re.compile(value or "")
    except re.error as error:
        hint = "put a backslash before characters that are meant literally, such as ( or ?"
        raise InputError(f"not a regular expression: {error}", where=option, hint=hint) from None


def left_out(article: Dated, options: ReadOptions) -> str | None:
    """The reason for which an article is not read; None if it is.

    An article without a known date is left out if dates are asked for: it may be of any time.
    """
    if options.outlets:
        outlet = (article.outlet or "").casefold()
        if not any(fnmatchcase(outlet, pattern.casefold()) for pattern in options.outlets):
            return OTHER_OUTLET
    since, until = options.since, options.until
    if since is None and until is None:
        return None
    if article.date is None:
        return NO_DATE
    # ISO 8601 sorts as text; a month is compared with a month.
    before = since is not None and article.date[: len(since)] < since
    after = until is not None and article.date[: len(until)] > until
    return OUTSIDE if before or after else None
