"""What a caller is told while training runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _silent(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Progress:
    """`step` is told what is being done, `update` how much of how much is, `line` what is worth keeping on the screen."""

    step: Callable[[str], None] = _silent
    update: Callable[[int, int], None] = _silent
    line: Callable[[str], None] = _silent
