"""The one exception that users see: what is wrong, where, and how to mend it, in one line."""

from __future__ import annotations


class InputError(ValueError):
    """Some input is at fault. `str()` is the line to show; the command line exits with 1 after it."""

    def __init__(self, what: str, *, where: str | None = None, mend: str | None = None) -> None:
        line = f"{where}: {what}" if where else what
        super().__init__(f"{line} ({mend})" if mend else line)
        self.what, self.where, self.mend = what, where, mend
