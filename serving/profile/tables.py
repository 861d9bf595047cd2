"""Tables of statements that `stancewire score` wrote, as CSV or Parquet: one statement per row.

Articles without statements have no row in them, and the number of sentences is not known, so that shares of
sentences and corrected shares need the records.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from ...data.annotation.summary import ArticleSummary, Mention, grouped
from ...data.errors import InputError
from ...data.files.reading import MAX_LINE_BYTES
from ...data.printable import original_cell

Row = Mapping[str, Any]
_NEEDED = ("id", "stance", "actor", "actor_id", "target", "target_id")
_HINT = "give a table that `stancewire score` wrote"


def read_table(path: Path) -> Iterator[ArticleSummary]:
    """The articles of a table, in order.

    Raises:
        InputError: it cannot be read, or is not a table of statements.
    """
    parquet = path.suffix.lower() == ".parquet"
    rows = _parquet_rows(path) if parquet else _csv_rows(path)
    for _, own in groupby(rows, key=lambda row: (row["id"], row.get("source"), row.get("text_sha256"))):
        yield _article(list(own), parquet)


def _csv_rows(path: Path) -> Iterator[Row]:
    csv.field_size_limit(MAX_LINE_BYTES)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        _check_columns(rows.fieldnames or (), path)
        for row in rows:
            yield {k: original_cell(v) if isinstance(v, str) and v else None for k, v in row.items() if k}


def _parquet_rows(path: Path) -> Iterator[Row]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        _check_columns(file.schema_arrow.names, path)
        for batch in file.iter_batches(1000):
            yield from batch.to_pylist()


def _check_columns(names: Iterable[str], path: Path) -> None:
    present = set(names)
    missing = [name for name in _NEEDED if name not in present]
    if missing:
        raise InputError(f"no column {missing[0]!r}", where=str(path), hint=_HINT)


def _article(rows: list[Row], parquet: bool) -> ArticleSummary:
    """The rows of one article. In Parquet, `sentence` is the text; in CSV, it is the number."""
    first, texts = rows[0], {}
    numbers: dict[Any, int] = {}
    mentions = []
    for row in rows:
        n = numbers.setdefault(row.get("sentence"), len(numbers))
        texts[n] = row.get("sentence" if parquet else "text") or ""
        if row["stance"]:
            mentions.append(
                Mention(
                    n, row["stance"], row["actor"], _number(row.get("actor_start")), row["actor_id"],
                    row["target"] is not None or row["target_id"] is not None, row["target_id"],
                )
            )  # fmt: skip
    about: dict[str, Any] = {k: first.get(k) for k in ("title", "outlet", "date", "text_sha256", "model")}
    return ArticleSummary(id=str(first["id"]), sentences=None, statements=grouped(mentions, texts), **about)


def _number(cell: Any) -> int | None:
    return int(cell) if cell is not None and str(cell).isdigit() else None
