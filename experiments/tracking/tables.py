"""Counts and slices of a run as tables, which MLflow shows and compares between runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

COUNTS, SLICES = "tables/counts.json", "tables/slices.json"
_COUNTS = "split name precision recall f1 f1_low f1_high matched predicted support".split()
_SLICES = "split criterion slice metric value support".split()
Row = tuple[str | float | int | None, ...]


def log_tables(mlflow: Any, metrics: Mapping[str, Mapping[str, Any]]) -> None:
    """Log to the current run a table of counts and one of slices.

    Args:
        mlflow: the module, connected to a store.
        metrics: by split, nested as `training.evaluation.metrics.measure` returns them; `slices`, if there
            are any, as `model_card.slices` returns them.
    """
    import pandas as pd

    for file, columns, rows in (
        (COUNTS, _COUNTS, [row for split, found in metrics.items() for row in _count_rows(split, found)]),
        (SLICES, _SLICES, [row for split, found in metrics.items() for row in _slice_rows(split, found)]),
    ):
        if rows:
            mlflow.log_table(pd.DataFrame(rows, columns=columns), file)


def _count_rows(split: str, metrics: Mapping[str, Any]) -> Iterator[Row]:
    """Statements, stances and labels: what was found, and how much of it is gold."""
    for name, found in metrics.items():
        if isinstance(found, Mapping) and {"f1", "support", "predicted"} <= set(found):
            low, high = found.get("ci95") or (None, None)
            matched = round(found["precision"] * found["predicted"])
            scores = found["precision"], found["recall"], found["f1"], low, high
            yield (split, name, *scores, matched, found["predicted"], found["support"])


def _slice_rows(split: str, metrics: Mapping[str, Any]) -> Iterator[Row]:
    for title, slices in metrics.get("slices", {}).items():
        metric, _, criterion = title.partition(" by ")
        for name, found in slices.items():
            yield split, criterion, name, metric, found[metric.lower()], found["support"]
