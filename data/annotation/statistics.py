"""Descriptive statistics of a corpus."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..schema import SPLITS, Article
from ..text.gazetteer import gazetteer
from ..text.spacy_parser import ParseCache

# Dependency labels of subordinate clauses (ClearNLP labels, as used by en_core_web).
CLAUSES = ("ccomp", "xcomp", "advcl", "relcl", "acl", "csubj", "pcomp", "parataxis")

PRONOUN, COMMON, NAMED, UNNAMED = "pronoun", "common noun", "name", "unnamed"
_PRONOUNS = frozenset(
    "he she it they we i his her its their my our who which that you him them us one those".split()
)


def actor_kind(text: str) -> str:
    """Classify the words of an actor as `PRONOUN`, `NAMED` or `COMMON`.

    An actor is named if a word after the first is capitalised, or if it is a single capitalised word: "the
    army of Sudan" is; "the rebels", "Officials" and "a senior commander" are not.
    """
    words = text.split()
    if len(words) == 1 and words[0].lower() in _PRONOUNS:
        return PRONOUN
    if any(w[:1].isupper() for w in words[1:]):
        return NAMED
    # The first word may be capitalised because it starts the sentence. A single word is a name unless it is a
    # plural that is not in the gazetteer ("Officials").
    [first, *rest] = words
    if rest or not first[:1].isupper():
        return COMMON
    return NAMED if not first.endswith("s") or gazetteer().find(first) else COMMON


def count(articles: Sequence[Article]) -> dict[str, Any]:
    """Statistics of a group of articles.

    Returns:
        Numbers of articles, conflicts, sentences, statements (overall and by stance), labels and near misses;
        sentence lengths in words (`words_mean`, `words_median`, `words_p90`); and proportions in [0, 1]:
        `loaded_share` and `quoted_share` of sentences, `unnamed_actors`, `pronoun_actors`,
        `common_noun_actors` and `with_target` of statements. `statements_per_sentence` is a ratio.
    """
    sentences = [s for a in articles for s in a.sentences]
    statements = [x for s in sentences for x in s.statements]
    words = [len(s.text.split()) for s in sentences] or [0]
    actors = [x.actor.text if x.actor else None for x in statements]
    n, m = max(1, len(sentences)), max(1, len(statements))
    kinds = Counter(actor_kind(text) for text in actors if text is not None)
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
        "words_p90": round(float(np.quantile(words, 0.9)), 1),
        "quoted_share": round(sum(any(q in s.text for q in '“"') for s in sentences) / n, 3),
        "unnamed_actors": round(sum(a is None for a in actors) / m, 3),
        "pronoun_actors": round(kinds[PRONOUN] / m, 3),
        "common_noun_actors": round(kinds[COMMON] / m, 3),
        "with_target": round(sum(x.target is not None for x in statements) / m, 3),
    }


# Statistics that are meaningless for articles without annotations.
ANNOTATION_COUNTS = (
    "statements",
    "near_misses",
    "statements_per_sentence",
    "loaded_share",
    "unnamed_actors",
    "pronoun_actors",
    "common_noun_actors",
    "with_target",
)


def _grouped(articles: Iterable[Article], key: str) -> dict[str, list[Article]]:
    out: dict[str, list[Article]] = {}
    for a in articles:
        out.setdefault(getattr(a, key) or "–", []).append(a)
    return out


def describe(articles: Sequence[Article], others: Mapping[str, Sequence[Article]]) -> dict[str, Any]:
    """The statistics of a corpus.

    Args:
        others: corpora to compare it with, by name.

    Returns:
        `columns`: `count` of all articles, of each split and of each other corpus; `conflicts` and `genres`:
        `count` by conflict and by genre.
    """
    by_split = _grouped(articles, "split")
    columns: dict[str, dict[str, Any]] = {
        "all": count(articles),
        **{s: count(by_split[s]) for s in (*SPLITS, "–") if s in by_split},
    }
    columns |= {name: count(other) for name, other in others.items()}
    for name, other in others.items():
        # A corpus without a single statement or label is considered unannotated.
        if not any(s.statements or s.labels for a in other for s in a.sentences):
            columns[name] |= {**dict.fromkeys(ANNOTATION_COUNTS), "stances": {}, "labels": {}}
    return {
        "columns": columns,
        "conflicts": {k: count(v) for k, v in sorted(_grouped(articles, "conflict").items())},
        "genres": {k: count(v) for k, v in sorted(_grouped(articles, "genre").items())},
    }


def parsed_shares(
    articles: Sequence[Article],
    cached: ParseCache | None = None,
    advance: Callable[[int], None] | None = None,
) -> dict[str, float]:
    """Statistics that need a parse, for annotated and unannotated articles.

    Args:
        cached: the cache of parses; None parses everything.
        advance: called with the number of sentences parsed since the last call.

    Returns:
        `clauses_mean`, the number of finite and participle clauses per sentence; `clause_depth_mean` and
        `clause_depth_p90`, the depth of nesting (0 for a main clause alone); `pronoun_subjects` and
        `common_noun_subjects`, proportions of the subjects of verbs, in [0, 1].
    """
    from ..text.analysis import analyse
    from ..text.segmentation.sentences import annotated_segments

    sentences = analyse([s for a in articles for s in annotated_segments(a)], gazetteer(), cached, advance)
    clauses, depths, subjects = [], [], Counter[str]()
    for sentence in sentences:
        parse = sentence.parse
        verbs = [i for i in range(len(parse)) if parse.deps[i] in CLAUSES]
        clauses.append(1 + len(verbs))
        depths.append(
            max((1 + sum(parse.deps[j] in CLAUSES for j in parse.ancestors(i)) for i in verbs), default=0)
        )
        for i in range(len(parse)):
            if parse.deps[i] in ("nsubj", "nsubjpass") and parse.pos[i] in ("PRON", "NOUN", "PROPN"):
                subjects[parse.pos[i]] += 1
    n, m = max(1, len(sentences)), max(1, subjects.total())
    return {
        "clauses_mean": round(sum(clauses) / n, 2),
        "clause_depth_mean": round(sum(depths) / n, 2),
        "clause_depth_p90": round(float(np.quantile(depths or [0], 0.9)), 1),
        "pronoun_subjects": round(subjects["PRON"] / m, 3),
        "common_noun_subjects": round(subjects["NOUN"] / m, 3),
    }
