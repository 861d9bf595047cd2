"""How good scored articles are against annotated ones, counted per sentence over (stance, actor).

A scored statement matches a gold one of the same stance and sentence where the spans share a fifth of their union, or
where both identities are equal and name a party, or where both leave the actor unnamed. Each (stance, actor) counts once,
however many targets it has; `with_target` counts (stance, actor, target).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..data.codebook import Codebook
from ..data.matching import Party, by_actor, match, shared_targets
from ..data.schema import Article, Span
from ..data.segment import annotated_segments
from .calibration import f1

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
    keys = [*codebook.stance_names, *(f"stance:{s}" for s in codebook.stance_names), "with_target", *codebook.label_names, "id", SENTENCES]
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
                    (_gold_party(x.actor, x.actor_id, starts[i]), _gold_party(x.target, x.target_id, starts[i]))
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
                    result.mistakes.append(Mistake(kind, stance, text[slice(*span)] if span else f"({identity})", article.doc_id, gold_sentence.text))
    return result


def _prf(counts: Sequence[int]) -> dict[str, float]:
    true, predicted, gold = counts
    return {
        "p": round(true / predicted if predicted else 0.0, 4),
        "r": round(true / gold if gold else 0.0, 4),
        "f1": round(f1(true, predicted, gold), 4),
        "gold": gold,
        "predicted": predicted,
    }


def weighted_f1(counts: Sequence[int], sentences: int) -> float:
    """F1 of having a label and of not having it, weighed by how many sentences do: what is published for BABE."""
    true, predicted, gold = counts
    without = f1(sentences - predicted - gold + true, sentences - predicted, sentences - gold)
    return (f1(true, predicted, gold) * gold + without * (sentences - gold)) / sentences if sentences else 0.0


def summarise(counted: Sequence[ArticleCounts], codebook: Codebook, bootstrap: int = 1000) -> dict[str, Any]:
    """Precision, recall and F1 of everything, macro-F1, share of right identities; a 95 % interval by resampling articles."""
    total = {k: [sum(c.counts[k][n] for c in counted) for n in range(3)] for k in counted[0].counts}
    stances = codebook.stance_names
    out: dict[str, Any] = {"statements": _prf([sum(total[s][n] for s in stances) for n in range(3)])}
    out |= {k: _prf(total[k]) for k in (*stances, "with_target", *codebook.label_names)}
    out["weighted_f1"] = {name: round(weighted_f1(total[name], total[SENTENCES][2]), 4) for name in codebook.label_names}
    out["macro_f1"] = round(sum(out[s]["f1"] for s in stances) / len(stances), 4) if stances else 0.0
    out["stance"] = {s: _prf(total[f"stance:{s}"])["f1"] for s in stances}
    out["id"] = round(total["id"][0] / total["id"][1], 4) if total["id"][1] else 0.0
    out["articles"] = len(counted)
    if bootstrap and stances:
        per_article = [[sum(c.counts[s][n] for s in stances) for n in range(3)] for c in counted]
        rng = random.Random(0)
        sample = sorted(
            round(f1(*(float(sum(x[n] for x in drawn)) for n in range(3))), 4)
            for drawn in (rng.choices(per_article, k=len(per_article)) for _ in range(bootstrap))
        )
        out["statements"]["ci95"] = [sample[int(0.025 * len(sample))], sample[int(0.975 * (len(sample) - 1))]]
    return out


def measure(articles: Sequence[Article], records: Mapping[str, Record], codebook: Codebook, bootstrap: int = 1000) -> tuple[dict[str, Any], list[Mistake]]:
    """Metrics of scored articles, by doc_id, against annotated ones; and the mistakes."""
    counted = [count_article(a, records.get(a.doc_id), codebook) for a in articles]
    return summarise(counted, codebook, bootstrap), [m for c in counted for m in c.mistakes]
