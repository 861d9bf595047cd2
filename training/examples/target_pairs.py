"""Pairs of an annotated actor and a candidate target, on which the pairing is trained and tuned."""

from __future__ import annotations

from collections.abc import Iterator
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


class AnnotatedActor(NamedTuple):
    """An annotated actor of a stance that has targets, in one sentence.

    Attributes:
        sentence: index of the sentence.
        stance: index of the stance in the codebook.
        actor: index of its mention in the sentence.
        actors: mention indices of all annotated actors of this stance in the sentence.
        targets: mention indices of its targets; -1 if no mention matches one, None if it has none.
    """

    sentence: int
    stance: int
    actor: int
    actors: list[int]
    targets: set[int | None]


def annotated_actors(data: Analysed, codebook: Codebook) -> Iterator[AnnotatedActor]:
    """Every annotated actor that is a mention of its sentence, of the stances that have targets."""
    for n, (gold, sentence) in enumerate(zip(data.gold, data.sentences, strict=True)):
        aligned = align(gold, sentence)
        for k, stance in enumerate(codebook.stances):
            if not stance.has_target:
                continue
            statements = [a for a in aligned if a.stance == stance.name]
            actors = sorted({a.actor for a in statements if a.actor is not None and a.actor >= 0})
            for actor in actors:
                yield AnnotatedActor(n, k, actor, actors, {a.target for a in statements if a.actor == actor})


def target_pairs(data: Analysed, codebook: Codebook) -> list[TargetPair]:
    """Every annotated actor of a stance with a target, paired with every other mention of its sentence."""
    return [
        TargetPair(a.sentence, a.stance, a.actor, j, a.actors, j in a.targets)
        for a in annotated_actors(data, codebook)
        for j, m in enumerate(data.sentences[a.sentence].mentions)
        if j != a.actor and m.head >= 0
    ]
