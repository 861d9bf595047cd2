"""The counts per article that promotions are decided by, from the predictions that runs keep."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...data.errors import InputError
from ..comparison.counts import Counts, Ints, counts_of
from ..comparison.reading import predictions_of
from ..tracking.connection.failures import failures


def kept_counts(mlflow: Any, run_id: str, split: str) -> Counts | None:
    """The counts of a run; None if it kept no predictions of the split, or they cannot be read.

    Args:
        mlflow: the module, connected to a store.
        run_id: a training run.
        split: `validation` or `test`.
    """
    try:
        return counts_of(predictions_of(mlflow.get_run(run_id), split))
    except InputError:
        return None
    except failures():
        return None


def paired(new: Counts | None, old: Counts | None) -> tuple[Ints, Ints] | None:
    """The counts of the measure that decides, for the same articles in the same order.

    Returns:
        Matched, predicted and gold items (articles x 3) of both; None if one is missing, or the articles
        differ.
    """
    if new is None or old is None or new.headline != old.headline:
        return None
    if dict(zip(new.doc_ids, new.texts, strict=True)) != dict(zip(old.doc_ids, old.texts, strict=True)):
        return None
    position = {doc_id: n for n, doc_id in enumerate(old.doc_ids)}
    order = np.array([position[doc_id] for doc_id in new.doc_ids], dtype=np.int64)
    return new.measures[new.headline], old.measures[old.headline][order]
