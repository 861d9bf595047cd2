"""Markdown tables, for model cards and the reports of studies."""

from __future__ import annotations

from collections.abc import Sequence


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns are also aligned as plain text.

    Args:
        header: one cell per column; the first column is aligned left, the others right.
        rows: rows with as many cells as the header.

    Returns:
        The table, with a line break at its end. A `|` inside a cell is escaped.
    """
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in (header, *rows)]
    widths = [max(3, *(len(cell) for cell in column)) for column in zip(*escaped, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(escaped[0]), f"| {' | '.join(rule)} |", *map(line, escaped[1:])]) + "\n"
