"""The one exception that users see: what is wrong, where, and what to do about it, in one line."""

from __future__ import annotations


class InputError(ValueError):
    """Some input is at fault. `str()` is the line to show; the command line exits with 1 after it."""

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        line = f"{where}: {what}" if where else what
        super().__init__(f"{line} ({hint})" if hint else line)
        self.what, self.where, self.hint = what, where, hint
