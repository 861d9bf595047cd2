"""The parties of a record's statements: who they are, and where the article names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...data.identities.identity import Identity
from ...data.identities.resolver import IdentityResolver
from ...data.record import NamedIn, Party, ScoredStatement
from ...data.schema import OTHER
from ...data.text.mentions import Mention
from .decisions import FoundStatement


def party_of(mention: Mention, index: int, resolver: IdentityResolver, row_of: Sequence[int]) -> Party:
    """A mention as a party of the record.

    Args:
        mention: a mention of one of the resolver's sentences.
        index: the index of this sentence.
        resolver: of the article.
        row_of: for each sentence of the resolver its index in the record, which has repeated ones once.
    """
    sentence = resolver.sentences[index]
    span, identity = sentence.span(mention), resolver.identify(index, mention)
    named_in = _named_in(identity, resolver, row_of) if mention.kind in ("pronoun", "speaker") else None
    if span is None:
        return Party(text=None, id=identity.id, evidence=identity.evidence, named_in=named_in)
    start, end = span
    return Party(
        text=sentence.segment.text[start:end],
        start=sentence.segment.start + start,
        end=sentence.segment.start + end,
        id=identity.id,
        evidence=identity.evidence,
        named_in=named_in,
    )


def _named_in(identity: Identity, resolver: IdentityResolver, row_of: Sequence[int]) -> NamedIn | None:
    """Where the antecedent of a mention is."""
    if identity.antecedent is None:
        return None
    number, mention = identity.antecedent
    sentence = resolver.sentences[number]
    span = sentence.span(mention)
    if span is None:
        return None
    base = sentence.segment.start
    return NamedIn(sentence=row_of[number], start=base + span[0], end=base + span[1])


def _not_own_target(actor: Party, target: Party | None) -> Party:
    """The actor; its identity becomes `OTHER` if it was only guessed and is also the target's.

    Two parties may take a stance towards each other: "each side blames the other".
    """
    if target is None or actor.evidence != "guess" or actor.id is None or target.id is None:
        return actor
    if actor.id == target.id and "+" in actor.id:
        return actor
    if not set(actor.id.split("+")) & set(target.id.split("+")):
        return actor
    return actor.model_copy(update={"id": OTHER, "evidence": None})


def scored_statement(
    statement: FoundStatement, sentence: int, parties: Mapping[int, Party]
) -> ScoredStatement:
    target = None if statement.target is None else parties[statement.target]
    return ScoredStatement(
        sentence=sentence,
        stance=statement.stance,
        score=statement.score,
        actor=_not_own_target(parties[statement.actor], target),
        target=target,
    )
