"""The record of one scored article: the statements and labels that a model found. The output contract."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import pandas as pd

_CONFIG = ConfigDict(frozen=True, extra="allow")


def text_sha256(text: str) -> str:
    """SHA-256 of an article's text in UTF-8, in hexadecimal: with the id it identifies what was scored."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Label(BaseModel):
    """A label of a sentence (`loaded`) and its calibrated probability, from 0 to 1."""

    model_config = _CONFIG
    name: str
    score: float = Field(ge=0, le=1)


class ScoredSentence(BaseModel):
    """A sentence of the article. Offsets are Unicode code points of the article's text as read."""

    model_config = _CONFIG
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    labels: tuple[Label, ...] = ()


class NamedIn(BaseModel):
    """Where the article names a party that a sentence only refers to.

    Attributes:
        sentence: the index of the sentence in `Record.sentences`.
        start, end: the span of the name, or the description, in the article's text, in Unicode code points.
    """

    model_config = _CONFIG
    sentence: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Party(BaseModel):
    """An actor or a target.

    Attributes:
        text: the words by which the sentence names it; null if the sentence does not name it.
        start, end: the span of these words in the article's text, in Unicode code points; null like `text`.
        id: its identity, if it is known: an ISO 3166-1 alpha-3 code, the short name of an organisation or
            armed group, several of these joined by `+`, `MULTI` for several unnamed parties, or `OTHER` for a
            person or body that does not represent a party.
        evidence: how the identity is known: `table`, the phrase itself contains a known name; `article`, the
            article identifies the party elsewhere; `guess`, the identity is only likely. Null without an
            identity and for `OTHER`.
        named_in: for a pronoun and a speaker whom the sentence does not name, the mention to which it refers;
            null if it is not known, and for all other parties.
    """

    model_config = _CONFIG
    text: str | None
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=0)
    id: str | None = None
    evidence: Literal["table", "article", "guess"] | None = None
    named_in: NamedIn | None = None


class ScoredStatement(BaseModel):
    """One actor takes one stance, towards a target if there is one.

    Attributes:
        sentence: the index of the sentence in the record, from 0.
        stance: the name of the stance in the codebook.
        score: the calibrated probability that this actor takes this stance in this sentence, from 0 to 1.
        actor: who takes the stance.
        target: towards whom; null if the stance has no target or none was found.
    """

    model_config = _CONFIG
    sentence: int = Field(ge=0)
    stance: str
    score: float = Field(ge=0, le=1)
    actor: Party
    target: Party | None = None


class Carrier(BaseModel):
    """Where a near-identical article was carried, which was not scored again."""

    model_config = _CONFIG
    id: str
    outlet: str | None = None
    date: str | None = None
    url: str | None = None
    source: str | None = None


class Record(BaseModel):
    """One scored article: all its sentences, and the statements and labels that reach their thresholds.

    Attributes:
        outlet, url, author, language: as the source of the article says; null if it does not.
        date: ISO 8601, a day or a time; null if the source has none or it was not understood.
        date_original: the date as the source has it, if it was not understood.
        text_sha256: SHA-256 of the article's text as read, in UTF-8; null if the record was made from
            sentences without their article.
        also_in: where near-identical articles were carried, which were not scored again (`--dedupe`).
    """

    model_config = _CONFIG
    id: str
    source: str | None = None
    title: str | None = None
    model: str | None = None
    sentences: tuple[ScoredSentence, ...]
    statements: tuple[ScoredStatement, ...]
    text_sha256: str | None = None
    also_in: tuple[Carrier, ...] = ()
    outlet: str | None = None
    date: str | None = None
    date_original: str | None = None
    url: str | None = None
    author: str | None = None
    language: str | None = None

    def without_text(self) -> Self:
        """The same record with empty sentences, where the licence of the articles forbids passing them on.

        Ids, titles, spans and the words that name the parties stay.
        """
        sentences = tuple(s.model_copy(update={"text": ""}) for s in self.sentences)
        return self.model_copy(update={"sentences": sentences})

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts and lists, ready for `json.dumps`: one line of `stancewire score --format jsonl`."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Self:
        """The inverse of `to_dict`.

        Raises:
            pydantic.ValidationError: a field is missing or of the wrong type.
        """
        return cls.model_validate(raw)

    def to_frame(self) -> pd.DataFrame:
        """The statements as a table, one row per statement.

        Returns:
            A DataFrame with the columns `id`, `title`, `sentence` (its index from 0), `stance`, `score`,
            `actor`, `actor_id`, `actor_evidence`, `target`, `target_id`, `target_evidence`, `labels` (of the
            sentence, joined by `;`) and `text` (the sentence).
        """
        import pandas as pd

        rows = []
        for s in self.statements:
            sentence, target = self.sentences[s.sentence], s.target
            rows.append(
                (
                    self.id,
                    self.title,
                    s.sentence,
                    s.stance,
                    s.score,
                    s.actor.text,
                    s.actor.id,
                    s.actor.evidence,
                    target.text if target else None,
                    target.id if target else None,
                    target.evidence if target else None,
                    ";".join(label.name for label in sentence.labels),
                    sentence.text,
                )
            )
        columns = (
            "id title sentence stance score actor actor_id actor_evidence target target_id target_evidence "
            "labels text"
        )
        return pd.DataFrame(rows, columns=columns.split())
