"""Calibrations and thresholds, and the statements found with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .calibration import Sigmoid


@dataclass(slots=True)
class Decisions:
    """The calibrations and thresholds that are fitted on the validation split.

    Attributes:
        calibration: by role and label.
        thresholds: in [0, 1], by actor role, target role (such as `blame:target`) and label.
        target_threshold: in [0, 1], for targets of stances without a threshold of their own.
    """

    calibration: dict[str, Sigmoid] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    target_threshold: float = 0.5

    def target_threshold_of(self, stance: str) -> float:
        """The lowest probability, in [0, 1], at which a candidate counts as a target of a stance."""
        return self.thresholds.get(f"{stance}:target", self.target_threshold)


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """A statement with the indices of its mentions in the sentence; `target` is None if there is none."""

    stance: str
    score: float
    actor: int
    target: int | None
