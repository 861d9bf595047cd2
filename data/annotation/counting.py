"""Count matched, predicted and gold statements of an article: the basis of all metrics."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..codebook import Codebook
from ..record import Party as RecordParty
from ..record import Record, ScoredSentence, ScoredStatement
from ..schema import Article, Sentence, Span
from ..text.segmentation.sentences import annotated_segments
from .matching import Actor, Party, by_actor, match, shared_targets
from .statistics import UNNAMED, actor_kind


class Count(NamedTuple):
    """Numbers of matched, predicted and gold items; `total` adds them up."""

    matched: int = 0
    predicted: int = 0
    gold: int = 0


def total(counts: Iterable[Count]) -> Count:
    """The sum of counts."""
    matched = predicted = gold = 0
    for count in counts:
        matched, predicted, gold = matched + count.matched, predicted + count.predicted, gold + count.gold
    return Count(matched, predicted, gold)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A statement that was predicted but is not gold (`kind` "extra"), or the reverse ("missed")."""

    kind: str
    stance: str
    actor: str
    doc_id: str
    sentence: str


@dataclass(slots=True)
class ArticleCounts:
    """The counts of one article.

    Attributes:
        counts: by stance (statements), by `stance:NAME` (sentences with that stance, regardless of the
            actor), for `with_target` (statements with their targets) and by label (sentences).
        identities: among the matched statements (`predicted`), those whose actor has the right identity
            (`matched`).
        by_actor: by stance, kind of actor (`name`, `common noun`, `pronoun`, `unnamed`) and measure
            (`statements`, `with_target`, `identity`: as `identities`). What is matched belongs to the kind of
            the annotated actor.
        sentences: the number of sentences.
        mistakes: the extra and missed statements.
    """

    counts: dict[str, Count]
    identities: Count
    sentences: int
    mistakes: list[Mistake] = field(default_factory=list)
    by_actor: dict[tuple[str, str, str], Count] = field(default_factory=dict)


def gold_party(span: Span | None, identity: str | None, base: int) -> Party:
    """An annotated party; `base` is the offset of its sentence in the article."""
    return Party((base + span.start, base + span.end) if span else None, identity)


def scored_party(party: RecordParty | None) -> Party:
    """A party of a record; for None, a party that is not named and has no identity."""
    if party is None:
        return Party(None, None)
    named = party.start is not None and party.end is not None
    return Party((party.start, party.end) if named else None, party.id)  # type: ignore[arg-type]


class _BySentence:
    """The statements and labels of a record by the index of the gold sentence that they are in."""

    def __init__(self, record: Record, starts: Sequence[int]) -> None:
        self._starts = starts
        self.statements: dict[tuple[int, str], list[tuple[Party, Party]]] = {}
        self.labels: set[tuple[int, str]] = set()
        for statement in record.statements:
            self._add(statement, record.sentences[statement.sentence])
        for sentence in record.sentences:
            at = sentence_at(_middle(sentence), self._starts)
            self.labels |= {(at, label.name) for label in sentence.labels}

    def _add(self, statement: ScoredStatement, sentence: ScoredSentence) -> None:
        actor, target = scored_party(statement.actor), scored_party(statement.target)
        index = sentence_of(statement, sentence, self._starts)
        self.statements.setdefault((index, statement.stance), []).append((actor, target))


def sentence_at(offset: int, starts: Sequence[int]) -> int:
    """The index of the sentence at an offset of the article; `starts` are those of its sentences."""
    return max(0, bisect_right(starts, offset) - 1)


def sentence_of(statement: ScoredStatement, sentence: ScoredSentence, starts: Sequence[int]) -> int:
    """The index of the annotated sentence that a scored statement belongs to.

    Args:
        statement: of a record.
        sentence: the record's sentence that it is in.
        starts: offsets of the annotated sentences in the article.
    """
    start = statement.actor.start
    return sentence_at(_middle(sentence) if start is None else start, starts)


def _middle(sentence: ScoredSentence) -> int:
    return (sentence.start + sentence.end) // 2


def _gold_statements(sentence: Sentence, stance: str, base: int) -> list[tuple[Party, Party]]:
    return [
        (gold_party(s.actor, s.actor_id, base), gold_party(s.target, s.target_id, base))
        for s in sentence.statements
        if s.stance == stance
    ]


