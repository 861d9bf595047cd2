"""What a corpus holds, in numbers."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .schema import Article


def count(articles: Sequence[Article]) -> dict[str, Any]:
    """Counts of articles, sentences, statements by stance, labels, near misses; sentence lengths in words; shares.

    Densities are per sentence; `unnamed`, `pronoun` and `quoted` are shares in [0, 1] of actors, actors and sentences.
    """
    sentences = [s for a in articles for s in a.sentences]
    statements = [x for s in sentences for x in s.statements]
    words = [len(s.text.split()) for s in sentences] or [0]
    pronouns = {"he", "she", "it", "they", "we", "i", "his", "her", "its", "their", "who", "you"}
    actors = [x.actor.text.lower() if x.actor else None for x in statements]
    n, m = max(1, len(sentences)), max(1, len(statements))
    return {
        "articles": len(articles),
        "conflicts": len({a.conflict for a in articles if a.conflict}),
        "sentences": len(sentences),
        "statements": len(statements),
        "stances": dict(sorted(Counter(x.stance for x in statements).items())),
        "labels": dict(sorted(Counter(x for s in sentences for x in s.labels).items())),
        "near_misses": sum(bool(s.near_miss) for s in sentences),
        "statements_per_sentence": round(len(statements) / n, 3),
        "loaded_share": round(sum("loaded" in s.labels for s in sentences) / n, 3),
        "words_mean": round(statistics.mean(words), 1),
        "words_median": statistics.median(words),
        "words_p90": sorted(words)[int(0.9 * (len(words) - 1))],
        "quoted_share": round(sum(any(q in s.text for q in '“"') for s in sentences) / n, 3),
        "unnamed_actors": round(sum(a is None for a in actors) / m, 3),
        "pronoun_actors": round(sum(a in pronouns for a in actors) / m, 3),
        "with_target": round(sum(x.target is not None for x in statements) / m, 3),
    }


def _grouped(articles: Iterable[Article], key: str) -> dict[str, list[Article]]:
    out: dict[str, list[Article]] = {}
    for a in articles:
        out.setdefault(getattr(a, key) or "–", []).append(a)
    return out


def describe(articles: Sequence[Article], beside: Mapping[str, Sequence[Article]]) -> dict[str, Any]:
    """Counts of the whole, by split, conflict and genre; and of other corpora to stand beside."""
    by_split = _grouped(articles, "split")
    columns: dict[str, dict[str, Any]] = {"all": count(articles), **{s: count(by_split[s]) for s in ("train", "validation", "test", "–") if s in by_split}}
    columns |= {name: count(other) for name, other in beside.items()}
    return {
        "columns": columns,
        "conflicts": {k: count(v) for k, v in sorted(_grouped(articles, "conflict").items())},
        "genres": {k: count(v) for k, v in sorted(_grouped(articles, "genre").items())},
    }
