"""Statements as Parquet and XLSX: one row per statement, with the article that it is from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from ...data.errors import InputError
from ...data.printable import spreadsheet_cell
from ...data.record import Record

COLUMNS = (
    "date", "outlet", "title", "stance", "actor", "actor_id", "target", "target_id", "score", "sentence",
    "url", "id", "source", "model",
)  # fmt: skip
_BATCH = 1000
# Limits of the XLSX format.
_MAX_ROWS, _MAX_CELL = 1_048_576, 32_767
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def statement_rows(record: Record) -> Iterator[tuple[Any, ...]]:
    """The cells of each statement, in the order of `COLUMNS`; the sentence is null if it was left out."""
    for s in record.statements:
        target = s.target
        yield (
            record.date, record.outlet, record.title, s.stance, s.actor.text, s.actor.id,
            target.text if target else None, target.id if target else None, s.score,
            record.sentences[s.sentence].text or None, record.url, record.id, record.source, record.model,
        )  # fmt: skip


class ParquetWriter:
    """One statement per row; `score` is a number, all other columns are text."""

    def __init__(self, out: IO[bytes]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = [(name, pa.float64() if name == "score" else pa.string()) for name in COLUMNS]
        self._schema = pa.schema(types)
        # Without its own destructor, which would write to the closed file of a run that was interrupted.
        kind = type("Table", (pq.ParquetWriter,), {"__del__": lambda _: None})
        self._table: Any = kind(out, self._schema)
        self._rows: list[tuple[Any, ...]] = []

    def write(self, record: Record) -> None:
        self._rows += statement_rows(record)
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        columns = [list(column) for column in zip(*self._rows, strict=True)]
        arrays = [pa.array(c, t) for c, t in zip(columns, self._schema.types, strict=True)]
        self._table.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._rows.clear()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._table.close()


class XlsxWriter:
    """One statement per row of a sheet. Cells are never formulas, see `spreadsheet_cell`."""

    def __init__(self, out: IO[bytes]) -> None:
        from openpyxl import Workbook

        self._out = out
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("statements")
        self._sheet.freeze_panes = "A2"
        self._sheet.append(COLUMNS)
        self._n = 1

    def write(self, record: Record) -> None:
        """Write one record.

        Raises:
            InputError: the sheet is full.
        """
        for row in statement_rows(record):
            if self._n >= _MAX_ROWS:
                hint = "use .parquet or .csv"
                raise InputError(f"more than {_MAX_ROWS:,} rows, the limit of XLSX", hint=hint)
            self._n += 1
            self._sheet.append([_cell(value) for value in row])

    def close(self) -> None:
        self._book.save(self._out)


def _cell(value: Any) -> Any:
    safe = spreadsheet_cell(value)
    return _ILLEGAL.sub("�", safe)[:_MAX_CELL] if isinstance(safe, str) else safe
