"""Lists of actors: in "the US, the UK and Japan urged …", all members take the stance."""

from __future__ import annotations

from ...data.text.analysis import AnalysedSentence
from ...data.text.predicates import list_head
from ..classifier import Floats

# How far the probability of a member is raised towards that of the most probable one, in [0, 1].
# Chosen on validation articles of both classifiers, see docs/accuracy.md.
SHARE = 0.5


def shared_in_lists(sentence: AnalysedSentence, probabilities: Floats) -> Floats:
    """Raise the probability of each member of a list towards that of its most probable member.

    Args:
        sentence: with its mentions.
        probabilities: of one role, one per mention.
    """
    members: dict[int, list[int]] = {}
    for i, mention in enumerate(sentence.mentions):
        if mention.head >= 0:
            members.setdefault(list_head(sentence.parse, mention.head), []).append(i)
    out = probabilities.copy()
    for group in members.values():
        out[group] += SHARE * (probabilities[group].max() - probabilities[group])
    return out
