"""Soft labels: the probabilities that trained models, the teachers, give unlabelled sentences.

A student learns from them besides the gold annotation (Hinton, Vinyals and Dean 2015, "Distilling the
knowledge in a neural network", arXiv:1503.02531).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from ...data.codebook import Codebook
from ...data.text.analysis import AnalysedSentence

Probabilities = NDArray[np.float32]

# Targets are learnt of mentions that a teacher takes for an actor with at least this probability.
MIN_ACTOR = 0.05
# Probabilities of 0 and 1 have no logit.
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class TeacherScores:
    """The calibrated probabilities that one teacher gives a sentence, in [0, 1].

    Attributes:
        roles: mentions x roles.
        labels: one per label.
        pairs: actors x targets x stances with a target: that a mention is a target of an actor. 0 for actors
            below `MIN_ACTOR`.
    """

    roles: Probabilities
    labels: Probabilities
    pairs: Probabilities


@dataclass(frozen=True, slots=True)
class SoftTargets:
    """The training targets of an unlabelled sentence: means over the teachers, in [0, 1].

    Attributes:
        roles: mentions x roles.
        labels: one per label.
        actors: mentions x stances with a target: the weight of the mention's row in `pairs`, which is the
            mean probability that it is an actor, according to the teachers that give it at least `MIN_ACTOR`.
        pairs: actors x targets x stances with a target: that a mention is a target, if that is an actor.
    """

    roles: Probabilities
    labels: Probabilities
    actors: Probabilities
    pairs: Probabilities

    @property
    def highest(self) -> float:
        """The highest probability of a role or label; 0.0 if there are none."""
        return float(max(self.roles.max(initial=0.0), self.labels.max(initial=0.0)))


@dataclass(frozen=True, slots=True)
class SoftlyLabelled:
    """Unlabelled sentences with what the teachers say about them.

    Attributes:
        sentences: article by article.
        by_teacher: for each teacher one entry per sentence; at least one teacher.
        about: provenance: names of the teachers, numbers of articles and sentences, digest of the texts.
    """

    sentences: list[AnalysedSentence]
    by_teacher: list[list[TeacherScores]]
    about: Mapping[str, str | int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sentences)

    def targets(self, codebook: Codebook, temperature: float = 1.0) -> list[SoftTargets]:
        """The training targets of each sentence.

        Args:
            codebook: the label set of the teachers.
            temperature: probabilities are softened by dividing their logits by it; above 0.
        """
        actors = [r.actor for r in codebook.stance_roles if r.pair is not None]
        return [_averaged(own, actors, temperature) for own in zip(*self.by_teacher, strict=True)]


def _softened(probabilities: Probabilities, temperature: float) -> Probabilities:
    if temperature == 1:
        return probabilities
    logits = logit(np.clip(probabilities.astype(np.float64), _EPSILON, 1 - _EPSILON))
    return np.asarray(expit(logits / temperature), dtype=np.float32)


def _averaged(teachers: Sequence[TeacherScores], actors: Sequence[int], temperature: float) -> SoftTargets:
    """The mean of what all teachers say about one sentence.

    Args:
        actors: the roles of actors of stances with a target.
    """
    roles = [_softened(t.roles, temperature) for t in teachers]
    weights = [
        np.where(t.roles[:, actors] >= MIN_ACTOR, soft[:, actors], 0)
        for t, soft in zip(teachers, roles, strict=True)
    ]
    # Whether a mention is a target is asked only where there is an actor: a teacher that sees none has no
    # say. The cross-entropy to this mean is the mean of the cross-entropies to the teachers.
    joint = np.mean(
        [w[:, None, :] * _softened(t.pairs, temperature) for w, t in zip(weights, teachers, strict=True)],
        axis=0,
    )
    weight = np.mean(weights, axis=0)
    pairs = np.divide(joint, weight[:, None, :], out=np.zeros_like(joint), where=weight[:, None, :] > 0)
    labels = [_softened(t.labels, temperature) for t in teachers]
    means = (np.mean(roles, axis=0), np.mean(labels, axis=0), weight, pairs)
    return SoftTargets(*(np.asarray(x, dtype=np.float32) for x in means))
