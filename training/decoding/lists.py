"""Lists of actors: in "the US, the UK and Japan urged …", all members take the stance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...data.text.analysis import AnalysedSentence
from ...data.text.predicates import list_head
from ..classifier import Floats

# A member of a list shares the probability of the most probable one if its own is at least this part of it.
# Chosen on validation articles, see docs/accuracy.md.
SHARE_FROM = 0.2


def lists(sentence: AnalysedSentence) -> list[list[int]]:
    """The mentions of a sentence that are members of one list, by their indices, list by list."""
    members: dict[int, list[int]] = {}
    for i, mention in enumerate(sentence.mentions):
        if mention.head >= 0:
            members.setdefault(list_head(sentence.parse, mention.head), []).append(i)
    return [group for group in members.values() if len(group) > 1]


def shared_in_lists(members: Iterable[Sequence[int]], probabilities: Floats) -> Floats:
    """Raise the probabilities of the members of a list to that of its most probable member.

    Members that are much less probable keep their own: parsers join phrases that do not belong together.

    Args:
        members: the indices of the mentions of each list, see `lists`.
        probabilities: of one role, one per mention, in [0, 1].

    Returns:
        The new probabilities; the argument is not changed.
    """
    out = probabilities.copy()
    for group in members:
        best = probabilities[group].max()
        out[[i for i in group if probabilities[i] >= SHARE_FROM * best]] = best
    return out
