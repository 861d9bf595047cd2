"""Progress reports of training to its caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def _silent(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Progress:
    """Callbacks for the progress of training.

    Attributes:
        step: called with a description of each step when it begins.
        update: called with the amount of work done in the current step, and the total.
        line: called with messages that should stay on the screen.
        metrics: called with metrics by name, and the step or epoch (from 1) that they belong to.
    """

    step: Callable[[str], None] = _silent
    update: Callable[[int, int], None] = _silent
    line: Callable[[str], None] = _silent
    metrics: Callable[[Mapping[str, float], int], None] = _silent
