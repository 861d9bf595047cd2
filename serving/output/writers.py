"""Writers of records: JSONL, CSV, Parquet, XLSX, and tables for people."""

from __future__ import annotations

import sys
from typing import IO, Protocol

from ...data.files.csv_writing import SafeCsv
from ...data.printable import json_line
from ...data.record import Party, Record

CSV_COLUMNS = (
    "id", "source", "title", "model", "sentence", "stance", "score", "actor", "actor_id",
    "actor_evidence", "actor_start", "actor_end", "target", "target_id", "target_evidence", "target_start",
    "target_end", "labels", "text", "date", "outlet", "url", "text_sha256",
)  # fmt: skip


class Writer(Protocol):
    """Writes one record after another, then is closed."""

    def write(self, record: Record) -> None:
        """Write one record."""

    def close(self) -> None:
        """Flush what was written; the stream stays open."""


BINARY = ("parquet", "xlsx")


def open_binary_writer(kind: str, stream: IO[bytes]) -> Writer:
    """The writer of one of the formats in `BINARY`."""
    from .statement_files import ParquetWriter, XlsxWriter

    return ParquetWriter(stream) if kind == "parquet" else XlsxWriter(stream)


def open_writer(kind: str, stream: IO[str], *, to_file: bool) -> Writer:
    """The writer of a format.

    Args:
        kind: `jsonl`, `csv` or `table`.
        stream: stream to write to.
        to_file: whether `stream` is a file rather than standard output; a table is then 120 columns wide.
    """
    if kind == "jsonl":
        return JsonlWriter(stream)
    if kind == "csv":
        return CsvWriter(stream)
    from .console import WIDTH, SafeConsole, stdout_console
    from .tables.score_table import TableWriter

    return TableWriter(
        SafeConsole(stream, width=WIDTH) if to_file or stream is not sys.stdout else stdout_console()
    )


class JsonlWriter:
    """One article per line, as JSON."""

    def __init__(self, out: IO[str]) -> None:
        self.out = out

    def write(self, record: Record) -> None:
        self.out.write(json_line(record.to_dict()) + "\n")

    def close(self) -> None:
        self.out.flush()


def _cells(party: Party | None) -> list[str | int | None]:
    if party is None:
        return [None] * 5
    return [party.text, party.id, party.evidence, party.start, party.end]


class CsvWriter:
    """One statement per row; a sentence with labels but without statements has a row without a stance.

    Cells are safe to open in a spreadsheet, see `spreadsheet_cell`.

    Args:
        out: the stream.
        header: whether to write the names of the columns first.
    """

    def __init__(self, out: IO[str], *, header: bool = True) -> None:
        self.rows = SafeCsv(out)
        self.out = out
        if header:
            self.rows.row(CSV_COLUMNS)

    def write(self, record: Record) -> None:
        about = [record.id, record.source, record.title, record.model]
        for n, sentence in enumerate(record.sentences):
            labels = ";".join(label.name for label in sentence.labels)
            text = sentence.text, record.date, record.outlet, record.url, record.text_sha256
            statements = [s for s in record.statements if s.sentence == n]
            for s in statements:
                parties = [*_cells(s.actor), *_cells(s.target)]
                self.rows.row([*about, n, s.stance, s.score, *parties, labels, *text])
            if labels and not statements:
                self.rows.row([*about, n, *[""] * 12, labels, *text])

    def close(self) -> None:
        self.out.flush()
