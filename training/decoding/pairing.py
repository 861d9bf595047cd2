"""Assigns targets to actors: two accusations in one sentence must not be mixed up.

The pairing is a logistic regression over pairs of an actor and a candidate target, for one stance in one
sentence. Its features are the logit of the candidate as a target, and the relation of the two in the parse.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ...data.text.analysis import AnalysedSentence
from ...data.text.mentions import Mention, nested
from ...data.text.parse import Parse
from ..regression import fit_regression

_SUBJECTS = ("SUBJ", "POSS", "MOD")
FEATURES = (
    "target_logit",
    "same_predicate",
    "subject_object",
    "adjacent_predicates",
    "after_actor",
    "before_actor",
    "near",
    "far",
    "coordinated",
    "same_mention",
    "between",
    "unnamed_actor",
    "both_quoted",
    "rival_nearer",
    "best_target",
)


def pair_features(
    sentence: AnalysedSentence,
    actor: Mention,
    target: Mention,
    target_logits: NDArray[np.float64],
    candidate: int,
    actors: Sequence[Mention],
) -> list[float]:
    """The features named in `FEATURES` for an actor and a candidate target.

    Args:
        target_logits: logits of the stance's target role, one per mention of the sentence.
        candidate: the index of `target` among the mentions.
        actors: all actors of this stance in the sentence.
    """
    logit = float(np.clip(target_logits[candidate], -8, 8))
    best = float(candidate == int(np.argmax(target_logits)))
    if actor.head < 0 or target.head < 0:
        return [logit, 0, 0, 0, 0, 0, 0, 0, 0, float(actor == target), 0, 1, 0, 0, best]
    distance = target.head - actor.head
    low, high = sorted((actor.head, target.head))
    between = sum(low < m.head < high for m in sentence.mentions)
    rival = any(a != actor and a != target and actor.head < a.head < target.head for a in actors)
    return [
        logit,
        *_grammar(sentence, actor, target),
        float(distance > 0),
        float(distance < 0),
        float(abs(distance) <= 4),
        float(abs(distance) > 12),
        _coordinated(sentence.parse, actor, target),
        float(actor == target),
        min(between, 8) / 4,
        0.0,
        float(sentence.quoted[actor.head] == sentence.quoted[target.head]),
        float(rival),
        best,
    ]


def _grammar(sentence: AnalysedSentence, actor: Mention, target: Mention) -> tuple[float, float, float]:
    """`same_predicate`, `subject_object` and `adjacent_predicates`."""
    of_actor, of_target = sentence.predicates(actor), sentence.predicates(target)
    tokens = {i for i, _ in of_actor}
    shared = tokens & {i for i, _ in of_target}
    subject_object = any(r in _SUBJECTS for i, r in of_actor if i in shared) and any(
        r not in _SUBJECTS for i, r in of_target if i in shared
    )
    adjacent = any(sentence.parse.heads[j] in tokens for j, _ in of_target)
    return float(bool(shared)), float(subject_object), float(adjacent)


def _coordinated(parse: Parse, actor: Mention, target: Mention) -> float:
    linked = parse.heads[target.head] == actor.head or parse.heads[actor.head] == target.head
    return float(linked and parse.deps[target.head] == "conj")


def target_candidates(sentence: AnalysedSentence, actor: int, actors: Sequence[int]) -> list[int]:
    """The mentions of a sentence that can be targets of an actor, as indices.

    Args:
        actor: index of its mention.
        actors: indices of all actors of the stance in the sentence. An argument of another one's predicate is
            not a target of this one.
    """
    mentions = sentence.mentions

    def predicates(mention: int) -> set[int]:
        return {i for i, _ in sentence.predicates(mentions[mention])}

    own = predicates(actor)
    rivals = {i for a in actors if a != actor for i in predicates(a)} - own
    return [
        j
        for j, m in enumerate(mentions)
        if m.head >= 0
        and j != actor
        and not nested(m, mentions[actor])
        and (not predicates(j) & rivals or predicates(j) & own)
    ]


class Pairing:
    """Scores pairs of actor and target. Before it is fitted, only the logit of the target role counts."""

    def __init__(self) -> None:
        self.weights: list[float] = [1.0] + [0.0] * (len(FEATURES) - 1)
        self.intercept = 0.0

    def fit(self, rows: Sequence[Sequence[float]], gold: Sequence[int], seed: int) -> None:
        """Fit the weights; without both positive and negative pairs they stay unchanged.

        Args:
            rows: pairs x features.
            gold: 1 for each annotated pair, otherwise 0.
        """
        if len(set(gold)) < 2:
            return
        fitted = fit_regression(np.asarray(rows), np.asarray(gold), 1.0, solver="lbfgs", seed=seed)
        self.weights, self.intercept = [float(w) for w in fitted.weights[0]], float(fitted.intercepts[0])

    def score(self, rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
        """Probabilities in [0, 1], one per row of features."""
        result: NDArray[np.float64] = expit(np.asarray(rows) @ np.asarray(self.weights) + self.intercept)
        return result
