"""Features for the stances of a whole sentence, and evidence from neighbouring sentences.

The grammar around a mention says little if blame is expressed without a verb of blaming ("the key aggressor
is Russia"). The words of the whole sentence say more, and so do its neighbours, because accusations often
follow one another. Both are inputs of the second stage, as in stacked sequential learning (Cohen and Carvalho
2005, "Stacked sequential learning", IJCAI).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats
from .mention_features import SentenceView


def word_features(view: SentenceView) -> list[str]:
    """The names of the features of a sentence's words, without names of parties.

    The features are lemmas, pairs of adjacent lemmas, quoted lemmas (marked as such) and word classes.
    """
    indices = [i for i in range(len(view.parse)) if view.parse.pos[i] != "SPACE"]
    words = [view.marked(i) for i in indices]
    out = [f"w:{w}" for w in words]
    out += [f"q:{view.marked(i)}" for i in indices if view.sentence.quoted[i]]
    out += [f"b:{a}_{b}" for a, b in itertools.pairwise(words)]
    for i in indices:
        out += [f"{'q' if view.sentence.quoted[i] else ''}#{name}" for name in view.classes[i]]
    return list(dict.fromkeys(out))


def with_neighbours(sentences: Sequence[AnalysedSentence], logits: Floats) -> Floats:
    """Each sentence's logits, followed by evidence from the sentences before and after it.

    The logit x of a neighbour becomes log(1 + exp x), which is nearly 0 for the many neighbours without a
    stance. It is 0 without a neighbour, so that a single sentence is scored like one among neutral sentences.

    Args:
        sentences: the sentences of each article in order; a start offset that does not increase marks the
            beginning of a new article. Sentences that are not read are left out, and count as neutral.
        logits: sentences x roles.

    Returns:
        An array of sentences x (3 * roles).
    """
    starts = np.array([s.segment.start for s in sentences])
    continues = np.zeros(len(sentences), dtype=bool)
    after_unread = np.array([s.after_unread for s in sentences], dtype=bool)
    continues[1:] = (starts[1:] > starts[:-1]) & ~after_unread[1:]
    evidence = np.logaddexp(0, logits)
    before, after = np.zeros_like(logits), np.zeros_like(logits)
    before[1:][continues[1:]] = evidence[:-1][continues[1:]]
    after[:-1][continues[1:]] = evidence[1:][continues[1:]]
    return np.concatenate([logits, before, after], axis=1)
