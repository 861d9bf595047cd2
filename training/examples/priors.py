"""How frequent each class is in what an epoch reads, for logit adjustment.

The loss adds a multiple of the log prior of a class to its logit (Menon et al. 2021, "Long-tail learning via
logit adjustment", ICLR). A network trained so does not score a class low only because it is rare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.codebook import Codebook
from .alignment import RoleTargets

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What the loss adds to the logits.

    Attributes:
        roles: one per role, for its binary decision about a mention.
        labels: one per label, for its binary decision about a sentence.
        stances: one per stance, for the choice among the stances of a known pair.
    """

    roles: Floats
    labels: Floats
    stances: Floats


def negative_windows(targets: Sequence[RoleTargets], windows: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """For each window whether none of its sentences has a statement or a label."""
    empty = np.array([not (t.roles.any() or t.labels.any()) for t in targets])
    return np.array([empty[list(w)].all() for w in windows])


def logit_adjustment(
    targets: Sequence[RoleTargets],
    windows: Sequence[Sequence[int]],
    codebook: Codebook,
    negative_rate: float,
    strength: float,
) -> Adjustment:
    """The adjustment for the classes of training sentences.

    Half an example is added to each class and to its complement, so that a class without examples has a
    prior too.

    Args:
        targets: one per sentence.
        windows: the indices of the sentences of each window.
        codebook: the label set.
        negative_rate: the fraction of the windows without a statement or label that each epoch reads.
        strength: the multiple of the log prior, at least 0.
    """
    read = np.ones(len(targets))
    for window, negative in zip(windows, negative_windows(targets, windows), strict=True):
        read[list(window)] = negative_rate if negative else 1.0
    mentions = np.repeat(read, [len(t.roles) for t in targets])
    roles = mentions @ np.concatenate([t.roles for t in targets])
    labels = read @ np.stack([t.labels for t in targets])
    # Only the first mention of a known pair, its actor, is read here.
    actors = np.array([[t.roles[0, s.actor] for s in codebook.stance_roles] for t in targets if len(t.roles)])
    stances = actors.sum(axis=0) + 0.5 if actors.size else np.ones(len(codebook.stances))
    return Adjustment(
        strength * _log_odds(roles, mentions.sum()),
        strength * _log_odds(labels, read.sum()),
        strength * np.log(stances / stances.sum()) if len(stances) else stances,
    )


def _log_odds(positives: Floats, total: float) -> Floats:
    """The logarithm of positives to negatives, of each class."""
    odds: Floats = np.log((positives + 0.5) / (total - positives + 0.5))
    return odds
