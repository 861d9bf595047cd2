"""Pairs of an annotated actor and a candidate target, on which the pairing is trained and tuned."""

from __future__ import annotations

from typing import NamedTuple

from ...data.codebook import Codebook
from .alignment import align
from .dataset import Analysed


class TargetPair(NamedTuple):
    """An annotated actor and a candidate target in one sentence.

    Attributes:
        sentence: index of the sentence.
        stance: index of the stance in the codebook.
        actor, candidate: indices of their mentions in the sentence.
        actors: mention indices of all annotated actors of this stance in the sentence.
        is_target: whether the candidate is annotated as a target of the actor.
    """

    sentence: int
    stance: int
    actor: int
    candidate: int
    actors: list[int]
    is_target: bool


def target_pairs(data: Analysed, codebook: Codebook) -> list[TargetPair]:
    """Every annotated actor of a stance with a target, paired with every other mention of its sentence."""
    out: list[TargetPair] = []
    for n, (gold, sentence) in enumerate(zip(data.gold, data.sentences, strict=True)):
        aligned = align(gold, sentence)
        for k, stance in enumerate(codebook.stances):
            if not stance.has_target:
                continue
            statements = [a for a in aligned if a.stance == stance.name]
            actors = sorted({a.actor for a in statements if a.actor is not None and a.actor >= 0})
            for actor in actors:
                targets = {a.target for a in statements if a.actor == actor}
                out += [
                    TargetPair(n, k, actor, j, actors, j in targets)
                    for j, m in enumerate(sentence.mentions)
                    if j != actor and m.head >= 0
                ]
    return out
