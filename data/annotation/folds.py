"""Folds of annotated articles, for cross-validation and for scores of articles that a model has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, plural
from ..schema import Article


def _strata(articles: Sequence[Article]) -> list[str]:
    """The most frequent stance or label of each article, to stratify folds by; empty if there is none."""
    out = []
    for article in articles:
        held = [s.stance for x in article.sentences for s in x.statements] or [
            name for x in article.sentences for name in x.labels
        ]
        out.append(max(sorted(set(held)), key=held.count) if held else "")
    return out


def assign_folds(articles: Sequence[Article], folds: int, seed: int) -> NDArray[np.int64]:
    """Assign articles to folds, stratified by stance. Conflicts are kept whole if there are enough of them.

    Returns:
        The fold of each article, from 0.

    Raises:
        InputError: there are fewer articles than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if len(articles) < folds:
        raise InputError(
            f"{plural(len(articles), 'article')} cannot be split into {folds} folds",
            hint="annotate more articles, or use fewer folds",
        )
    conflicts = [a.conflict for a in articles]
    strata = _strata(articles)
    # Classes with fewer articles than folds are merged into the most common class.
    common = max(sorted(set(strata)), key=strata.count)
    classes = np.array([s if strata.count(s) >= folds else common for s in strata])
    out = np.zeros(len(articles), dtype=np.int64)
    if all(conflicts) and len(set(conflicts)) >= folds:
        parts = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(
            classes, classes, [str(c) for c in conflicts]
        )
    else:
        parts = StratifiedKFold(folds, shuffle=True, random_state=seed).split(classes, classes)
    for n, (_, held) in enumerate(parts):
        out[held] = n
    return out
