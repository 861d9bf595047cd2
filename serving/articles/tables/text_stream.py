"""Text of bounded lines from a source, in the encoding that its head suggests."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator
from typing import TextIO

from ....data.errors import InputError
from ..source import Source

# One line, and one row, in characters.
MAX_ROW = 20_000_000


def encoding_of(head: bytes) -> str:
    """The encoding of a text that begins with these bytes: UTF-8, UTF-16 with its mark, or as detected."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # The head may end within a character.
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    return best.encoding if best is not None else "cp1252"


def open_text(source: Source, encoding: str) -> TextIO:
    """The source as text. Bytes that UTF-8 does not have become lone surrogates, see `repaired`."""
    errors = "surrogateescape" if encoding == "utf-8-sig" else "replace"
    return io.TextIOWrapper(source.open(), encoding=encoding, errors=errors, newline="")


def repaired(cell: str) -> str:
    """A cell of a UTF-8 table that is in Windows-1252."""
    try:
        return cell.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    except UnicodeEncodeError:
        return cell


class Lines:
    """The lines of a text; those of the row that is being read can be taken back.

    Args:
        stream: the text, with its line ends.
        too_long: called with the number of a line that is longer than `MAX_ROW`, and left out.
    """

    def __init__(self, stream: TextIO, too_long: Callable[[int], None]) -> None:
        self._stream, self._too_long = stream, too_long
        self._back: deque[str] = deque()
        self._row: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self._row.append(line)
        return line

    def _read(self) -> str:
        while len(line := self._stream.readline(MAX_ROW + 1)) > MAX_ROW:
            self.number += 1
            self._too_long(self.number)
            while line and not line.endswith(("\n", "\r")):
                line = self._stream.readline(MAX_ROW)
        return line

    def begin_row(self) -> None:
        """Forget the lines of the row before."""
        self._row.clear()

    @property
    def n_row(self) -> int:
        """How many lines the row has so far."""
        return len(self._row)

    @property
    def is_complete(self) -> bool:
        """Whether the line that was read last has an end; only the last one of a file may lack it."""
        return not self._row or self._row[-1].endswith(("\n", "\r"))

    def take_back(self) -> None:
        """Read again all lines of the row but its first."""
        self._back.extendleft(reversed(self._row[1:]))
        self.number -= len(self._row) - 1
        self._row.clear()


def not_closed(where: str) -> InputError:
    """The error of a row that begins a quotation without an end."""
    return InputError("a quotation mark that is not closed", where=where, hint="export the table again")
