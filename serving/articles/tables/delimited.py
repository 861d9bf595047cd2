"""CSV and TSV: one article per row, with a header. Delimiter and encoding are detected."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from ....data.errors import InputError
from ..kinds import is_table, kind_of_head, without_mark
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .layouts import HEADERLESS, Headerless, table_row
from .rows import Rows
from .text_stream import MAX_ROW, Lines, encoding_of, not_closed, open_text, repaired

ENDINGS = (".csv", ".tsv", ".tab")
# A cell in characters. A quotation that is not closed would make a cell of the rest of the file.
MAX_CELL = 2_500_000
# How often the lines of a quotation without an end are read again, as rows of their own.
MAX_RETRIES = 50
_DELIMITERS = "\t,;|"
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")


def delimiter_of(text: str) -> str:
    """The delimiter of a table: the one that splits its first rows into most columns of the same number."""
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        try:
            rows = csv.reader(text.splitlines(keepends=True)[:200], delimiter=delimiter)
            widths = [len(row) for row, _ in zip((r for r in rows if r), range(5), strict=False)]
        except csv.Error:
            continue
        # The last row of the head may be cut.
        same = len(set(widths[:3])) == 1
        score = (2 if same else 1) * (widths[0] if widths else 0)
        if widths and widths[0] > 1 and score > most:
            best, most = delimiter, score
    return best


class Delimited:
    """A table as text."""

    name = "csv"
    what = "a table (CSV, TSV)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether the first rows are a table, or the name says so and the content is no other kind."""
        if any(known.first.match(without_mark(head).decode("utf-8", "replace")) for known in HEADERLESS):
            return True
        named = re.sub(r"\.(?:gz|zst)\Z", "", name.lower()).endswith(ENDINGS)
        kind = kind_of_head(head, name)
        if named:
            return kind is None or kind == "a table (CSV)"
        return kind == "a table (CSV)" or (kind is None and is_table(head))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of all rows that can be read; the others are reported.

        Raises:
            InputError: empty, binary, without a column of text, or without rows.
        """
        head = source.head
        if not head.strip():
            raise InputError("empty", where=source.label, hint="a table has a header and rows")
        encoding = encoding_of(head)
        if b"\x00" in head and encoding != "utf-16":
            raise InputError("a binary file, not a table", where=source.label, hint="export it as CSV")
        if encoding not in ("utf-8-sig", "utf-16"):
            report.note(f"{source.label}: not UTF-8; read as {encoding}")
        start = without_mark(head).decode(
            "utf-8" if encoding in ("utf-8-sig", "utf-16") else encoding, errors="replace"
        )
        layout = next((known for known in HEADERLESS if known.first.match(start)), None)
        rows = Rows(source, options, report)
        with open_text(source, encoding) as stream:
            yield from _articles(_Table(stream, source, report, start, layout), rows, source, report)
        rows.finish()


def _articles(table: _Table, rows: Rows, source: Source, report: ReadReport) -> Iterator[SourceArticle]:
    names = table.header
    rows.header(names)
    found = rows.columns(names)
    text = found.get("text", found.get("url", ""))
    for n, cells in table:
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            what = f"{len(cells)} cells, but {len(names)} columns"
            hint = "a cell with the delimiter needs quotation marks"
            report.error(InputError(what, where=f"{source.label}, row {n}", hint=hint))
            continue
        if table.is_cut and len(cells) <= names.index(text) + 1 < len(names):
            hint = "the rows before were read; export the table again"
            report.error(
                InputError("ends in the middle of a row", where=f"{source.label}, row {n}", hint=hint)
            )
            break
        row = dict(zip(reversed(names[: len(cells)]), reversed(cells[: len(names)]), strict=True))
        for name in names[len(cells) :]:
            row.setdefault(name, "")
        article = rows.read(table_row(row), f"row {n}", f"{source.stem}-{n}")
        if article is not None:
            yield article


class _Table:
    """The rows of a table with their numbers, the header being row 1.

    A quotation mark without an end costs one row: the lines after it are read again.

    Args:
        stream: the text.
        source: where it is from.
        report: receives the rows that cannot be read.
        start: the beginning of the text, from which the delimiter is found.
        layout: that of a table without a header.
    """

    def __init__(
        self, stream: TextIO, source: Source, report: ReadReport, start: str, layout: Headerless | None
    ) -> None:
        csv.field_size_limit(MAX_CELL)
        self._source, self._report = source, report
        self._lines = Lines(stream, self._too_long)
        delimiter = "\t" if layout else delimiter_of(start)
        # The files of gdeltnews are written without quotation.
        bare = start.startswith("Text|Date|URL|Source") or (layout is not None and not layout.quoted)
        self._reader = csv.reader(
            self._lines, delimiter=delimiter, quoting=csv.QUOTE_NONE if bare else csv.QUOTE_MINIMAL
        )
        self._retries = 0
        self._n = 0
        self._repaired = 0
        self.header: Sequence[str] = ()
        if layout is not None:
            self.header = layout.names
        else:
            self.header = next((row for _, row in self if any(c.strip() for c in row)), ())
            self._n = 1

    @property
    def is_cut(self) -> bool:
        """Whether the table ends without a line end after the row that was read last."""
        return not self._lines.is_complete

    def _too_long(self, line: int) -> None:
        hint = f"a row has at most {MAX_ROW // 1_000_000} MB"
        self._report.error(InputError("too large", where=f"{self._source.label}, line {line}", hint=hint))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            self._n += 1
            self._lines.begin_row()
            try:
                row = next(self._reader)
            except StopIteration:
                break
            except csv.Error:
                if not self._retry():
                    return
                continue
            # The quotation ended where a later one should begin, or with the file.
            if self.header and self._lines.n_row > 1 and len(row) != len(self.header):
                if not self._retry():
                    return
                continue
            if not any(row):
                self._n -= not row
                continue
            yield self._n, self._decoded(row)
        if self._repaired:
            self._report.note(
                f"{self._source.label}: {self._repaired} rows are not UTF-8; read as Windows-1252"
            )

    def _retry(self) -> bool:
        """Report the row, and read its lines after the first again; False after too many such rows."""
        where = f"{self._source.label}, row {self._n}"
        self._report.error(not_closed(where))
        self._retries += 1
        if self._retries > MAX_RETRIES:
            what = f"more than {MAX_RETRIES} quotation marks that are not closed; the rest is not read"
            self._report.error(InputError(what, where=where))
            return False
        self._lines.take_back()
        return True

    def _decoded(self, row: list[str]) -> list[str]:
        """The row; cells that are not UTF-8 are read as Windows-1252."""
        if not any(_NOT_UTF_8.search(cell) for cell in row if not cell.isascii()):
            return row
        self._repaired += 1
        return [repaired(cell) for cell in row]
