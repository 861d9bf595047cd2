"""The parties of a record's statements: who they are, and where the article names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...data.identities.identity import Identity
from ...data.identities.resolver import IdentityResolver
from ...data.record import NamedIn, Party, ScoredStatement
from ...data.schema import OTHER
from ...data.text.analysis import AnalysedSentence
from ...data.text.mentions import Mention
from .decisions import FoundStatement


def party_of(sentence: AnalysedSentence, index: int, mention: Mention, resolver: IdentityResolver) -> Party:
    """A mention as a party of the record.

    Args:
        index: the index of the sentence among those of the resolver.
    """
    span, identity = sentence.span(mention), resolver.identify(index, mention)
    named_in = _named_in(identity, resolver) if mention.kind in ("pronoun", "speaker") else None
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


def _named_in(identity: Identity, resolver: IdentityResolver) -> NamedIn | None:
    """Where the antecedent of a mention is."""
    if identity.antecedent is None:
        return None
    number, mention = identity.antecedent
    sentence = resolver.sentences[number]
    span = sentence.span(mention)
    if span is None:
        return None
    base = sentence.segment.start
    return NamedIn(sentence=number, start=base + span[0], end=base + span[1])


def in_rows(statement: ScoredStatement, row_of: Sequence[int]) -> ScoredStatement:
    """The statement with the sentence of each `named_in` as an index of the record's sentences.

    Args:
        row_of: for each sentence of the resolver its index in the record, which has repeated ones once.
    """

    def moved(party: Party | None) -> Party | None:
        if party is None or party.named_in is None:
            return party
        where = party.named_in.model_copy(update={"sentence": row_of[party.named_in.sentence]})
        return party.model_copy(update={"named_in": where})

    return statement.model_copy(update={"actor": moved(statement.actor), "target": moved(statement.target)})


def _not_own_target(actor: Party, target: Party | None) -> Party:
    """The actor; its identity becomes `OTHER` if it was only guessed and is also the target's."""
    if target is None or actor.evidence != "guess" or actor.id is None or target.id is None:
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
