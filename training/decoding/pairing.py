"""Which target belongs to which actor: two accusations in one sentence must not be crossed.

A small logistic regression over (actor, candidate target) pairs of one stance in one sentence: how likely the candidate
is a target at all, and how the two stand to each other in the parse.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ...data.text.analysis import AnalysedSentence
from ...data.text.mentions import Mention

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
    place: int,
    actors: Sequence[Mention],
) -> list[float]:
    """The features named in `FEATURES`, of an actor and a candidate target.

    Args:
        target_logits: of every mention of the sentence, for the stance's target role.
        place: which of them is the candidate.
        actors: all actors of this stance in the sentence.
    """
    parse = sentence.parse
    logit = float(np.clip(target_logits[place], -8, 8))
    best = float(place == int(np.argmax(target_logits)))
    if actor.head < 0 or target.head < 0:
        return [logit, 0, 0, 0, 0, 0, 0, 0, 0, float(actor == target), 0, 1, 0, 0, best]
    actor_frames, target_frames = sentence.predicates(actor), sentence.predicates(target)
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
    """Scores pairs; probabilities in [0, 1]. Before it is fitted it goes by the target role alone."""

    def __init__(self) -> None:
        self.weights: list[float] = [1.0] + [0.0] * (len(FEATURES) - 1)
        self.intercept = 0.0

    def fit(self, rows: Sequence[Sequence[float]], wanted: Sequence[int], seed: int) -> None:
        if len(set(wanted)) < 2:
            return
        model = LogisticRegression(C=1.0, random_state=seed, max_iter=1000).fit(
            np.asarray(rows), np.asarray(wanted)
        )
        self.weights, self.intercept = [float(w) for w in model.coef_[0]], float(model.intercept_[0])

    def score(self, rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
        logits = np.asarray(rows) @ np.asarray(self.weights) + self.intercept
        result: NDArray[np.float64] = 1 / (1 + np.exp(-logits))
        return result
