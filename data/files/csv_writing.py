"""Write CSV files that people open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import IO, Any

from ..printable import spreadsheet_cell


class SafeCsv:
    """A CSV writer whose cells are neither formulas nor terminal escapes, see `spreadsheet_cell`."""

    def __init__(self, out: IO[str]) -> None:
        self._rows = csv.writer(out, lineterminator="\n")

    def row(self, cells: Iterable[Any]) -> None:
        """Write one row; None becomes an empty cell."""
        self._rows.writerow([spreadsheet_cell(cell) for cell in cells])
