"""Train, validation and test splits for corpora that come without them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ..schema import SPLITS, Article


def with_splits(articles: Sequence[Article], seed: int) -> tuple[list[Article], str]:
    """Give a split to the articles that have none: about 70, 15 and 15 % of them, by conflict.

    A conflict stays whole. Where fewer than three conflicts are left to deal, it is done by article instead.

    Returns:
        The articles, and a line saying how the split was made ("given" where nothing had to be).
    """
    missing = [a for a in articles if a.split is None]
    if not missing:
        return list(articles), "given"
    # A conflict that has a split already keeps it: an article more must not leak.
    settled = {a.conflict: a.split for a in articles if a.split and a.conflict}
    made: dict[str, str] = {
        a.doc_id: split for a in missing if (split := settled.get(a.conflict or "")) is not None
    }
    rest = [a for a in missing if a.doc_id not in made]
    by_conflict = all(a.conflict for a in rest) and len({a.conflict for a in rest} | set(settled)) >= 3
    groups: dict[str, list[Article]] = {}
    for article in rest:
        groups.setdefault((article.conflict if by_conflict else article.doc_id) or article.doc_id, []).append(
            article
        )
    names = sorted(groups)
    random.Random(seed).shuffle(names)
    filled = {s: sum(a.split == s or made.get(a.doc_id) == s for a in articles) for s in SPLITS}
    share = {"train": 0.7, "validation": 0.15, "test": 0.15}
    for name in sorted(names, key=lambda n: -len(groups[n])):
        split = min(SPLITS, key=lambda s: (filled[s] + 1e-9) / share[s])
        filled[split] += len(groups[name])
        made |= {a.doc_id: split for a in groups[name]}
    out = [a if a.split else a.model_copy(update={"split": made[a.doc_id]}) for a in articles]
    how = (
        "conflict"
        if by_conflict
        else "article, for too few conflicts are named: figures on it are of seen conflicts"
    )
    return out, f"made by {how}"
