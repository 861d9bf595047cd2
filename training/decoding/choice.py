"""The choice of one stance for a known pair of source and target."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...data.codebook import Codebook
from ..classifier import Floats, Scores

# The name under which the temperature of the choice stands among the calibrations.
CHOICE = "choice"


def choice_logits(scores: Scores, codebook: Codebook) -> Floats:
    """Logits of the stances of one question: the source's role, the target's, and their pair's."""
    out = np.zeros(len(codebook.stances))
    for k, (actor, target, pair) in enumerate(codebook.columns):
        out[k] = scores.roles[0, actor]
        if target >= 0 and len(scores.roles) > 1:
            out[k] += scores.roles[1, target] + (scores.pairs[0, 1, pair] if scores.pairs is not None else 0)
    return out


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Probabilities of the last axis."""
    shifted = logits / temperature - (logits / temperature).max(axis=-1, keepdims=True)
    out: Floats = np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
    return out


def fit_temperature(logits: Floats, wanted: NDArray[np.int8]) -> float:
    """The temperature of least cross-entropy (Guo et al. 2017, "On calibration of modern neural networks", ICML), within 0.2 and 10.

    Args:
        logits, wanted: questions x stances.
    """
    from scipy.optimize import minimize_scalar

    share = wanted / np.maximum(1, wanted.sum(axis=1, keepdims=True))

    def loss(temperature: float) -> float:
        return -float((share * np.log(softmax(logits, temperature) + 1e-12)).sum())

    return float(minimize_scalar(loss, bounds=(0.2, 10.0), method="bounded").x)
