"""Which target belongs to which actor: two accusations in one sentence must not be crossed.

A small logistic regression over pairs of an actor and a candidate target, of one stance in one sentence. Its
features are how likely the candidate is a target at all, and how the two are related in the parse.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from ...data.text.analysis import AnalysedSentence
from ...data.text.mentions import Mention
from ...data.text.predicates import frames

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
    parse = sentence.parse
    logit = float(np.clip(target_logits[candidate], -8, 8))
    best = float(candidate == int(np.argmax(target_logits)))
    if actor.head < 0 or target.head < 0:
        return [logit, 0, 0, 0, 0, 0, 0, 0, 0, float(actor == target), 0, 1, 0, 0, best]
    actor_frames, target_frames = frames(parse, actor.head), frames(parse, target.head)
    shared = {i for i, _ in actor_frames} & {i for i, _ in target_frames}
    crossed = any(r in ("SUBJ", "POSS", "MOD") for i, r in actor_frames if i in shared) and any(
        r not in ("SUBJ", "POSS", "MOD") for i, r in target_frames if i in shared
    )
    linked = any(parse.heads[j] in {i for i, _ in actor_frames} for j, _ in target_frames)
    distance = target.head - actor.head
    coordinated = parse.heads[target.head] == actor.head or parse.heads[actor.head] == target.head
    between = sum(
        min(actor.head, target.head) < m.head < max(actor.head, target.head) for m in sentence.mentions
    )
    rival = any(a != actor and a != target and actor.head < a.head < target.head for a in actors)
    quoted = sentence.quoted[actor.head] == sentence.quoted[target.head]
    return [
        logit,
        float(bool(shared)),
        float(crossed),
        float(linked),
        float(distance > 0),
        float(distance < 0),
        float(abs(distance) <= 4),
        float(abs(distance) > 12),
        float(coordinated and parse.deps[target.head] == "conj"),
        float(actor == target),
        min(between, 8) / 4,
        0.0,
        float(quoted),
        float(rival),
        best,
    ]


class Pairing:
    """Scores pairs of actor and target. Until it is fitted, a pair scores as the target role alone does."""

    def __init__(self) -> None:
        self.weights: list[float] = [1.0] + [0.0] * (len(FEATURES) - 1)
        self.intercept = 0.0

    def fit(self, rows: Sequence[Sequence[float]], gold: Sequence[int], seed: int) -> None:
        """Fit on rows of features (pairs x features) and whether each pair is annotated (0 or 1).

        Pairs that are all alike teach nothing: the pairing then stays as it is.
        """
        if len(set(gold)) < 2:
            return
        model = LogisticRegression(C=1.0, random_state=seed, max_iter=1000).fit(
            np.asarray(rows), np.asarray(gold)
        )
        self.weights, self.intercept = [float(w) for w in model.coef_[0]], float(model.intercept_[0])

    def score(self, rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
        """Probabilities in [0, 1], one per row of features."""
        result: NDArray[np.float64] = expit(np.asarray(rows) @ np.asarray(self.weights) + self.intercept)
        return result
