"""Thresholds of stances, tuned on whole statements as they are measured, not on mentions one by one.

Several mentions over a threshold often end in one statement (a name and its apposition, two names of a
party), and a false one beside a true one often costs nothing. Thresholds that are best for mentions are too
high for statements.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...data.annotation.counting import count_article
from ...data.record import Record
from ..classifier import Scores
from ..examples.dataset import Analysed
from .calibration import GRID, best_on_grid
from .labeller import Labeller


def lenient_records(labeller: Labeller, data: Analysed, scores: Sequence[Scores]) -> list[Record]:
    """The record of each article at the lowest threshold that is tried.

    At a higher threshold the record has the statements of at least that score.
    """
    out: list[Record] = []
    for n in range(len(data.articles)):
        indices: list[int] = np.flatnonzero(data.article_of == n).tolist()
        out.append(
            labeller.record(
                [data.sentences[i] for i in indices], [scores[i] for i in indices], min_score=float(GRID[0])
            )
        )
    return out


def stance_thresholds(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores], seed: int
) -> dict[str, float]:
    """The threshold in [0, 1] of each stance with the best F1 over statements, averaged over resamples of
    articles.

    Args:
        labeller: its calibrations and its threshold of targets are set.
        scores: one per sentence of `data`.
    """
    codebook, records = labeller.codebook, lenient_records(labeller, data, scores)
    true, predicted, gold = np.zeros((3, len(codebook.stances), len(records), len(GRID)))
    for a, (article, record) in enumerate(zip(data.articles, records, strict=True)):
        for g, threshold in enumerate(GRID):
            statements = tuple(s for s in record.statements if s.score >= threshold)
            kept = record.model_copy(update={"statements": statements})
            counts = count_article(article, kept, codebook).counts
            for k, stance in enumerate(codebook.stance_names):
                true[k, a, g], predicted[k, a, g], gold[k, a, g] = counts[stance]
    return {
        stance: best_on_grid(true[k], predicted[k], gold[k, :, 0], seed=seed)
        for k, stance in enumerate(codebook.stance_names)
    }
