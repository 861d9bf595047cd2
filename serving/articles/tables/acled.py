"""Tables of events by ACLED: the notes are the text, and the title is built from type and location."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .columns import normalised


def with_title(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with a title if it is an event; other rows as they are."""
    by_name = {normalised(name): name for name in row}
    if "event_id_cnty" not in by_name or "title" in by_name:
        return row

    def cell(name: str) -> str:
        return str(row.get(by_name.get(name, ""), "") or "").strip()

    what, place = cell("sub_event_type") or cell("event_type"), cell("location") or cell("country")
    return {**row, "title": ", ".join(filter(None, (what, place)))}
