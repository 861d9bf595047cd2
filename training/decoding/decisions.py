"""What the validation split decides, and the statements that follow from it within one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

from .calibration import Sigmoid


@dataclass(slots=True)
class Decisions:
    """Calibrations by role and label; thresholds in [0, 1] by actor role and label, and that of targets."""

    calibration: dict[str, Sigmoid] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    target_threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """A statement by the indices of its mentions in the sentence; `target` is None where there is none."""

    stance: str
    score: float
    actor: int
    target: int | None
