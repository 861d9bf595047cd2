"""What an article carries, without its text: its statements by party, and its labelled sentences.

Records and annotations have the same summary, so that counts of one can be compared with counts of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from ..errors import InputError
from ..record import Carrier, Record
from ..schema import Article
from .attribution import Voice, voice


class SummarisedStatement(BaseModel):
    """One actor takes one stance in one sentence, towards any number of targets.

    Attributes:
        stance: the name of the stance.
        actor: identity of the actor, see `data.record.Party`; None if it is unknown.
        targets: identities of the targets that the statement has; None for one that is unknown.
        voice: how the sentence carries it, see `attribution`; None without the sentence's text.
        words: the words that name the actor; None if the sentence does not name it.
    """

    model_config = ConfigDict(frozen=True)
    stance: str
    actor: str | None = None
    targets: tuple[str | None, ...] = ()
    voice: Voice | None = None
    words: str | None = None


class ArticleSummary(BaseModel):
    """An article's counts and statements.

    Attributes:
        id: id of the article.
        sentences: the number of its sentences; None if it is not known (a table of statements).
        labels: by label, the number of sentences with it.
        statements: in order of the sentences.
        title, outlet, date: as in the record.
        text_sha256: as in the record; None for annotations.
        model: the name of the model that scored it; None for annotations.
        also_in: where copies of the article were carried.
    """

    model_config = ConfigDict(frozen=True)
    id: str
    sentences: int | None
    labels: dict[str, int] = {}
    statements: tuple[SummarisedStatement, ...] = ()
    title: str | None = None
    outlet: str | None = None
    date: str | None = None
    text_sha256: str | None = None
    model: str | None = None
    also_in: tuple[Carrier, ...] = ()

    @classmethod
    def of_record(cls, record: Record) -> Self:
        """The summary of a scored article.

        Raises:
            InputError: a statement is in a sentence that the record does not have.
        """
        for s in record.statements:
            if s.sentence >= len(record.sentences):
                what = f"no sentence {s.sentence}; the article has {len(record.sentences)}"
                raise InputError(what, where=record.id, hint="sentences are counted from 0")
        found = (
            Mention(
                s.sentence, s.stance, s.actor.text, s.actor.start, s.actor.id, s.target is not None,
                s.target.id if s.target else None,
            )
            for s in record.statements
        )  # fmt: skip
        return cls(
            id=record.id,
            sentences=len(record.sentences),
            labels=_counted(label.name for s in record.sentences for label in s.labels),
            statements=grouped(found, {n: s.text for n, s in enumerate(record.sentences)}),
            title=record.title,
            outlet=record.outlet,
            date=record.date,
            text_sha256=record.text_sha256,
            model=record.model,
            also_in=record.also_in,
        )

    @classmethod
    def of_article(cls, article: Article) -> Self:
        """The summary of an annotated article."""
        found = (
            Mention(
                n, s.stance, s.actor.text if s.actor else None, s.actor.start if s.actor else None,
                s.actor_id, s.target is not None or s.target_id is not None, s.target_id,
            )
            for n, sentence in enumerate(article.sentences)
            for s in sentence.statements
        )  # fmt: skip
        return cls(
            id=article.doc_id,
            sentences=len(article.sentences),
            labels=_counted(name for s in article.sentences for name in s.labels),
            statements=grouped(found, {n: s.text for n, s in enumerate(article.sentences)}),
            outlet=article.outlet,
            date=article.date,
        )


class Mention(NamedTuple):
    """One actor with one target, or none: a statement of a record, or one row of a table.

    Attributes:
        sentence: number of the sentence.
        words, start: the words that name the actor, and where they begin; None if none do.
        actor, target: identities.
    """

    sentence: int
    stance: str
    words: str | None
    start: int | None
    actor: str | None
    has_target: bool
    target: str | None


def _counted(names: Iterator[str]) -> dict[str, int]:
    out: dict[str, int] = {}
    for name in names:
        out[name] = out.get(name, 0) + 1
    return out


def grouped(found: Iterable[Mention], texts: Mapping[int, str]) -> tuple[SummarisedStatement, ...]:
    """One statement per sentence, stance and actor, with all its targets.

    Args:
        texts: the sentences by their numbers; missing or empty if they are not known.
    """
    groups: dict[tuple[Any, ...], list[Mention]] = {}
    for m in found:
        groups.setdefault((m.sentence, m.stance, m.start, m.words, m.actor), []).append(m)
    out = []
    for (sentence, stance, _, words, actor), mentions in groups.items():
        text = texts.get(sentence)
        out.append(
            SummarisedStatement(
                stance=stance,
                actor=actor,
                targets=tuple(m.target for m in mentions if m.has_target),
                voice=voice(text, named=words is not None) if text else None,
                words=words,
            )
        )
    return tuple(out)
