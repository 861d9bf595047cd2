"""Which stances a sentence holds by its words, whoever takes them; and what the sentences beside it hold.

A mention's own grammar says little where blame is laid without a verb of blaming ("the key aggressor is Russia"). The
whole sentence's words say more, and so do its neighbours: accusations come in rows. Both go into the second look, as in
stacked sequential learning (Cohen and Carvalho 2005, IJCAI).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats
from .mention_features import SentenceView


def wording_features(view: SentenceView) -> list[str]:
    """Words and pairs of words of the whole sentence without names, those quoted once more as such, and classes of its predicates."""
    places = [i for i in range(len(view.parse)) if view.parse.pos[i] != "SPACE"]
    words = [view.lemmas[i] for i in places]
    out = [f"w:{w}" for w in words]
    out += [f"q:{view.lemmas[i]}" for i in places if view.sentence.quoted[i]]
    out += [f"b:{a}_{b}" for a, b in itertools.pairwise(words)]
    for i in places:
        out += [f"{'q' if view.sentence.quoted[i] else ''}#{name}" for name in view.classes[i]]
    return list(dict.fromkeys(out))


def with_neighbours(sentences: Sequence[AnalysedSentence], logits: Floats) -> Floats:
    """Each sentence's logits, and how far those of the one before and the one after it in its article speak for a stance.

    A neighbour's logit x counts as log(1 + exp x): nearly 0 for the many that hold none, and 0 where there is no neighbour,
    so that a sentence alone is read as one among plain ones.

    Args:
        sentences: those of an article in order; where the place in the text falls back, another article begins.
        logits: sentences x stances.

    Returns:
        Sentences x (3 * stances).
    """
    starts = np.array([s.segment.start for s in sentences])
    follows = np.zeros(len(sentences), dtype=bool)
    follows[1:] = starts[1:] > starts[:-1]
    speaks = np.logaddexp(0, logits)
    before, after = np.zeros_like(logits), np.zeros_like(logits)
    before[1:][follows[1:]] = speaks[:-1][follows[1:]]
    after[:-1][follows[1:]] = speaks[1:][follows[1:]]
    return np.concatenate([logits, before, after], axis=1)
