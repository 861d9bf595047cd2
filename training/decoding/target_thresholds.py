"""Thresholds of targets: if the best candidate of an actor is less probable, the actor has no target.

Each stance has its own: `blame` nearly always has a target in the sentence, `appeal` and `ceasefire_claim`
often have none ("called for calm").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..classifier import Scores
from ..examples.dataset import Analysed
from ..examples.target_pairs import AnnotatedActor, annotated_actors
from .calibration import MIN_POSITIVES, best_on_grid
from .pairing import target_candidates

if TYPE_CHECKING:
    from .statement_finder import StatementFinder

# Lower than the grid of actors: a threshold near 0 means that a stance always has a target.
_GRID = np.arange(0.02, 0.81, 0.02)


class _Choice(NamedTuple):
    """The most probable candidate of an annotated actor.

    Attributes:
        article: index of its article.
        probability: of the candidate, in [0, 1]; 0 if there is none.
        right: whether the candidate is a target of the actor.
        none_is_right: whether the actor has no target.
    """

    article: int
    probability: float
    right: bool
    none_is_right: bool


def target_thresholds(
    finder: StatementFinder, data: Analysed, scores: Sequence[Scores], seed: int
) -> dict[str, float]:
    """The threshold of each stance, in [0, 1], with which most annotated actors get a right target, or none.

    If several are about as good, it is the one closest to 0.5, see `best_on_grid`. Stances with fewer than
    `MIN_POSITIVES` annotated actors, and those without targets, are left out.

    Args:
        finder: the model, with its pairing fitted.
        data: the validation split.
        scores: one per sentence of `data`.
        seed: of the resamples of articles.
    """
    choices: dict[str, list[_Choice]] = defaultdict(list)
    for actor in annotated_actors(data, finder.codebook):
        stance = finder.codebook.stance_names[actor.stance]
        choices[stance].append(_choice(finder, data, scores[actor.sentence], actor))
    return {stance: _best(own, seed) for stance, own in choices.items() if len(own) >= MIN_POSITIVES}


def _choice(finder: StatementFinder, data: Analysed, scores: Scores, annotated: AnnotatedActor) -> _Choice:
    n, stance, actor, actors, targets = annotated
    sentence = data.sentences[n]
    probability, right = 0.0, False
    if candidates := target_candidates(sentence, actor, actors):
        of_pairs = finder.pair_scores(sentence, scores, stance, actor, candidates, actors)
        best = int(np.argmax(of_pairs))
        probability, right = float(of_pairs[best]), candidates[best] in targets
    return _Choice(int(data.article_of[n]), probability, right, None in targets)


def _best(choices: Sequence[_Choice], seed: int) -> float:
    """The threshold of one stance, in [0, 1], from its choices, of which there is at least one."""
    articles, row = np.unique([c.article for c in choices], return_inverse=True)
    reached = np.array([c.probability for c in choices])[:, None] >= _GRID[None, :]
    right = np.where(reached, [[c.right] for c in choices], [[c.none_is_right] for c in choices])
    by_article = np.zeros((len(articles), len(_GRID)))
    np.add.at(by_article, row, right)
    actors = np.bincount(row).astype(np.float64)
    # Each actor has one choice: with as many predicted as annotated, F1 is the share of right ones.
    predicted = np.repeat(actors[:, None], len(_GRID), axis=1)
    return best_on_grid(by_article, predicted, actors, seed, grid=_GRID, flat=True)
