"""The second look at each mention, in the company of the others of its sentence.

A sentence has few actors: a mention whose neighbour is a surer one is seldom another, unless the two are coordinated.
The first look scores mentions one by one; this one sees all its scores in the sentence, and where the mention stands to
the classes of predicates, and scores again: stacked generalisation (Wolpert 1992, Neural Networks 5) over the neighbours'
scores (Cohen and Carvalho 2005, "Stacked sequential learning", IJCAI). It learns from held-out scores only.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ...data.text.mentions import apposed, coordinated, nested
from ..classifier import Floats
from .lexicon import word_classes
from .mention_features import SentenceView

KINDS = ("noun", "name", "pronoun", "adjective", "speaker")
RELATIONS = ("SUBJ", "OBJ", "POSS", "MOD", "SELF", "NMOD:", "OBL:")
# What stands in for the score of a neighbour that is not there: surely not.
NONE = -9.0
# Roles seen less often are left as the first look scores them.
MIN_POSITIVES = 20
# The nearest frames tell what a mention does; far ones come from wrong parses more often than from right ones.
MAX_FRAMES = 4


@cache
def _class_columns() -> dict[str, int]:
    return {
        name: i
        for i, name in enumerate(sorted({name for names in word_classes().values() for name in names}))
    }


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the second look sees of a sentence beside the scores.

    `places` (mentions x features) is kind and position of each mention, and the classes of the predicates that it depends
    on, by relation; `joined` and `same` (mentions x mentions) say which others are coordinated with it, and which stand in
    apposition to it or are nested.
    """

    places: Floats
    joined: NDArray[np.bool_]
    same: NDArray[np.bool_]


def surroundings(view: SentenceView) -> Surroundings:
    sentence, parse = view.sentence, view.parse
    mentions, columns, start = sentence.mentions, _class_columns(), len(KINDS) + 5
    places = np.zeros((len(mentions), start + len(RELATIONS) * len(columns)))
    for row, mention in zip(places, mentions, strict=True):
        named = mention.head >= 0
        found = sentence.predicates(mention)
        row[KINDS.index(mention.kind)] = 1
        row[len(KINDS) : start] = (
            sentence.quoted[mention.head] if named else 1.0,
            mention.head / max(1, len(parse)),
            len(parse),
            mention.first == 0,
            len(found),
        )
        for predicate, relation in found[:MAX_FRAMES]:
            for k in (k for k, beginning in enumerate(RELATIONS) if relation.startswith(beginning)):
                row[[start + k * len(columns) + columns[name] for name in view.classes[predicate]]] = 1
    joined, same = np.zeros((2, len(mentions), len(mentions)), dtype=bool)
    for (i, a), (j, b) in itertools.combinations(enumerate(mentions), 2):
        joined[i, j] = joined[j, i] = coordinated(parse, a, b)
        same[i, j] = same[j, i] = apposed(parse, a, b) or nested(a, b)
    return Surroundings(places, joined, same)


def _best(scores: Floats, among: NDArray[np.bool_]) -> Floats:
    """Of each mention the highest score of each role among some of the others (mentions x roles)."""
    spread = np.where(among[:, :, None], scores[None, :, :], NONE)
    return np.asarray(spread.max(axis=1, initial=NONE))


def company(around: Surroundings, scores: Floats) -> Floats:
    """How the scores of a mention compare with those of the others.

    Args:
        scores: logits (mentions x roles).

    Returns:
        Mentions x (8 * roles): of each role the own logit, the highest of the others, of those before and of those after,
        of those coordinated with it and of those in apposition or nested, how many are higher, and the sum of the others.
    """
    n = len(scores)
    others, before = ~np.eye(n, dtype=bool), np.tri(n, k=-1, dtype=bool)
    higher = (scores[None, :, :] > scores[:, None, :]).sum(axis=1)
    soft = np.logaddexp(0, scores)
    blocks = [
        scores,
        *(_best(scores, among) for among in (others, before, before.T, around.joined, around.same)),
        higher,
        np.log1p(soft.sum(axis=0, keepdims=True) - soft),
    ]
    return np.concatenate(blocks, axis=1)


def context_rows(around: Surroundings, scores: Floats) -> Floats:
    """All that the second look sees of each mention (mentions x features)."""
    return np.concatenate([company(around, scores), around.places], axis=1)


class ContextHead:
    """A logistic regression a role over `context_rows`. Before it is fitted it leaves scores as they are.

    Args:
        regularisation: inverse strength C of the L2 penalty on standardised features, above 0.
    """

    def __init__(self, regularisation: float) -> None:
        self.regularisation = regularisation
        self.fitted: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self.weights: Floats = np.zeros((0, 0))
        self.intercepts: Floats = np.zeros(0)

    def fit(self, rows: Floats, wanted: NDArray[np.int8], seed: int) -> None:
        """Learn from rows of held-out scores.

        Args:
            rows: mentions x features.
            wanted: 0 or 1 (mentions x roles).
        """
        mean, scale = rows.mean(axis=0), rows.std(axis=0)
        scale[scale == 0] = 1.0
        rows = (rows - mean) / scale
        positives = wanted.sum(axis=0)
        self.fitted = (positives >= MIN_POSITIVES) & (len(wanted) - positives >= MIN_POSITIVES)
        self.weights, self.intercepts = np.zeros((wanted.shape[1], rows.shape[1])), np.zeros(wanted.shape[1])
        for k in np.flatnonzero(self.fitted):
            model = LogisticRegression(C=self.regularisation, max_iter=500, random_state=seed).fit(
                rows, wanted[:, k]
            )
            self.weights[k] = model.coef_[0] / scale
            self.intercepts[k] = float(model.intercept_[0]) - float(self.weights[k] @ mean)

    def logits(self, rows: Floats, scores: Floats) -> Floats:
        """The second look's logits (mentions x roles); the first look's `scores` where a role is not fitted."""
        if not self.fitted.any():
            return scores
        return np.where(self.fitted, rows @ self.weights.T + self.intercepts, scores)

    def state(self) -> dict[str, NDArray[np.generic]]:
        return {"fitted": self.fitted, "weights": self.weights, "intercepts": self.intercepts}

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        self.fitted, self.intercepts = state["fitted"].astype(bool), state["intercepts"].astype(np.float64)
        self.weights = state["weights"].astype(np.float64)
