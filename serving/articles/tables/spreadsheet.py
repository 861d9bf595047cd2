"""XLSX spreadsheets: one article per row, on every sheet that has a column of text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from ....data.errors import InputError
from ..archives import bomb, is_bomb
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .layouts import table_row
from .rows import Rows

ENDINGS = (".xlsx", ".xlsm")
MAX_FILE = 200_000_000
# The parts of a spreadsheet after decompression. All different strings of the cells are held in memory.
MAX_UNPACKED = 2_000_000_000
MAX_STRINGS = 300_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Spreadsheet:
    """An Excel file."""

    name = "xlsx"
    what = "an XLSX spreadsheet"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it is a zip archive with sheets, or an Excel file that cannot be read."""
        named = name.lower().endswith((*ENDINGS, ".xls"))
        if head.startswith(_OLE):
            return named
        return head.startswith(b"PK\x03\x04") and b"word/" not in head and (b"xl/" in head or named)

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of all rows that can be read; the others are reported.

        Raises:
            InputError: encrypted, damaged, of before 2007, or without a column of text.
        """
        from openpyxl import load_workbook

        if source.head.startswith(_OLE):
            hint = "save it as .xlsx without a password"
            raise InputError("encrypted, or an Excel file of before 2007", where=source.label, hint=hint)
        content: Any = source.path
        if content is None or source.is_compressed or (source.size or 0) > MAX_FILE:
            content = io.BytesIO(source.read(MAX_FILE, "a spreadsheet"))
        _check_parts(content, source.label)
        try:
            book = load_workbook(content, read_only=True, data_only=True, keep_links=False)
        except Exception:
            hint = "open it in a spreadsheet program and save it again"
            raise InputError("a damaged spreadsheet", where=source.label, hint=hint) from None
        rows = Rows(source, options, report)
        problems: list[InputError] = []
        try:
            for sheet in book.worksheets:
                try:
                    yield from _sheet(sheet, len(book.worksheets) > 1, rows, source)
                except InputError as error:
                    problems.append(error)
        finally:
            book.close()
        if len(problems) == len(book.worksheets):
            raise problems[0] if problems else InputError("no sheets", where=source.label)
        for problem in problems:
            report.note(f"{problem.where}: not read: {problem.what}")
        rows.finish()


def _check_parts(content: Any, where: str) -> None:
    """Refuse a spreadsheet whose parts are too large.

    Raises:
        InputError: too large, or not a zip archive.
    """
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if total > MAX_UNPACKED or strings > MAX_STRINGS:
        hint = f"the limit is {MAX_UNPACKED // 1_000_000:,} MB, {MAX_STRINGS // 1_000_000} MB of texts"
        raise InputError("too large for a spreadsheet when unpacked", where=where, hint=f"{hint}; use CSV")
    if any(is_bomb(part) for part in parts):
        raise bomb(where)


def _sheet(sheet: Any, several: bool, rows: Rows, source: Source) -> Iterator[SourceArticle]:
    """The articles of one sheet. Rows have the numbers that a spreadsheet program shows."""
    # The size that a sheet declares is often wrong.
    sheet.reset_dimensions()
    names: list[str] | None = None
    part = f"sheet {sheet.title!r}" if several else ""
    for n, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if all(cell is None or cell == "" for cell in cells):
            continue
        if names is None:
            names = [str(c).strip() if c is not None else "" for c in cells]
            rows.header(names, part)
            continue
        place = f"{part} row {n}".strip()
        row = dict(zip(reversed(names[: len(cells)]), reversed(cells[: len(names)]), strict=True))
        identity = f"{source.stem}-{sheet.title}-{n}" if several else f"{source.stem}-{n}"
        article = rows.read(table_row(row), place, identity)
        if article is not None:
            yield article
    if names is None:
        where = f"{source.label}, {part}" if part else source.label
        raise InputError("empty", where=where, hint="a table has a header and rows")
