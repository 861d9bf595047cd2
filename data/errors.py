"""The one exception that users see: where, what is wrong, and what to do about it, in one line."""

from __future__ import annotations


class InputError(ValueError):
    """Some input is invalid. `str()` is the line to show: where, what, hint; the command line then exits with 1."""

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        line = f"{where}: {what}" if where else what
        super().__init__(f"{line} ({hint})" if hint else line)
        self.what, self.where, self.hint = what, where, hint


def plural(n: int, noun: str) -> str:
    """A count with its noun: "1 article", "2 articles"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
