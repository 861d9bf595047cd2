"""Whether an exported network scores like the trained one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import expit

from ..classifier import Floats, Scores

# This fraction of the probabilities of roles and labels must be within the tolerance.
SHARE, TOLERANCE = 0.99, 0.02


@dataclass(frozen=True, slots=True)
class Parity:
    """Absolute differences of probabilities between two classifiers on the same sentences.

    Attributes:
        mean: the mean difference.
        quantile: the 99% quantile.
        greatest: the maximum.
    """

    mean: float
    quantile: float
    greatest: float

    @property
    def holds(self) -> bool:
        """Whether the two are close enough to be interchangeable."""
        return self.quantile <= TOLERANCE

    def as_dict(self) -> dict[str, float]:
        """The rounded values, for the model's provenance."""
        return {k: round(v, 5) for k, v in asdict(self).items()}


def _probabilities(scores: Sequence[Scores]) -> Floats:
    logits = np.concatenate([x.ravel() for s in scores for x in (s.roles, s.labels)] or [np.zeros(0)])
    out: Floats = expit(logits)
    return out


def compare(one: Sequence[Scores], other: Sequence[Scores]) -> Parity:
    """Compare the uncalibrated probabilities of the same sentences; without sentences, differences are 0."""
    differences = np.abs(_probabilities(one) - _probabilities(other))
    if not len(differences):
        return Parity(0.0, 0.0, 0.0)
    quantile = float(np.quantile(differences, SHARE))
    return Parity(float(differences.mean()), quantile, float(differences.max()))
