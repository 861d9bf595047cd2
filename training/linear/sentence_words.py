"""Which stances a sentence contains, judged by its words alone, and what the neighbouring sentences contain.

A mention's own grammar says little where blame is expressed without a verb of blaming ("the key aggressor is
Russia"). The words of the whole sentence say more, and so do its neighbours, because accusations come in
sequences. Both are inputs of the second stage, as in stacked sequential learning (Cohen and Carvalho 2005,
IJCAI).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats
from .mention_features import SentenceView


def word_features(view: SentenceView) -> list[str]:
    """Names of the features of a sentence's words, without names of parties.

    They are its lemmas and pairs of adjacent lemmas, the quoted lemmas marked as such, and its word classes.
    """
    indices = [i for i in range(len(view.parse)) if view.parse.pos[i] != "SPACE"]
    words = [view.lemmas[i] for i in indices]
    out = [f"w:{w}" for w in words]
    out += [f"q:{view.lemmas[i]}" for i in indices if view.sentence.quoted[i]]
    out += [f"b:{a}_{b}" for a, b in itertools.pairwise(words)]
    for i in indices:
        out += [f"{'q' if view.sentence.quoted[i] else ''}#{name}" for name in view.classes[i]]
    return list(dict.fromkeys(out))


def with_neighbours(sentences: Sequence[AnalysedSentence], logits: Floats) -> Floats:
    """Each sentence's logits, followed by evidence from the sentences before and after it.

    A neighbour's logit x enters as log(1 + exp x): nearly 0 for the many neighbours without a stance, and 0
    where there is no neighbour, so that a sentence on its own is scored like one among neutral sentences.

    Args:
        sentences: the sentences of each article in order; a start offset that does not increase begins a new
            article.
        logits: sentences x roles.

    Returns:
        Sentences x (3 * roles).
    """
    starts = np.array([s.segment.start for s in sentences])
    continues = np.zeros(len(sentences), dtype=bool)
    continues[1:] = starts[1:] > starts[:-1]
    evidence = np.logaddexp(0, logits)
    before, after = np.zeros_like(logits), np.zeros_like(logits)
    before[1:][continues[1:]] = evidence[:-1][continues[1:]]
    after[:-1][continues[1:]] = evidence[1:][continues[1:]]
    return np.concatenate([logits, before, after], axis=1)
