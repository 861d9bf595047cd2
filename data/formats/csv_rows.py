"""Rows of a CSV file, each with its line number, for error messages."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..errors import InputError
from ..files.reading import read_text

# Location (`FILE:LINE`), row number from 1, and fields by column name.
Row = tuple[str, int, dict[str, str]]
_HINT = "check quotes and delimiter"


def read_rows(
    path: Path,
    check_header: Callable[[Sequence[str], str], None],
    *,
    delimiter: str = ",",
    quotes: bool = True,
    encoding: str = "utf-8-sig",
) -> Iterator[Row]:
    """The rows below the header, except empty lines.

    Args:
        check_header: called with the column names and `FILE:1` before any row; raises `InputError` if they
            are not the expected ones.
        quotes: whether quotation marks enclose fields; if not, they are ordinary characters.

    Yields:
        The location of each row (`FILE:LINE`), its number from 1, and its fields by column.

    Raises:
        InputError: the file cannot be read, is not CSV, or a row has more or fewer fields than the header.
    """
    rows = csv.reader(
        io.StringIO(read_text(path, encoding), newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
        strict=True,
    )
    try:
        header = next(rows, [])
        check_header(header, f"{path}:1")
        # A quoted field may contain line breaks: a row begins on the line after the end of the previous one.
        start = rows.line_num + 1
        for n, fields in enumerate(rows, 1):
            where, start = f"{path}:{start}", rows.line_num + 1
            if fields:
                yield where, n, _by_column(header, fields, where)
    except csv.Error as error:
        raise InputError(f"invalid CSV: {error}", where=f"{path}:{rows.line_num}", hint=_HINT) from None


def _by_column(header: Sequence[str], fields: Sequence[str], where: str) -> dict[str, str]:
    if len(fields) != len(header):
        raise InputError(f"{len(fields)} fields, but the header has {len(header)}", where=where, hint=_HINT)
    return dict(zip(header, fields, strict=True))
