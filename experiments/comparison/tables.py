"""Measures and slices of several runs side by side, with intervals of their differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import mean
from typing import Any

import numpy as np

from ...training.evaluation.behaviour import TITLES
from ..tracking.metrics import BEHAVIOUR
from .counts import Counts, Floats, Ints, calibration_error, f1_of
from .recipes import recipe_difference
from .results import MeasureRow
from .significance import Interval, bootstrap_interval, interval_of, resampled_sums

# Fewer than for the verdict: there are dozens of rows.
RESAMPLES = 1999
# Slices with fewer gold statements are left out: chance decides there.
MIN_SUPPORT = 10

Group = Sequence[Counts]


def measure_rows(groups: Sequence[Group]) -> list[MeasureRow]:
    """F1 of every measure and the calibration error.

    Args:
        groups: counts of each side, one per seed; all of the same articles.
    """
    rows = [
        _f1_row("F1", name, [[c.measures[name] for c in group] for group in groups])
        for name in groups[0][0].measures
        if all(name in c.measures for group in groups for c in group)
    ]
    errors = tuple(mean(float(calibration_error(c.calibration.sum(axis=0))) for c in g) for g in groups)
    intervals = tuple(_calibration_interval(groups[0], g) for g in groups[1:])
    return [*rows, MeasureRow("calibration", "calibration error", None, errors, intervals)]


def slice_rows(groups: Sequence[Group]) -> list[MeasureRow]:
    """F1 of statements by slice; slices with fewer than `MIN_SUPPORT` gold statements are left out.

    Args:
        groups: see `measure_rows`.
    """
    out = []
    for criterion, names in groups[0][0].slices.items():
        rows = []
        for name in names:
            found = [
                [c.slices[criterion].get(name, np.zeros((len(c), 3), np.int64)) for c in g] for g in groups
            ]
            if int(found[0][0][:, 2].sum()) >= MIN_SUPPORT:
                rows.append(_f1_row(criterion, name, found))
        # A single slice says the same as all statements.
        out += rows if len(rows) > 1 else []
    return out


def _f1_row(group: str, name: str, counts: Sequence[Sequence[Ints]]) -> MeasureRow:
    support = int(counts[0][0][:, 2].sum())
    values = tuple(mean(float(f1_of(c.sum(axis=0))) for c in side) for side in counts)
    measured = [any(c.any() for c in side) for side in counts]
    return MeasureRow(
        group,
        name,
        support,
        tuple(v if ok else None for v, ok in zip(values, measured, strict=True)),
        tuple(_interval(counts[0], side) for side in counts[1:]),
    )


def _interval(first: Sequence[Ints], second: Sequence[Ints]) -> Interval:
    if len(first) == len(second) == 1:
        return bootstrap_interval(first[0], second[0], RESAMPLES)
    return recipe_difference(first, second, RESAMPLES).interval


def _calibration_interval(first: Group, second: Group) -> Interval:
    sums = resampled_sums([c.calibration for c in (*first, *second)], RESAMPLES)

    def errors(own: Sequence[Floats]) -> Any:
        return sum(calibration_error(bins) for bins in own) / len(own)

    def whole(group: Group) -> float:
        return mean(float(calibration_error(c.calibration.sum(axis=0))) for c in group)

    drawn = errors(sums[len(first) :]) - errors(sums[: len(first)])
    return interval_of(drawn, whole(second) - whole(first))


# Metrics of a run that cost time, by their names in MLflow.
COSTS = {"training time, s": "seconds", "scoring, sentences/s": "sentences_per_second"}


def cost_rows(sides: Sequence[Sequence[Any]]) -> list[MeasureRow]:
    """Training time and scoring speed, the mean over the runs of each side; without intervals.

    Args:
        sides: MLflow runs of each side.
    """
    rows = [MeasureRow("cost", t, None, _means(sides, name), ()) for t, name in COSTS.items()]
    return [row for row in rows if any(v is not None for v in row.values)]


def behaviour_rows(sides: Sequence[Sequence[Any]]) -> list[MeasureRow]:
    """The share of behavioural items that are right, the mean over the runs of each side; no intervals.

    Args:
        sides: MLflow runs of each side.
    """
    names = {title: f"{BEHAVIOUR}/{category}" for category, title in TITLES.items()}
    rows = [MeasureRow(BEHAVIOUR, t, None, _means(sides, name), ()) for t, name in names.items()]
    return [row for row in rows if any(v is not None for v in row.values)]


def _means(sides: Sequence[Sequence[Any]], metric: str) -> tuple[float | None, ...]:
    value: Callable[[Any], float | None] = lambda run: run.data.metrics.get(metric)  # noqa: E731
    found = [[v for run in side if (v := value(run)) is not None] for side in sides]
    return tuple(mean(values) if values else None for values in found)
