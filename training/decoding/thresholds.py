"""Thresholds of stances: set on whole statements, as they are measured, not on mentions one by one.

Of the mentions over a threshold many end in one statement (a name and its apposition, two names of a party) and a wrong one
beside a right one often costs nothing. Thresholds that are best for mentions are therefore too high for statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.annotation.counting import count_article
from ..classifier import Scores
from .calibration import GRID, best_on_grid

if TYPE_CHECKING:
    from ..examples.dataset import Analysed
    from .labeller import Labeller


def lenient_records(labeller: Labeller, data: Analysed, scores: Sequence[Scores]) -> list[dict[str, Any]]:
    """Each article's record at the lowest threshold that is tried. A higher one leaves the statements of higher scores."""
    out: list[dict[str, Any]] = []
    for n in range(len(data.articles)):
        places: list[int] = np.flatnonzero(data.article_of == n).tolist()
        out.append(
            labeller.record(
                [data.sentences[i] for i in places], [scores[i] for i in places], min_score=float(GRID[0])
            )
        )
    return out


def stance_thresholds(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores], seed: int
) -> dict[str, float]:
    """The threshold of each stance with the best F1 over statements, averaged over resamples of articles.

    Args:
        labeller: its calibration and pairing are settled.
        scores: of each sentence of `data`.
    """
    codebook, records = labeller.codebook, lenient_records(labeller, data, scores)
    true, predicted, gold = np.zeros((3, len(codebook.stances), len(records), len(GRID)))
    for a, (article, record) in enumerate(zip(data.articles, records, strict=True)):
        for g, threshold in enumerate(GRID):
            kept = {**record, "statements": [s for s in record["statements"] if s["score"] >= threshold]}
            counts = count_article(article, kept, codebook).counts
            for k, stance in enumerate(codebook.stance_names):
                true[k, a, g], predicted[k, a, g], gold[k, a, g] = counts[stance]
    return {
        stance: best_on_grid(true[k], predicted[k], gold[k, :, 0], seed=seed)
        for k, stance in enumerate(codebook.stance_names)
    }
