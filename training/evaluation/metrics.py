"""How good scored articles are against annotated ones, counted per sentence over (stance, actor).

A scored statement matches a gold one of the same stance and sentence where the spans share a fifth of their union, or
where both identities are equal and name a party, or where both leave the actor unnamed. Each (stance, actor) counts once,
however many targets it has; `with_target` counts (stance, actor, target).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from ...data.annotation.counting import SENTENCES, ArticleCounts, Mistake, count_article, f1
from ...data.codebook import Codebook
from ...data.record import Record
from ...data.schema import Article


def _prf(counts: Sequence[int]) -> dict[str, float]:
    true, predicted, gold = counts
    return {
        "precision": round(true / predicted if predicted else 0.0, 4),
        "recall": round(true / gold if gold else 0.0, 4),
        "f1": round(f1(true, predicted, gold), 4),
        "support": gold,
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
    out["weighted_f1"] = {
        name: round(weighted_f1(total[name], total[SENTENCES][2]), 4) for name in codebook.label_names
    }
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


def measure(
    articles: Sequence[Article], records: Mapping[str, Record], codebook: Codebook, bootstrap: int = 1000
) -> tuple[dict[str, Any], list[Mistake]]:
    """Metrics of scored articles, by doc_id, against annotated ones; and the mistakes."""
    raw = {doc_id: record.to_dict() for doc_id, record in records.items()}
    counted = [count_article(a, raw.get(a.doc_id), codebook) for a in articles]
    return summarise(counted, codebook, bootstrap), [m for c in counted for m in c.mistakes]
