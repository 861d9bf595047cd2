"""Names of parties for people: "Israel" for `ISR`, from the shipped tables."""

from __future__ import annotations

import csv
from functools import cache

from ...data.schema import MULTI, OTHER
from ...data.text.gazetteer import ACTORS
from .counts import UNKNOWN

# Short, for tables and plots; `party_names` has the long ones.
SHORT_NAMES = {OTHER: "no party", MULTI: "several", UNKNOWN: "unknown"}
_LONG_NAMES = {
    OTHER: "persons and bodies that represent no party",
    MULTI: "several parties that are not named",
    UNKNOWN: "not identified",
}


@cache
def party_names() -> dict[str, str]:
    """The first name of each party, by its identity."""
    out = dict(_LONG_NAMES)
    for path in sorted(ACTORS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                out.setdefault(row["id"], row["names"].split(";")[0])
    return out


def party_name(side: str) -> str:
    """The name of a side; its identity if the tables do not have it."""
    return party_names().get(side, side)
