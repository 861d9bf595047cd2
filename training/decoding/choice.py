"""The choice of one stance for a known pair of actor and target."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from ...data.codebook import Codebook
from ..classifier import Floats, Scores

# The key of the temperature in `Decisions.calibration`.
CHOICE = "choice"


def choice_logits(scores: Scores, codebook: Codebook) -> Floats:
    """Logits of the stances for a known pair: the sums of the logits of actor, target and pair."""
    out = np.zeros(len(codebook.stances))
    for k, roles in enumerate(codebook.stance_roles):
        out[k] = scores.roles[0, roles.actor]
        if roles.target is not None and len(scores.roles) > 1:
            paired = scores.pairs[0, 1, roles.pair] if scores.pairs is not None else 0.0
            out[k] += scores.roles[1, roles.target] + paired
    return out


def fit_temperature(logits: Floats, gold: NDArray[np.int8]) -> float:
    """The temperature with the least cross-entropy, in [0.2, 10].

    See Guo et al. 2017, "On calibration of modern neural networks", ICML.

    Args:
        logits: pairs x stances.
        gold: the same shape, 1 for the stances that are annotated.
    """
    from scipy.optimize import minimize_scalar

    share = gold / np.maximum(1, gold.sum(axis=1, keepdims=True))

    def loss(temperature: float) -> float:
        return -float((share * log_softmax(logits / temperature, axis=1)).sum())

    return float(minimize_scalar(loss, bounds=(0.2, 10.0), method="bounded").x)
