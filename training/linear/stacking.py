"""The second stage: scores each mention again, given the scores of all mentions of its sentence.

A sentence has few actors: a mention next to a more likely actor is rarely another one, unless the two are
coordinated. The first stage scores mentions one by one. The second stage sees the first-stage scores of all
mentions, and the relations of the mention to classes of predicates. This is stacked generalisation (Wolpert
1992, "Stacked generalization", Neural Networks 5) over the scores of neighbours (Cohen and Carvalho 2005,
"Stacked sequential learning", IJCAI). It is trained only on out-of-fold scores.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...data.text.mentions import MENTION_KINDS, apposed, nested
from ...data.text.predicates import list_head
from ..classifier import Floats
from ..regression import fit_regression
from .lexicon import word_classes
from .mention_features import SentenceView
from .weights import StoredWeights

RELATIONS = ("SUBJ", "OBJ", "POSS", "MOD", "SELF", "NMOD:", "OBL:")
# The score of a neighbour that does not exist: a clear negative.
NO_NEIGHBOUR = -9.0
# Roles with fewer positives keep their first-stage scores.
MIN_POSITIVES = 20
# Only the nearest predicates of a mention count: distant ones are mostly parse errors.
MAX_PREDICATES = 4


@cache
def _class_columns() -> dict[str, int]:
    """The column of each word class, in alphabetical order."""
    names = {name for classes in word_classes().values() for name in classes}
    return {name: i for i, name in enumerate(sorted(names))}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the second stage knows about the mentions of a sentence besides their scores.

    Attributes:
        features: kind and position of each mention, and the classes of the predicates that it depends on, by
            relation (mentions x features).
        coordinated: which mentions are coordinated with each other (mentions x mentions).
        same: which mentions are in apposition to each other or nested (mentions x mentions).
    """

    features: Floats
    coordinated: NDArray[np.bool_]
    same: NDArray[np.bool_]


def surroundings(view: SentenceView) -> Surroundings:
    """Compute the `Surroundings` of the mentions of a sentence."""
    parse, mentions = view.parse, view.sentence.mentions
    joined, same = np.zeros((2, len(mentions), len(mentions)), dtype=bool)
    # Not `coordinated` for each pair: it would look up the head of each list again and again.
    lists = [list_head(parse, m.head) if m.head >= 0 else -1 for m in mentions]
    for (i, a), (j, b) in itertools.combinations(enumerate(mentions), 2):
        joined[i, j] = joined[j, i] = lists[i] == lists[j] >= 0
        same[i, j] = same[j, i] = apposed(parse, a, b) or nested(a, b)
    return Surroundings(_mention_rows(view), joined, same)


def _mention_rows(view: SentenceView) -> Floats:
    sentence, parse = view.sentence, view.parse
    mentions, columns, start = sentence.mentions, _class_columns(), len(MENTION_KINDS) + 5
    rows = np.zeros((len(mentions), start + len(RELATIONS) * len(columns)))
    for row, mention in zip(rows, mentions, strict=True):
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
                classes = [c for c in view.classes[predicate] if c in columns]
                row[[start + k * len(columns) + columns[c] for c in classes]] = 1
    return rows


def _highest(scores: Floats, among: NDArray[np.bool_]) -> Floats:
    """The highest score of each role among some other mentions (mentions x roles).

    Args:
        scores: logits (mentions x roles).
        among: for each mention, the mentions to consider (mentions x mentions).
    """
    masked = np.where(among[:, :, None], scores[None, :, :], NO_NEIGHBOUR)
    return np.asarray(masked.max(axis=1, initial=NO_NEIGHBOUR))


def compared_scores(around: Surroundings, scores: Floats) -> Floats:
    """Features that compare the scores of each mention with those of the other mentions in its sentence.

    Args:
        scores: logits (mentions x roles).

    Returns:
        An array of mentions x (8 * roles), in blocks of one column per role: the mention's own logit; the
        highest logit of all others, of the mentions before it, of those after it, of those coordinated with
        it, and of those in apposition to it or nested; the number of mentions with a higher logit; and
        log(1 + s), where s is the sum of the softplus of all other logits.
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
    return np.concatenate([compared_scores(around, scores), around.features], axis=1)


def stacking_columns(roles: int) -> int:
    """The number of columns of `stacking_features` for this number of roles."""
    return 8 * roles + len(MENTION_KINDS) + 5 + len(RELATIONS) * len(_class_columns())


class StackingHead:
    """Logistic regressions over `stacking_features`, one per role. Before fitting, scores stay unchanged.

    Args:
        regularisation: inverse strength C of the L2 penalty on standardised features, above 0.
    """

    def __init__(self, regularisation: float) -> None:
        self.regularisation = regularisation
        self.fitted: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self.weights: Floats = np.zeros((0, 0))
        self.intercepts: Floats = np.zeros(0)

    def fit(self, rows: Floats, gold: NDArray[np.int8], seed: int) -> None:
        """Fit the regressions.

        Args:
            rows: the features of out-of-fold scores (mentions x features).
            gold: 0 or 1 (mentions x roles).
        """
        from sklearn.preprocessing import StandardScaler

        scaler = StandardScaler().fit(rows)
        mean, scale = scaler.mean_, scaler.scale_
        standardised = scaler.transform(rows)
        positives = gold.sum(axis=0)
        self.fitted = (positives >= MIN_POSITIVES) & (len(gold) - positives >= MIN_POSITIVES)
        self.weights, self.intercepts = np.zeros((gold.shape[1], rows.shape[1])), np.zeros(gold.shape[1])
        for k in np.flatnonzero(self.fitted):
            fitted = fit_regression(standardised, gold[:, k], self.regularisation, solver="lbfgs", seed=seed)
            self.weights[k] = fitted.weights[0] / scale
            self.intercepts[k] = float(fitted.intercepts[0]) - float(self.weights[k] @ mean)

    def logits(self, rows: Floats, scores: Floats) -> Floats:
        """Second-stage logits (mentions x roles); for roles without a regression the first-stage `scores`."""
        if not self.fitted.any():
            return scores
        # Not `@`: for the few mentions of an article, the threads of BLAS cost more than they gain.
        products = np.einsum("mf,rf->mr", rows, self.weights)
        return np.where(self.fitted, products + self.intercepts, scores)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays to store, by name; see `restore`."""
        return {"fitted": self.fitted, "weights": self.weights, "intercepts": self.intercepts}

    def restore(self, stored: StoredWeights, part: str, roles: int, columns: int | None = None) -> None:
        """Restore a saved head.

        Args:
            part: the name of its arrays in `stored`.
            roles: the number of roles of the codebook.
            columns: the number of features; None for any.

        Raises:
            InputError: an array is missing or does not fit.
        """
        self.fitted = stored.array(f"{part}.fitted", (roles,)).astype(bool)
        self.weights = stored.array(f"{part}.weights", (roles, columns if self.fitted.any() else None))
        self.intercepts = stored.array(f"{part}.intercepts", (roles,))
