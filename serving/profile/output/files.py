"""The profile as CSV, one share per row, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from ....data.files.csv_writing import SafeCsv
from ..correction import Estimate
from ..counts import Counts, as_number, ranked
from ..profile import Group, Profile, ShareRow
from .wording import notes, status

CSV_COLUMNS = (
    "by", "group", "articles", "measure", "of", "towards", "count", "total", "share", "corrected", "low",
    "high", "note",
)  # fmt: skip
_DIGITS = 4


def write_csv(profile: Profile, stream: IO[str]) -> None:
    """Write every share of all articles and of each group, then the pairs of actor and target.

    Cells are safe to open in a spreadsheet.
    """
    rows = SafeCsv(stream)
    rows.row(CSV_COLUMNS)
    for group in (profile.overall, *profile.groups):
        by = profile.by if group.name else "all"
        about = by, group.name, group.articles
        for row in group.shares:
            rows.row((*about, *_share_cells(row)))
        for stance, actor, target, n in pairs(group.counts):
            rows.row((*about, f"{stance} pair", actor, target, as_number(n), *[None] * 5, ""))


def _share_cells(row: ShareRow) -> tuple[Any, ...]:
    e = row.corrected or Estimate()
    return (
        row.share.measure, row.share.of, "", as_number(row.number), as_number(row.total), _rounded(row.raw),
        _rounded(e.share), _rounded(e.low), _rounded(e.high), status(row),
    )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def pairs(total: Counts) -> Iterator[tuple[str, str, str, float]]:
    """Stance, actor, target and number of all pairs, by stance and number."""
    for stance, _ in ranked(total, "pairs"):
        found = [(k[2], k[3], float(v)) for k, v in total.items() if k[:2] == ("pair", stance)]
        for actor, target, n in sorted(found, key=lambda x: (-x[2], x[0], x[1])):
            yield stance, actor, target, n


def as_json(profile: Profile) -> dict[str, Any]:
    """The profile as plain values, ready for `json.dumps`."""
    return {
        "articles": profile.overall.articles,
        "outlets": profile.outlets,
        "first": profile.first.isoformat() if profile.first else None,
        "last": profile.last.isoformat() if profile.last else None,
        "copies": profile.copies,
        "models": list(profile.models),
        "annotated": profile.annotated,
        "notes": notes(profile),
        "overall": _group(profile.overall),
        "by": profile.by,
        "groups": [_group(g) for g in profile.groups],
        "period": profile.period,
        "timeline": [
            {"period": name, "stances": {s: _by_side(total, s) for s, _ in ranked(total, "stance")}}
            for name, total in profile.timeline.items()
        ],
        "carried": [{"id": c.id, "title": c.title, "outlets": list(c.outlets)} for c in profile.carried],
    }


def _by_side(total: Counts, stance: str) -> dict[str, Any]:
    return {
        "count": as_number(total["stance", stance]),
        "by": {side: as_number(n) for side, n in ranked(total, "by", stance)},
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "articles": group.articles,
        "sentences": as_number(group.counts["sentences",]),
        "statements": as_number(group.counts["statements",]),
        "shares": [_share(row) for row in group.shares],
        "pairs": [
            {"stance": stance, "actor": actor, "target": target, "count": as_number(n)}
            for stance, actor, target, n in pairs(group.counts)
        ],
    }


def _share(row: ShareRow) -> dict[str, Any]:
    e = row.corrected or Estimate()
    return {
        "measure": row.share.measure,
        "of": row.share.of,
        "count": as_number(row.number),
        "total": as_number(row.total),
        "share": _rounded(row.raw),
        "corrected": _rounded(e.share),
        "low": _rounded(e.low),
        "high": _rounded(e.high),
        "note": status(row),
    }
