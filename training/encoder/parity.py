"""Whether an exported network scores like the trained one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import expit

from ..classifier import Floats, Scores

# This share of the probabilities of roles and labels must lie within the tolerance.
SHARE, TOLERANCE = 0.99, 0.02


@dataclass(frozen=True, slots=True)
class Parity:
    """Differences of probabilities between two classifiers on the same sentences: mean, 99 % quantile and
    maximum."""

    mean: float
    quantile: float
    greatest: float

    @property
    def holds(self) -> bool:
        """Whether the two are close enough for one to be served in place of the other."""
        return self.quantile <= TOLERANCE

    def as_dict(self) -> dict[str, float]:
        """Rounded, for the model's provenance."""
        return {k: round(v, 5) for k, v in asdict(self).items()}


def _probabilities(scores: Sequence[Scores]) -> Floats:
    logits = np.concatenate([x.ravel() for s in scores for x in (s.roles, s.labels)] or [np.zeros(0)])
    out: Floats = expit(logits)
    return out


def compare(one: Sequence[Scores], other: Sequence[Scores]) -> Parity:
    """Compare the uncalibrated probabilities of the same sentences; without sentences all differences are
    0."""
    apart = np.abs(_probabilities(one) - _probabilities(other))
    return (
        Parity(float(apart.mean()), float(np.quantile(apart, SHARE)), float(apart.max()))
        if len(apart)
        else Parity(0.0, 0.0, 0.0)
    )
