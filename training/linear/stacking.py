"""The second stage: scores each mention again in view of the scores of its whole sentence.

A sentence has few actors: a mention next to a more likely one is rarely another actor, unless the two are
coordinated. The first stage scores mentions one by one. This one sees all its scores in the sentence, and how
the mention relates to
classes of predicates: stacked generalisation (Wolpert 1992, Neural Networks 5) over the neighbours' scores
(Cohen and Carvalho 2005, "Stacked sequential learning", IJCAI). It learns from out-of-fold scores only.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...data.text.mentions import MENTION_KINDS, apposed, coordinated, nested
from ..classifier import Floats
from .lexicon import word_classes
from .mention_features import SentenceView
from .weights import StoredWeights

RELATIONS = ("SUBJ", "OBJ", "POSS", "MOD", "SELF", "NMOD:", "OBL:")
# Stands for the score of a neighbour that does not exist: a clear no.
NO_NEIGHBOUR = -9.0
# Roles with fewer positives keep their first-stage scores.
MIN_POSITIVES = 20
# Only the nearest predicates of a mention count: distant ones result from parse errors more often than not.
MAX_PREDICATES = 4


@cache
def _class_columns() -> dict[str, int]:
    """The column of each word class, in alphabetical order."""
    names = {name for classes in word_classes().values() for name in classes}
    return {name: i for i, name in enumerate(sorted(names))}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the second stage knows of the mentions of a sentence apart from their scores.

    Attributes:
        positions: kind and position of each mention, and the classes of the predicates that it depends on, by
            relation (mentions x features).
        coordinated: which mentions are coordinated with each other (mentions x mentions).
        same: which mentions are in apposition to each other or nested (mentions x mentions).
    """

    positions: Floats
    coordinated: NDArray[np.bool_]
    same: NDArray[np.bool_]


def surroundings(view: SentenceView) -> Surroundings:
    """The surroundings of the mentions of a sentence."""
    parse, mentions = view.parse, view.sentence.mentions
    joined, same = np.zeros((2, len(mentions), len(mentions)), dtype=bool)
    for (i, a), (j, b) in itertools.combinations(enumerate(mentions), 2):
        joined[i, j] = joined[j, i] = coordinated(parse, a, b)
        same[i, j] = same[j, i] = apposed(parse, a, b) or nested(a, b)
    return Surroundings(_positions(view), joined, same)


def _positions(view: SentenceView) -> Floats:
    sentence, parse = view.sentence, view.parse
    mentions, columns, start = sentence.mentions, _class_columns(), len(MENTION_KINDS) + 5
    positions = np.zeros((len(mentions), start + len(RELATIONS) * len(columns)))
    for row, mention in zip(positions, mentions, strict=True):
        named = mention.head >= 0
        predicates = sentence.predicates(mention)
        row[MENTION_KINDS.index(mention.kind)] = 1
        row[len(MENTION_KINDS) : start] = (
            sentence.quoted[mention.head] if named else 1.0,
            mention.head / max(1, len(parse)),
            len(parse),
            mention.first == 0,
            len(predicates),
        )
        for predicate, relation in predicates[:MAX_PREDICATES]:
            for k in (k for k, prefix in enumerate(RELATIONS) if relation.startswith(prefix)):
                row[[start + k * len(columns) + columns[name] for name in view.classes[predicate]]] = 1
    return positions


def _highest(scores: Floats, among: NDArray[np.bool_]) -> Floats:
    """The highest score of each role among some of the mentions (mentions x roles).

    Args:
        scores: logits (mentions x roles).
        among: for each mention, which mentions to look at (mentions x mentions).
    """
    masked = np.where(among[:, :, None], scores[None, :, :], NO_NEIGHBOUR)
    return np.asarray(masked.max(axis=1, initial=NO_NEIGHBOUR))


def compared_scores(around: Surroundings, scores: Floats) -> Floats:
    """How the scores of each mention compare with those of the other mentions of its sentence.

    Args:
        scores: logits (mentions x roles).

    Returns:
        Mentions x (8 * roles), in blocks of one column per role: the own logit; the highest logit of all
        others, of the mentions before, of those after, of those coordinated with it, and of those in
        apposition or nested; the number of higher ones; and log(1 + sum) of the others' softplus.
    """
    n = len(scores)
    others, before = ~np.eye(n, dtype=bool), np.tri(n, k=-1, dtype=bool)
    higher = (scores[None, :, :] > scores[:, None, :]).sum(axis=1)
    softplus = np.logaddexp(0, scores)
    blocks = [
        scores,
        *(_highest(scores, among) for among in (others, before, before.T, around.coordinated, around.same)),
        higher,
        np.log1p(softplus.sum(axis=0, keepdims=True) - softplus),
    ]
    return np.concatenate(blocks, axis=1)


def stacking_features(around: Surroundings, scores: Floats) -> Floats:
    """The second stage's features of each mention of a sentence (mentions x features).

    Args:
        scores: first-stage logits (mentions x roles).
    """
    return np.concatenate([compared_scores(around, scores), around.positions], axis=1)


class StackingHead:
    """Logistic regressions over `stacking_features`, one per role. Before fitting, scores stay as they are.

    Args:
        regularisation: inverse strength C of the L2 penalty on standardised features, above 0.
    """

    def __init__(self, regularisation: float) -> None:
        self.regularisation = regularisation
        self.fitted: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self.weights: Floats = np.zeros((0, 0))
        self.intercepts: Floats = np.zeros(0)

    def fit(self, rows: Floats, gold: NDArray[np.int8], seed: int) -> None:
        """Learn from features of out-of-fold scores.

        Args:
            rows: mentions x features.
            gold: 0 or 1 (mentions x roles).
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        scaler = StandardScaler().fit(rows)
        mean, scale = scaler.mean_, scaler.scale_
        standardised = scaler.transform(rows)
        positives = gold.sum(axis=0)
        self.fitted = (positives >= MIN_POSITIVES) & (len(gold) - positives >= MIN_POSITIVES)
        self.weights, self.intercepts = np.zeros((gold.shape[1], rows.shape[1])), np.zeros(gold.shape[1])
        for k in np.flatnonzero(self.fitted):
            model = LogisticRegression(C=self.regularisation, max_iter=500, random_state=seed)
            model.fit(standardised, gold[:, k])
            self.weights[k] = model.coef_[0] / scale
            self.intercepts[k] = float(model.intercept_[0]) - float(self.weights[k] @ mean)

    def logits(self, rows: Floats, scores: Floats) -> Floats:
        """Second-stage logits (mentions x roles); for roles without a regression the first-stage `scores`."""
        if not self.fitted.any():
            return scores
        return np.where(self.fitted, rows @ self.weights.T + self.intercepts, scores)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays to store, by name; see `restore`."""
        return {"fitted": self.fitted, "weights": self.weights, "intercepts": self.intercepts}

    def restore(self, stored: StoredWeights, part: str, roles: int) -> None:
        """Take over what was saved of this head.

        Args:
            part: the name that its arrays have in `stored`.
            roles: the number of roles of the codebook.

        Raises:
            InputError: an array is missing or does not fit.
        """
        self.fitted = stored.array(f"{part}.fitted", (roles,)).astype(bool)
        self.weights = stored.array(f"{part}.weights", (roles, None))
        self.intercepts = stored.array(f"{part}.intercepts", (roles,))
