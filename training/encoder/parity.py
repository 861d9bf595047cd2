"""Whether what is served scores like the network that it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ..classifier import Floats, Scores

# Of the probabilities of roles and labels so many must lie within the tolerance.
SHARE, TOLERANCE = 0.99, 0.02


@dataclass(frozen=True, slots=True)
class Parity:
    """Differences of probabilities between two classifiers on the same sentences: the mean, a quantile and the greatest."""

    mean: float
    quantile: float
    greatest: float

    @property
    def holds(self) -> bool:
        return self.quantile <= TOLERANCE

    def as_dict(self) -> dict[str, float]:
        return {k: round(v, 5) for k, v in asdict(self).items()}


def _probabilities(scores: Sequence[Scores]) -> Floats:
    logits = np.concatenate([x.ravel() for s in scores for x in (s.roles, s.labels)] or [np.zeros(0)])
    out: Floats = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
    return out


def compare(one: Sequence[Scores], other: Sequence[Scores]) -> Parity:
    """Compare the uncalibrated probabilities of the same sentences; no sentences agree in full."""
    apart = np.abs(_probabilities(one) - _probabilities(other))
    return (
        Parity(float(apart.mean()), float(np.quantile(apart, SHARE)), float(apart.max()))
        if len(apart)
        else Parity(0.0, 0.0, 0.0)
    )
