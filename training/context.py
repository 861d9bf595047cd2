"""The second look at each mention, in the company of the others of its sentence.

A sentence has few actors: a mention whose neighbour is a surer one is seldom another, unless the two are coordinated.
The first look scores mentions one by one; this one sees all its scores in the sentence, and where the mention stands to
the classes of predicates, and scores again: stacked generalisation (Wolpert 1992, Neural Networks 5) over the neighbours'
scores (Cohen and Carvalho 2005, "Stacked sequential learning", IJCAI). It learns from held-out scores only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..data.analysis import AnalysedSentence
from ..data.mentions import Mention, apposed, coordinated, nested
from .classifier import Floats
from .features import SentenceView
from .frames import frames
from .lexicon import word_classes

KINDS = ("noun", "name", "pronoun", "adjective", "speaker")
RELATIONS = ("SUBJ", "OBJ", "POSS", "MOD", "SELF", "NMOD:", "OBL:")
# What stands in for the score of a neighbour that is not there: surely not.
NONE = -9.0
# Roles seen less often are left as the first look scores them.
MIN_POSITIVES = 20
# The nearest frames tell what a mention does; far ones come from wrong parses more often than from right ones.
MAX_FRAMES = 4


def _classes() -> list[str]:
    return sorted({name for names in word_classes().values() for name in names})


def _best(scores: Floats, among: NDArray[np.bool_]) -> Floats:
    """Of each mention the highest score of each role among some of the others (mentions x roles)."""
    spread = np.where(among[:, :, None], scores[None, :, :], NONE)
    return np.asarray(spread.max(axis=1, initial=NONE))


def company(sentence: AnalysedSentence, scores: Floats) -> Floats:
    """How the scores of a mention compare with those of the others.

    Args:
        scores: logits (mentions x roles).

    Returns:
        Mentions x (8 * roles): of each role the own logit, the highest of the others, of those before and of those after,
        of those coordinated with it and of those in apposition or nested, how many are higher, and the sum of the others.
    """
    n = len(sentence.mentions)
    if not n:
        return np.zeros((0, 8 * scores.shape[1]))
    others = ~np.eye(n, dtype=bool)
    before = np.tri(n, k=-1, dtype=bool)

    def related(test: Callable[[Mention, Mention], bool]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.array([[test(a, b) for b in sentence.mentions] for a in sentence.mentions], dtype=bool)
        return np.logical_and(others, found)

    higher = ((scores[None, :, :] > scores[:, None, :]) & others[:, :, None]).sum(axis=1)
    soft = np.logaddexp(0, scores)
    blocks = [
        scores,
        _best(scores, others),
        _best(scores, before),
        _best(scores, before.T),
        _best(scores, related(lambda a, b: coordinated(sentence.parse, a, b))),
        _best(scores, related(lambda a, b: apposed(sentence.parse, a, b) or nested(a, b))),
        higher,
        np.log1p(soft.sum(axis=0, keepdims=True) - soft),
    ]
    return np.concatenate(blocks, axis=1)


def place(sentence: AnalysedSentence) -> Floats:
    """Kind and position of each mention, and the classes of the predicates it depends on, by relation (mentions x features)."""
    view, parse = SentenceView(sentence), sentence.parse
    index = {name: i for i, name in enumerate(_classes())}
    out = np.zeros((len(sentence.mentions), len(KINDS) + 5 + len(RELATIONS) * len(index)))
    for row, mention in zip(out, sentence.mentions, strict=True):
        named = mention.head >= 0
        found = frames(parse, mention.head) if named else []
        row[KINDS.index(mention.kind)] = 1
        row[len(KINDS) : len(KINDS) + 5] = (
            sentence.quoted[mention.head] if named else 1.0,
            mention.head / max(1, len(parse)),
            len(parse),
            mention.first == 0,
            len(found),
        )
        for predicate, relation in found[:MAX_FRAMES]:
            for k, start in enumerate(RELATIONS):
                if relation.startswith(start):
                    for name in view.classes[predicate]:
                        row[len(KINDS) + 5 + k * len(index) + index[name]] = 1
    return out


class ContextHead:
    """A logistic regression a role over `company` and `place`. Before it is fitted it leaves scores as they are.

    Args:
        regularisation: inverse strength C of the L2 penalty on standardised features, above 0.
    """

    def __init__(self, regularisation: float) -> None:
        self.regularisation = regularisation
        self.fitted: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self.weights: Floats = np.zeros((0, 0))
        self.intercepts: Floats = np.zeros(0)

    def fit(self, sentences: Sequence[AnalysedSentence], scores: Sequence[Floats], wanted: NDArray[np.int8], seed: int) -> None:
        """Learn from held-out scores.

        Args:
            scores: logits of each sentence (mentions x roles).
            wanted: 0 or 1 (all mentions x roles).
        """
        rows = np.concatenate([self._rows(s, x) for s, x in zip(sentences, scores, strict=True)])
        mean, scale = rows.mean(axis=0), rows.std(axis=0)
        scale[scale == 0] = 1.0
        rows = (rows - mean) / scale
        positives = wanted.sum(axis=0)
        self.fitted = (positives >= MIN_POSITIVES) & (len(wanted) - positives >= MIN_POSITIVES)
        self.weights, self.intercepts = np.zeros((wanted.shape[1], rows.shape[1])), np.zeros(wanted.shape[1])
        for k in np.flatnonzero(self.fitted):
            model = LogisticRegression(C=self.regularisation, max_iter=500, random_state=seed).fit(rows, wanted[:, k])
            self.weights[k] = model.coef_[0] / scale
            self.intercepts[k] = float(model.intercept_[0]) - float(self.weights[k] @ mean)

    @staticmethod
    def _rows(sentence: AnalysedSentence, scores: Floats) -> Floats:
        return np.concatenate([company(sentence, scores), place(sentence)], axis=1)

    def apply(self, sentence: AnalysedSentence, scores: Floats) -> Floats:
        """The second look's logits of one sentence (mentions x roles)."""
        if not self.fitted.any() or not len(scores):
            return scores
        return np.where(self.fitted, self._rows(sentence, scores) @ self.weights.T + self.intercepts, scores)

    def state(self) -> dict[str, NDArray[np.generic]]:
        return {"fitted": self.fitted, "weights": self.weights, "intercepts": self.intercepts}

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        self.fitted, self.intercepts = state["fitted"].astype(bool), state["intercepts"].astype(np.float64)
        self.weights = state["weights"].astype(np.float64)
