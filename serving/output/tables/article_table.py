"""A list of articles for people, printed row by row, so that its length does not matter."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from ....data.printable import one_line
from ..console import MISSING

_DATE, _WORDS, _GAP = 10, 7, 2


class ArticleTable:
    """Columns `id`, `date`, `outlet`, `title` and `words`, which together are as wide as the console.

    Args:
        console: where it is printed, at least 60 columns wide.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        free = max(console.width, 60) - _DATE - _WORDS - 4 * _GAP
        narrow = min(free // 4, 26)
        self._widths = (narrow, _DATE, narrow, free - 2 * narrow)
        self._print(("id", "date", "outlet", "title"), "words", "bold")
        console.print(Text("─" * (free + _DATE + _WORDS + 4 * _GAP), style="dim"), no_wrap=True)

    def row(self, id: str, date: str | None, outlet: str | None, title: str | None, words: int) -> None:
        """Print one article; long cells are cut."""
        self._print((id, (date or "")[:_DATE], outlet, title), f"{words:,}", "")

    def _print(self, cells: tuple[str | None, ...], words: str, style: str) -> None:
        line = (" " * _GAP).join([*self._cells(cells), words.rjust(_WORDS)])
        if self._console.is_terminal:
            self._console.print(Text(line, style=style), no_wrap=True, crop=False, overflow="ignore")
        else:  # several times faster
            self._console.file.write(line.rstrip() + "\n")

    def _cells(self, cells: tuple[str | None, ...]) -> Iterator[str]:
        for cell, width in zip(cells, self._widths, strict=True):
            text = one_line(cell[:500]) if cell else MISSING
            cut = set_cell_size(text, width)
            yield cut if cut.rstrip() == text.rstrip() else set_cell_size(text, width - 1) + "…"
