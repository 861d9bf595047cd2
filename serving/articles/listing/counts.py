"""How many articles of each source were read, and why others were not: lines, and a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ....data.errors import plural
from ....data.files.atomic import atomic_write
from ....data.files.csv_writing import SafeCsv
from ..source import ReadReport

COLUMNS = ("file", "kind", "announced", "read", "skipped", "errors", "what", "article", "reason")
# The titles of missing articles that the line of a source names.
_MAX_TITLES = 10


def source_line(report: ReadReport) -> str | None:
    """The count of one source; None if there is nothing to say about it.

    A source of one article, and one that could not be read at all, have no count.
    """
    skipped = sum(report.reasons.values())
    if report.announced is None and not skipped and report.read < 2:
        return None
    counts = [] if report.announced is None else [f"{report.announced:,} announced"]
    counts.append(f"{report.read:,} read")
    if skipped:
        counts.append(f"{skipped:,} skipped ({reasons(report.reasons)})")
    if report.n_errors:
        counts.append(plural(report.n_errors, "error"))
    missing = (report.announced or 0) - report.read - skipped - report.n_errors
    if missing > 0:
        counts.append(f"{missing:,} missing")
    name = "standard input" if report.source == "-" else report.source
    return f"{name}: {', '.join(counts)}{_missing_titles(report.missing_titles)}"


def _missing_titles(titles: Sequence[str]) -> str:
    """The titles that an export lists and no article has; `--report` lists them all."""
    if not titles:
        return ""
    more = f" and {len(titles) - _MAX_TITLES:,} more" if len(titles) > _MAX_TITLES else ""
    return "; not found: " + "; ".join(f"“{title}”" for title in titles[:_MAX_TITLES]) + more


def reasons(counted: Counter[str]) -> str:
    """The reasons with their numbers: `3 not in English: de, 1 no text`."""
    return ", ".join(f"{n:,} {reason}" for reason, n in counted.most_common())


def total_line(reports: Sequence[ReadReport]) -> str | None:
    """The count of all sources together; None for a single one, whose own line says it."""
    if len(reports) < 2:
        return None
    skipped: Counter[str] = Counter()
    for report in reports:
        skipped.update(report.reasons)
    n_errors = sum(report.n_errors for report in reports)
    counts = [f"{plural(sum(r.read for r in reports), 'article')} read"]
    if skipped:
        counts.append(f"{sum(skipped.values()):,} skipped ({reasons(skipped)})")
    if n_errors:
        counts.append(plural(n_errors, "error"))
    return f"{plural(len(reports), 'file')}: {', '.join(counts)}"


def write_report(reports: Iterable[ReadReport], path: Path) -> None:
    """Write a CSV table: a row per source with its counts, and a row per article that was not read.

    Of a source at most 1,000 articles are listed; the counts are complete.

    Raises:
        OSError: the file cannot be written.
    """
    with atomic_write(path) as out:
        table = SafeCsv(out)
        table.row(COLUMNS)
        for report in reports:
            counts = (report.announced, report.read, sum(report.reasons.values()), report.n_errors)
            table.row((report.source, report.kind, *counts, "file", None, None))
            for label, reason in report.skipped:
                table.row((report.source, report.kind, *[None] * 4, "skipped", label, reason))
            for title in report.missing_titles:
                table.row((report.source, report.kind, *[None] * 4, "missing", title, "announced, not found"))
            for error in report.errors:
                table.row((report.source, report.kind, *[None] * 4, "error", error.where, error.what))
