"""Aligns gold statements with candidate mentions: what classifiers are trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.annotation.matching import SAME, overlap
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
        pairs: one row per target of an annotated actor: the stance's `StanceRoles.pair`, the index of the
            actor's mention and that of the target's, -1 where there is none.
    """

    roles: NDArray[np.int8]
    labels: NDArray[np.int8]
    pairs: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A gold statement by the indices of its mentions: None if it names nobody, -1 if no mention matches."""

    stance: str
    actor: int | None
    target: int | None


def _find(span: Span | None, sentence: AnalysedSentence) -> int | None:
    """The mention that a gold span means: the one with its head ("The two sides" for "The two sides in
    Libya's civil war"), else the one that overlaps most."""
    if span is None:
        return None
    parse = sentence.parse
    inside = {i for i in range(len(parse)) if overlap(sentence.token_span(i), (span.start, span.end))}
    shares = [overlap((span.start, span.end), sentence.span(m)) for m in sentence.mentions]
    enough = [i for i, share in enumerate(shares) if share >= SAME]
    heads = [
        i
        for i in enough
        if sentence.mentions[i].head in inside
        and parse.heads[sentence.mentions[i].head] not in inside - {sentence.mentions[i].head}
    ]
    return max(heads or enough, key=shares.__getitem__, default=-1)


def align(gold: Sentence, sentence: AnalysedSentence) -> list[Aligned]:
    """The gold statements of a sentence by its mentions; an unnamed actor is the unnamed speaker."""
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
                # A phrase in apposition to a party is the same party: it must not be a negative example.
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


def candidate_recall(gold: Sentence, sentence: AnalysedSentence) -> tuple[int, int]:
    """The number of gold actors that a mention matches, and the number of gold actors."""
    found = [a.actor for a in align(gold, sentence)]
    return sum(a is not None and a >= 0 for a in found), len(found)