def count_article(
    article: Article, record: Record | Mapping[str, Any] | None, codebook: Codebook
) -> ArticleCounts:
    """Compare the statements and labels of a scored article with the gold annotation.

    Args:
        article: the gold annotation.
        record: the model's output for the same text, as a `Record` or a dict; None means no predictions.
        codebook: its stances and labels are counted.

    Raises:
        pydantic.ValidationError: the record is a dict and lacks a field.
    """
    if not isinstance(record, Record):
        nothing = {"id": article.doc_id, "sentences": (), "statements": ()}
        record = Record.model_validate(nothing | dict(record or {}))
    starts = [s.start for s in annotated_segments(article)]
    predicted = _BySentence(record, starts)
    keys = (
        *codebook.stance_names,
        *(f"stance:{s}" for s in codebook.stance_names),
        "with_target",
        *codebook.label_names,
    )
    result = ArticleCounts(dict.fromkeys(keys, Count()), Count(), len(article.sentences))
    for i, sentence in enumerate(article.sentences):
        for name in codebook.label_names:
            in_gold, in_record = name in sentence.labels, (i, name) in predicted.labels
            _add(result, name, in_gold and in_record, in_record, in_gold)
        for stance in codebook.stance_names:
            scored = predicted.statements.get((i, stance), [])
            _count_stance(result, article, i, stance, scored, _gold_statements(sentence, stance, starts[i]))
    return result


def _add(result: ArticleCounts, key: str, matched: int, predicted: int, gold: int) -> None:
    result.counts[key] = total((result.counts[key], Count(int(matched), int(predicted), int(gold))))


def _count_stance(
    result: ArticleCounts,
    article: Article,
    i: int,
    stance: str,
    scored: Sequence[tuple[Party, Party]],
    annotated: Sequence[tuple[Party, Party]],
) -> None:
    """Count the statements of one stance in sentence `i`."""
    predicted, gold = by_actor(scored), by_actor(annotated)
    pairs, extra, missed = match(predicted, gold)
    _add(result, stance, len(pairs), len(predicted), len(gold))
    _add(result, f"stance:{stance}", bool(gold and predicted), bool(predicted), bool(gold))
    targets = sum(len(a.targets) for a in predicted), sum(len(a.targets) for a in gold)
    _add(result, "with_target", sum(shared_targets(p, g) for p, g in pairs), *targets)
    correct = sum(p.party.identity == g.party.identity for p, g in pairs)
    result.identities = total((result.identities, Count(correct, len(pairs))))
    alone = [*((p, None) for p in extra), *((None, g) for g in missed)]
    if pairs or alone:
        _count_by_actor(result, article.text, stance, [*pairs, *alone])
    for kind, actors in (("extra", extra), ("missed", missed)):
        for actor in actors:
            span, identity = actor.party
            words = article.text[slice(*span)] if span else f"({identity})"
            text = article.sentences[i].text
            result.mistakes.append(Mistake(kind, stance, words, article.doc_id, text))


def _count_by_actor(
    result: ArticleCounts, text: str, stance: str, pairs: Iterable[tuple[Actor | None, Actor | None]]
) -> None:
    """Count by kind of actor.

    Args:
        text: of the article.
        pairs: predicted actors with the annotated ones that they match; None for those without a match.
    """
    for p, g in pairs:
        actor = g or p
        if actor is None:
            continue
        kind = kind_of(text, actor.party)
        targets = len(p.targets) if p else 0, len(g.targets) if g else 0
        counts = {
            "statements": Count(int(bool(p and g)), int(p is not None), int(g is not None)),
            "with_target": Count(shared_targets(p, g) if p and g else 0, *targets),
        }
        if p and g:
            counts["identity"] = Count(int(p.party.identity == g.party.identity), 1, 1)
        for measure, count in counts.items():
            key = stance, kind, measure
            result.by_actor[key] = total((result.by_actor.get(key, Count()), count))


def kind_of(text: str, party: Party) -> str:
    """The kind of a party, see `actor_kind`; `UNNAMED` without a span."""
    words = text[slice(*party.span)].strip() if party.span else ""
    return actor_kind(words) if words else UNNAMED


def f1(matched: float, predicted: float, gold: float) -> float:
    """F1 from counts; 0 if nothing is predicted and nothing is gold."""
    return 2 * matched / (predicted + gold) if predicted + gold else 0.0
