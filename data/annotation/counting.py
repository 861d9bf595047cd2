"""Counts of matched, predicted and gold statements of one article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..codebook import Codebook
from ..schema import Article, Span
from ..text.sentences import annotated_segments
from .matching import Party, by_actor, match, shared_targets

# How many sentences there are, among the counts; no stance or label is called so.
SENTENCES = "sentences:"


Counts = dict[str, list[int]]


Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A statement that is extra or missed."""

    kind: str
    stance: str
    actor: str
    doc_id: str
    sentence: str


@dataclass(slots=True)
class ArticleCounts:
    """[matched, predicted, gold] of one article for every stance, `stance:` alone, `with_target` and label; `id` is [right, matched, 0]."""

    counts: Counts
    mistakes: list[Mistake] = field(default_factory=list)


def _gold_party(span: Span | None, identity: str | None, base: int) -> Party:
    return ((base + span.start, base + span.end) if span else None), identity


def _scored_party(party: Mapping[str, Any] | None) -> Party:
    if not party:
        return None, None
    named = party.get("start") is not None and party.get("end") is not None
    return ((party["start"], party["end"]) if named else None), party.get("id")


def _home(starts: Sequence[int], sentence: Mapping[str, Any], offset: int | None) -> int:
    """The gold sentence that an offset, or else the middle of a scored sentence, lies in."""
    at = offset if offset is not None else (sentence["start"] + sentence["end"]) // 2
    return max((i for i, s in enumerate(starts) if s <= at), default=0)


def _names(labels: Sequence[Any]) -> set[str]:
    return {x if isinstance(x, str) else x["name"] for x in labels}


def count_article(article: Article, record: Record | None, codebook: Codebook) -> ArticleCounts:
    """Counts of one article. No record counts as nothing scored."""
    record = record or {"sentences": [], "statements": []}
    segments, text = annotated_segments(article), article.text
    starts = [s.start for s in segments]
    keys = [
        *codebook.stance_names,
        *(f"stance:{s}" for s in codebook.stance_names),
        "with_target",
        *codebook.label_names,
        "id",
        SENTENCES,
    ]
    result = ArticleCounts({k: [0, 0, 0] for k in keys})
    counts = result.counts

    def add(key: str, *values: int | bool) -> None:
        for k, v in enumerate(values):
            counts[key][k] += int(v)

    found: dict[tuple[int, str], list[tuple[Party, Party]]] = {}
    for s in record["statements"]:
        actor, target = _scored_party(s.get("actor")), _scored_party(s.get("target"))
        home = _home(starts, record["sentences"][s["sentence"]], actor[0][0] if actor[0] else None)
        found.setdefault((home, s["stance"]), []).append((actor, target))
    marked: dict[str, set[int]] = {name: set() for name in codebook.label_names}
    for sentence in record["sentences"]:
        for name in _names(sentence.get("labels") or ()):
            if name in marked:
                marked[name].add(_home(starts, sentence, None))
    add(SENTENCES, 0, 0, len(article.sentences))
    for i, gold_sentence in enumerate(article.sentences):
        for name in codebook.label_names:
            wanted, given = name in gold_sentence.labels, i in marked[name]
            add(name, wanted and given, given, wanted)
        for stance in codebook.stance_names:
            gold = by_actor(
                [
                    (
                        _gold_party(x.actor, x.actor_id, starts[i]),
                        _gold_party(x.target, x.target_id, starts[i]),
                    )
                    for x in gold_sentence.statements
                    if x.stance == stance
                ]
            )
            scored = by_actor(found.get((i, stance), []))
            pairs, extra, missed = match(scored, gold)
            add(stance, len(pairs), len(scored), len(gold))
            add(f"stance:{stance}", bool(gold and scored), bool(scored), bool(gold))
            for p, g in pairs:
                add("id", p[0][1] == g[0][1], 1)
                add("with_target", shared_targets(p, g))
            add("with_target", 0, sum(len(t) for _, t in scored), sum(len(t) for _, t in gold))
            for kind, actors in (("extra", extra), ("missed", missed)):
                for (span, identity), _ in actors:
                    result.mistakes.append(
                        Mistake(
                            kind,
                            stance,
                            text[slice(*span)] if span else f"({identity})",
                            article.doc_id,
                            gold_sentence.text,
                        )
                    )
    return result


def f1(true: float, predicted: float, wanted: float) -> float:
    """F1 from counts; 0 where nothing was predicted or wanted."""
    return 2 * true / (predicted + wanted) if predicted + wanted else 0.0
