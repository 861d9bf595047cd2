"""Train, validation and test splits for corpora that have none."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from ..schema import SPLITS, Article

# Of train, validation and test.
SHARES = (0.7, 0.15, 0.15)


def with_splits(
    articles: Sequence[Article], seed: int, shares: Sequence[float] = SHARES
) -> tuple[list[Article], str]:
    """Assign articles without a split to train, validation and test, by conflict.

    All articles of a conflict are in one split, so that the test articles are about other conflicts than the
    training articles. If fewer conflicts than splits are named, articles are assigned one by one. Articles
    with a split keep it: the others fill the splits up to their shares.

    Args:
        seed: the same seed and articles give the same splits, regardless of the order of the articles.
        shares: about this fraction of all articles goes to train, validation and test; they add up to 1.

    Returns:
        The articles, and how the split was made, for the log ("given" if every article had one).
    """
    missing = [a for a in articles if a.split is None]
    if not missing:
        return list(articles), "given"
    # Articles of a conflict that already has a split join it.
    assigned = {a.conflict: a.split for a in articles if a.split and a.conflict}
    new: dict[str, str] = {
        a.doc_id: split for a in missing if (split := assigned.get(a.conflict or "")) is not None
    }
    rest = [a for a in missing if a.doc_id not in new]
    by_conflict = all(a.conflict for a in rest) and len({a.conflict for a in rest} | set(assigned)) >= sum(
        share > 0 for share in shares
    )
    sizes = {s: sum(a.split == s or new.get(a.doc_id) == s for a in articles) for s in SPLITS}
    new |= _assign(rest, by_conflict, sizes, seed, dict(zip(SPLITS, shares, strict=True)))
    out = [a if a.split else a.model_copy(update={"split": new[a.doc_id]}) for a in articles]
    how = (
        "conflict"
        if by_conflict
        else "article, because too few conflicts are named: scores are on conflicts seen in training"
    )
    if tuple(shares) != SHARES:
        how = f"{how}; shares {', '.join(f'{share:g}' for share in shares)}"
    return out, f"made by {how}"


def _assign(
    articles: Sequence[Article],
    by_conflict: bool,
    sizes: dict[str, int],
    seed: int,
    shares: Mapping[str, float],
) -> dict[str, str]:
    """Assign groups of articles, the largest first, to the split that is furthest below its share.

    Args:
        by_conflict: whether to assign whole conflicts; otherwise single articles.
        sizes: the number of articles in each split so far; it is updated.
        shares: the fraction of all articles that each split should have.

    Returns:
        The split of each article by doc_id.
    """
    groups: dict[str, list[Article]] = {}
    for article in articles:
        key = (article.conflict if by_conflict else None) or article.doc_id
        groups.setdefault(key, []).append(article)
    names = sorted(groups)
    random.Random(seed).shuffle(names)
    split_of: dict[str, str] = {}
    for name in sorted(names, key=lambda n: -len(groups[n])):
        split = min((s for s in SPLITS if shares[s]), key=lambda s: (sizes[s] + 1e-9) / shares[s])
        sizes[split] += len(groups[name])
        split_of |= {a.doc_id: split for a in groups[name]}
    return split_of
