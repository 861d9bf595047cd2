"""Thresholds of stances, tuned on statements rather than mentions, because statements are evaluated.

Several mentions above a threshold often result in a single statement (a name and its apposition, two names of
a party), and a false mention next to a true one often costs nothing. Thresholds tuned on mentions are
therefore too high for statements.
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


def records_at_lowest_threshold(labeller: Labeller, data: Analysed, scores: Sequence[Scores]) -> list[Record]:
    """The record of each article at the lowest threshold of the grid.

    The record at a higher threshold consists of the statements with at least that score.
    """
    out: list[Record] = []
    for n in range(len(data.articles)):
        indices = data.indices_of(n)
        out.append(
            labeller.record(
                [data.sentences[i] for i in indices], [scores[i] for i in indices], min_score=float(GRID[0])
            )
        )
    return out


def stance_thresholds(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores], seed: int
) -> dict[str, float]:
    """The threshold of each stance, in [0, 1], with the best F1 over statements.

    It is averaged over resamples of articles, see `best_on_grid`.

    Args:
        labeller: already calibrated, and with its thresholds of targets.
        scores: one per sentence of `data`.
    """
    codebook, records = labeller.codebook, records_at_lowest_threshold(labeller, data, scores)
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
