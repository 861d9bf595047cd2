"""Aligns gold statements with candidate mentions to get the training targets of classifiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.annotation.matching import MIN_OVERLAP, overlap
from ...data.codebook import Codebook
from ...data.schema import Sentence, Span
from ...data.text.analysis import AnalysedSentence
from ...data.text.mentions import apposed


@dataclass(frozen=True, slots=True)
class RoleTargets:
    """The training targets of one sentence.

    Attributes:
        roles: mentions x roles, 0 or 1.
        labels: one per label, 0 or 1.
        pairs: a row for each target of an annotated actor: the stance's `StanceRoles.pair`, the index of the
            actor's mention, and the index of the target's mention, -1 for none.
    """

    roles: NDArray[np.int8]
    labels: NDArray[np.int8]
    pairs: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A gold statement with the indices of its mentions.

    Attributes:
        actor, target: -1 if no mention matches; None if there is no target.
    """

    stance: str
    actor: int | None
    target: int | None


def _find(span: Span | None, sentence: AnalysedSentence) -> int | None:
    """The mention that matches a gold span: one with its syntactic head, else the one that overlaps most.

    "The two sides" matches "The two sides in Libya's civil war" by its head. -1 if none overlaps enough.
    """
    if span is None:
        return None
    parse = sentence.parse
    inside = {i for i in range(len(parse)) if overlap(sentence.token_span(i), (span.start, span.end))}
    shares = [overlap((span.start, span.end), sentence.span(m)) for m in sentence.mentions]
    overlapping = [i for i, share in enumerate(shares) if share >= MIN_OVERLAP]
    heads = [
        i
        for i in overlapping
        if sentence.mentions[i].head in inside
        and parse.heads[sentence.mentions[i].head] not in inside - {sentence.mentions[i].head}
    ]
    return max(heads or overlapping, key=shares.__getitem__, default=-1)


def align(gold: Sentence, sentence: AnalysedSentence) -> list[Aligned]:
    """Align the gold statements of a sentence with its mentions; an unnamed actor is the unnamed speaker."""
    speaker = next((i for i, m in enumerate(sentence.mentions) if m.head < 0), -1)
    out = []
    for statement in gold.statements:
        actor = _find(statement.actor, sentence)
        out.append(
            Aligned(statement.stance, speaker if actor is None else actor, _find(statement.target, sentence))
        )
    return out


def role_targets(gold: Sentence, sentence: AnalysedSentence, codebook: Codebook) -> RoleTargets:
    """The training targets of a sentence."""
    index = {role: i for i, role in enumerate(codebook.roles)}
    paired = {s.name: i for i, s in enumerate(s for s in codebook.stances if s.has_target)}
    pairs: list[tuple[int, int, int]] = []
    roles = np.zeros((len(sentence.mentions), len(index)), dtype=np.int8)
    for statement in align(gold, sentence):
        for part, mention in (("actor", statement.actor), ("target", statement.target)):
            column = index.get(f"{statement.stance}:{part}")
            if column is not None and mention is not None and mention >= 0:
                # A phrase in apposition to a party means the same party, so it is not a negative example.
                same = [
                    i
                    for i, m in enumerate(sentence.mentions)
                    if apposed(sentence.parse, m, sentence.mentions[mention])
                ]
                roles[[mention, *same], column] = 1
        if statement.stance in paired and statement.actor is not None and statement.actor >= 0:
            pairs.append(
                (
                    paired[statement.stance],
                    statement.actor,
                    -1 if statement.target is None else statement.target,
                )
            )
    labels = np.array([name in gold.labels for name in codebook.label_names], dtype=np.int8)
    return RoleTargets(roles, labels, np.array(pairs, dtype=np.int64).reshape(-1, 3))


def matched_actors(gold: Sentence, sentence: AnalysedSentence) -> tuple[int, int]:
    """The number of gold actors with a matching mention, and the number of all gold actors."""
    actors = [a.actor for a in align(gold, sentence)]
    return sum(a is not None and a >= 0 for a in actors), len(actors)
