"""Precision, recall and F1 of scored articles, over (stance, actor) pairs per sentence.

A scored statement matches a gold statement with the same stance and sentence if the intersection of their
actor spans is at least a fifth of the union, if both actors have the same identity and it names a party, or
if neither actor is named. Each (stance, actor) pair counts once, regardless of its number of targets;
`with_target` counts (stance, actor, target) triples.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...data.annotation.counting import ArticleCounts, Count, Mistake, count_article, f1, total
from ...data.codebook import Codebook
from ...data.record import Record
from ...data.schema import Article


# Not scikit-learn's `precision_recall_fscore_support`: matching spans gives counts, not label vectors.
def _precision_recall_f1(count: Count) -> dict[str, float]:
    true, predicted, gold = count
    return {
        "precision": round(true / predicted if predicted else 0.0, 4),
        "recall": round(true / gold if gold else 0.0, 4),
        "f1": round(f1(true, predicted, gold), 4),
        "support": gold,
        "predicted": predicted,
    }


def weighted_f1(count: Count, sentences: int) -> float:
    """F1 averaged over sentences with and without a label, weighted by support, as published for BABE.

    Args:
        count: matched, predicted and gold sentences with the label.
        sentences: the number of sentences.
    """
    true, predicted, gold = count
    if not sentences:
        return 0.0
    f1_without = f1(sentences - predicted - gold + true, sentences - predicted, sentences - gold)
    return (f1(true, predicted, gold) * gold + f1_without * (sentences - gold)) / sentences


def summarise(counted: Sequence[ArticleCounts], codebook: Codebook, bootstrap: int = 1000) -> dict[str, Any]:
    """Metrics from the counts of articles.

    Args:
        counted: the counts of at least one article.
        codebook: its stances and labels are measured.
        bootstrap: resamples of articles for the 95% confidence interval of the statements' F1; 0 for none.

    Returns:
        `precision`, `recall` and `f1` (0 to 1), `support` (gold) and `predicted` of `statements`, of each
        stance, of `with_target` and of each label; `ci95`, the confidence interval, in `statements`;
        `macro_f1` over stances; `stance`, the F1 of each stance regardless of actors; `weighted_f1` of each
        label; `id`, the fraction of matched statements whose actor has the right identity; `articles`, the
        number of articles.
    """
    totals = {k: total(c.counts[k] for c in counted) for k in counted[0].counts}
    identities, sentences = total(c.identities for c in counted), sum(c.sentences for c in counted)
    stances = codebook.stance_names
    out: dict[str, Any] = {"statements": _precision_recall_f1(total(totals[s] for s in stances))}
    out |= {k: _precision_recall_f1(totals[k]) for k in (*stances, "with_target", *codebook.label_names)}
    out["weighted_f1"] = {
        name: round(weighted_f1(totals[name], sentences), 4) for name in codebook.label_names
    }
    out["macro_f1"] = round(sum(out[s]["f1"] for s in stances) / len(stances), 4) if stances else 0.0
    out["stance"] = {s: _precision_recall_f1(totals[f"stance:{s}"])["f1"] for s in stances}
    out["id"] = round(identities.matched / identities.predicted, 4) if identities.predicted else 0.0
    out["articles"] = len(counted)
    if bootstrap and stances:
        per_article = [total(c.counts[s] for s in stances) for c in counted]
        rng = random.Random(0)
        sample = [
            f1(*(float(sum(x[n] for x in drawn)) for n in range(3)))
            for drawn in (rng.choices(per_article, k=len(per_article)) for _ in range(bootstrap))
        ]
        out["statements"]["ci95"] = [round(float(q), 4) for q in np.quantile(sample, (0.025, 0.975))]
    return out


def measure(
    articles: Sequence[Article],
    records: Mapping[str, Record],
    codebook: Codebook,
    bootstrap: int = 1000,
) -> tuple[dict[str, Any], list[Mistake]]:
    """Compare scored articles with annotated ones.

    Args:
        articles: the annotated articles, at least one.
        records: the scored articles by doc_id; a missing one counts as an article without statements.
        codebook: its stances and labels are measured.
        bootstrap: see `summarise`.

    Returns:
        The metrics (see `summarise`), and the missed and extra statements.
    """
    counted = [count_article(a, records.get(a.doc_id), codebook) for a in articles]
    return summarise(counted, codebook, bootstrap), [m for c in counted for m in c.mistakes]
