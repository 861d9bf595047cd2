"""Rows of a CSV file, each with its line number, for error messages."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import InputError
from ...files.reading import read_text, refuse_invalid
from ...reporting import Report, guarded, raise_error

if TYPE_CHECKING:
    from _csv import Reader

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
    report: Report = raise_error,
) -> Iterator[Row]:
    """The rows below the header, except empty lines.

    Args:
        check_header: called with the column names and `FILE:1` before any row; raises `InputError` if they
            are not the expected ones.
        quotes: whether quotation marks enclose fields; if not, they are ordinary characters.
        report: called with each row that cannot be read.

    Yields:
        The location of each row (`FILE:LINE`), its number from 1, and its fields by column.

    Raises:
        InputError: the file cannot be read, or its header is invalid.
    """
    text = io.StringIO(read_text(path, encoding, keep_invalid=encoding == "utf-8-sig"), newline="")
    rows = csv.reader(
        text,
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
        strict=True,
    )
    header = _header(rows, path)
    check_header(header, f"{path}:1")
    for where, n, fields in _below_header(rows, path, report):
        row = None
        with guarded(where, report):
            row = _by_column(header, fields, where)
        if row is not None:
            yield where, n, row


def _header(rows: Reader, path: Path) -> list[str]:
    try:
        return next(rows, [])
    except csv.Error as error:
        raise InputError(f"invalid CSV: {error}", where=f"{path}:1", hint=_HINT) from None


def _below_header(rows: Reader, path: Path, report: Report) -> Iterator[tuple[str, int, list[str]]]:
    """The location, number and fields of each row that is not empty."""
    for n in count(1):
        # A quoted field may contain line breaks: a row begins on the line after the end of the previous one.
        where = f"{path}:{rows.line_num + 1}"
        try:
            fields = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader goes on with the next line.
            report(InputError(f"invalid CSV: {error}", where=f"{path}:{rows.line_num}", hint=_HINT))
            continue
        if fields:
            yield where, n, fields


def _by_column(header: Sequence[str], fields: Sequence[str], where: str) -> dict[str, str]:
    for field in fields:
        refuse_invalid(field, where)
    if len(fields) != len(header):
        raise InputError(f"{len(fields)} fields, but the header has {len(header)}", where=where, hint=_HINT)
    return dict(zip(header, fields, strict=True))
