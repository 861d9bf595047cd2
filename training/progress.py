"""How training reports its progress to the caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _silent(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Progress:
    """Callbacks of a training.

    Attributes:
        step: is told what is being done.
        update: is told how much of it is done, and how much there is.
        line: is told what should stay on the screen.
    """

    step: Callable[[str], None] = _silent
    update: Callable[[int, int], None] = _silent
    line: Callable[[str], None] = _silent
