"""Make train, validation and test splits for corpora that have none."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ..schema import SPLITS, Article


def with_splits(articles: Sequence[Article], seed: int) -> tuple[list[Article], str]:
    """Assign articles without a split to train, validation and test: about 70, 15 and 15 %, by conflict.

    All articles of a conflict go into one split, so that none leaks. If there are fewer than three conflicts,
    articles are assigned one by one instead.

    Args:
        seed: the same seed and articles give the same splits, in whatever order the articles come.

    Returns:
        The articles, and how the split was made, for the log ("given" if every article had one).
    """
    missing = [a for a in articles if a.split is None]
    if not missing:
        return list(articles), "given"
    # A conflict that already has a split keeps it, so that a new article does not leak.
    assigned = {a.conflict: a.split for a in articles if a.split and a.conflict}
    new: dict[str, str] = {
        a.doc_id: split for a in missing if (split := assigned.get(a.conflict or "")) is not None
    }
    rest = [a for a in missing if a.doc_id not in new]
    by_conflict = all(a.conflict for a in rest) and len({a.conflict for a in rest} | set(assigned)) >= 3
    groups: dict[str, list[Article]] = {}
    for article in rest:
        key = (article.conflict if by_conflict else None) or article.doc_id
        groups.setdefault(key, []).append(article)
    names = sorted(groups)
    random.Random(seed).shuffle(names)
    filled = {s: sum(a.split == s or new.get(a.doc_id) == s for a in articles) for s in SPLITS}
    share = {"train": 0.7, "validation": 0.15, "test": 0.15}
    for name in sorted(names, key=lambda n: -len(groups[n])):
        split = min(SPLITS, key=lambda s: (filled[s] + 1e-9) / share[s])
        filled[split] += len(groups[name])
        new |= {a.doc_id: split for a in groups[name]}
    out = [a if a.split else a.model_copy(update={"split": new[a.doc_id]}) for a in articles]
    how = (
        "conflict"
        if by_conflict
        else "article, because too few conflicts are named: scores are on conflicts seen in training"
    )
    return out, f"made by {how}"
