"""What the article page shows: a record with its text, and why each statement was found."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from ....data.codebook import Codebook
from ....data.printable import one_line, printable
from ....data.record import Label, Party, Record, ScoredStatement
from ....experiments.pages.palette import series_colour

UNNAMED = "unnamed speaker"


@dataclass(frozen=True, slots=True)
class Reasons:
    """The words that count most for and against a statement, with their weights in logits."""

    supporting: tuple[tuple[str, float], ...] = ()
    opposing: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article on the page.

    Attributes:
        record: its record.
        text: its text as read, to which the offsets of the record refer; None to show statements only.
        reasons: of each statement of the record, in their order; shorter if not all have any.
    """

    record: Record
    text: str | None
    reasons: tuple[Reasons | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A statement or a label of a sentence: what has a mark in the text and a row below it.

    Attributes:
        key: names its anchor; the same in every page of this article.
        kind: the name of the stance or label.
        sentence: the index of the sentence.
        score: from 0 to 1.
        statement: None for a label.
    """

    key: str
    kind: str
    sentence: int
    score: float
    statement: ScoredStatement | None = None
    reasons: Reasons | None = None


@dataclass
class Kinds:
    """The stances and labels of a page.

    Attributes:
        stances, labels: their names, in the order of the codebook; others follow as they are met.
        thresholds: the score that each must reach; may be empty.
    """

    stances: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls, codebook: Codebook | None, records: Sequence[Record], thresholds: Mapping[str, float]
    ) -> Kinds:
        """The kinds of a codebook and of records, which may be of other codebooks."""
        stances = dict.fromkeys(codebook.stance_names if codebook else ())
        labels = dict.fromkeys(codebook.label_names if codebook else ())
        for record in records:
            stances.update(dict.fromkeys(s.stance for s in record.statements))
            labels.update(dict.fromkeys(x.name for s in record.sentences for x in s.labels))
        return cls(list(stances), list(labels), thresholds)

    @property
    def names(self) -> list[str]:
        """Stances, then labels."""
        return [*self.stances, *self.labels]

    def colour(self, kind: str) -> str:
        """The CSS class that sets the colour of a kind."""
        return series_colour(self.stances.index(kind)) if kind in self.stances else "loaded"


def items_of(article: ShownArticle, taken: set[str] | None = None) -> list[Item]:
    """The statements and labels of an article, by sentence; in each sentence statements come first.

    Args:
        taken: keys of other articles, which are not used again; the new ones are added.
    """
    record, taken = article.record, set() if taken is None else taken
    reasons = dict(enumerate(article.reasons))
    of_sentence: dict[int, list[tuple[int, ScoredStatement]]] = {}
    for n, statement in enumerate(record.statements):
        of_sentence.setdefault(statement.sentence, []).append((n, statement))
    out = []
    for i, sentence in enumerate(record.sentences):
        for n, s in of_sentence.get(i, ()):
            target = None if s.target is None else [s.target.start, s.target.text]
            what = [sentence.start, s.stance, s.actor.start, s.actor.text, target]
            out.append(Item(_key(record.id, what, taken), s.stance, i, s.score, s, reasons.get(n)))
        for label in sentence.labels:
            out.append(_label_item(record.id, i, sentence.start, label, taken))
    return out


def _label_item(article: str, sentence: int, start: int, label: Label, taken: set[str]) -> Item:
    return Item(_key(article, [start, label.name], taken), label.name, sentence, label.score)


def _key(article: str, what: list[object], taken: set[str]) -> str:
    for n in range(len(taken) + 1):
        digest = urlsafe_b64encode(sha256(json.dumps([article, what, n]).encode()).digest())[:6].decode()
        if digest not in taken:
            break
    taken.add(digest)
    return digest


def parties(statement: ScoredStatement) -> Iterator[tuple[str, Party]]:
    """The role and party of the actor and, if there is one, of the target."""
    yield "actor", statement.actor
    if statement.target is not None:
        yield "target", statement.target


def title_of(record: Record) -> str:
    """The title of an article, or its id."""
    return one_line(record.title or record.id or "untitled")


def words(text: str) -> str:
    """A stance or label as words: `ceasefire_claim` is "ceasefire claim"."""
    return printable(text).replace("_", " ")
