"""An identity and how it is known: from a table, from the article, or by a guess."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..schema import MULTI, OTHER
from ..text.gazetteer import Name
from ..text.mentions import Mention

Evidence = Literal["table", "article", "guess"]


class Identity(NamedTuple):
    """Who a mention is.

    Attributes:
        id: a party's id, several joined by "+", `MULTI` or `OTHER`.
        evidence: `table`, a known name in the phrase itself; `article`, the article identifies the party
            elsewhere; `guess`, the identity is only likely, such as the state named most often. None for
            `OTHER`.
        antecedent: for a pronoun or an unnamed speaker, the mention that it refers to and the number of its
            sentence, from 0, if there is one.
    """

    id: str
    evidence: Evidence | None
    antecedent: tuple[int, Mention] | None = None


UNKNOWN = Identity(OTHER, None)


def _identity(id: str | None, evidence: Evidence) -> Identity:
    return UNKNOWN if id is None or id == OTHER else Identity(id, evidence)


def from_name(name: Name) -> Identity:
    """The party of a known name."""
    return _identity(MULTI if name.party.kind == "collective" else name.party.id, "table")


def from_table(id: str | None) -> Identity:
    """A party whose name is in the phrase itself."""
    return _identity(id, "table")


def from_article(id: str | None) -> Identity:
    """A party that the article identifies."""
    return _identity(id, "article")


def guessed(id: str | None) -> Identity:
    """A party that is only likely."""
    return _identity(id, "guess")


def referring_to(identity: Identity, sentence: int, mention: Mention) -> Identity:
    """The identity of what refers to a mention; if that refers to another one in turn, to that one.

    Args:
        identity: the identity of the mention.
        sentence: the number of its sentence, from 0.
    """
    return identity._replace(antecedent=identity.antecedent or (sentence, mention))


def at_most(identity: Identity, evidence: Evidence) -> Identity:
    """An identity that another one follows from: its evidence is no better than this."""
    if identity.evidence is None or identity.evidence == "guess":
        return identity
    return identity._replace(evidence=evidence)
