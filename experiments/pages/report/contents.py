"""What a report is made from: runs, their predictions and counts, and their comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ....data.errors import InputError
from ....training.evaluation.predictions import Predictions
from ...comparison.compare import compare, shared_articles
from ...comparison.counts import Counts, counts_of
from ...comparison.reading import common_split, predictions_of
from ...comparison.results import Comparison, MeasureRow
from ...comparison.sides import runs_named
from ...comparison.significance import Interval, bootstrap_interval
from ...comparison.tables import RESAMPLES, behaviour_rows, cost_rows, measure_rows, slice_rows
from ...tracking.final_runs import SETTINGS_OF, is_final, measured_by
from ...tracking.lookup import named_run

# Panels and colours tell as many sides apart.
MAX_SIDES = 6
# A bootstrap over fewer articles says nothing.
MIN_ARTICLES = 5


@dataclass(frozen=True, slots=True)
class ReportSide:
    """One run of a report.

    Attributes:
        letter: `A`, `B` …
        title: its name and id.
        run: the MLflow run whose model stands for it.
        predictions: of the split of the report.
        counts: of the articles that all runs were measured on.
        final: the run of the final model that inherits the figures of `run`, if that is what was named.
    """

    letter: str
    title: str
    run: Any
    predictions: Predictions
    counts: Counts
    final: Any = None


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a report shows.

    Attributes:
        split: the articles, such as `validation`.
        sides: the first is the baseline.
        comparison: None if there is one side only.
        measures, slices: F1 and other values of all sides.
        intervals: with one side only, the 95% intervals of its F1 by group and name of the row; others are
            not known, see `own_interval`.
    """

    split: str
    sides: tuple[ReportSide, ...]
    comparison: Comparison | None
    measures: tuple[MeasureRow, ...]
    slices: tuple[MeasureRow, ...]
    intervals: Mapping[tuple[str, str], Interval] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The measure that decides."""
        return self.sides[0].counts.headline


def read_contents(
    names: Sequence[str], split: str | None = None, advance: Callable[[int], None] = lambda _: None
) -> Contents:
    """Read runs and compare them.

    Args:
        names: runs or models, see `experiments.comparison.compare`.
        split: see there.
        advance: called with 1 after each run that was read.

    Raises:
        InputError: a run does not exist, or keeps no predictions of the split; there are too many runs; or
            they have no article in common.
    """
    if len(names) > MAX_SIDES:
        raise InputError(f"{len(names)} runs are too many for a report", hint=f"name at most {MAX_SIDES}")
    if len(names) == 1:
        return _of_one(names[0], split, advance)
    comparison = compare(names, split, advance)
    sides = []
    for info in comparison.sides:
        run = named_run(info.model)
        predictions = predictions_of(run, comparison.split)
        sides.append(ReportSide(info.letter, info.title, run, predictions, counts_of(predictions)))
    return Contents(
        comparison.split, _on_shared_articles(sides), comparison, comparison.measures, comparison.slices
    )


def _on_shared_articles(sides: Sequence[ReportSide]) -> tuple[ReportSide, ...]:
    shared, _ = shared_articles([side.counts for side in sides])
    return tuple(replace(side, counts=side.counts.of_articles(shared)) for side in sides)


def _of_one(name: str, split: str | None, advance: Callable[[int], None]) -> Contents:
    run = runs_named(name)[0][0]
    final, title = None, _title(run)
    if is_final(run) and run.data.tags.get(SETTINGS_OF):
        final, run = run, named_run(run.data.tags[SETTINGS_OF])
        title = f"{title}, figures {measured_by(run.info.run_id)}"
    split = common_split([run], split)
    predictions = predictions_of(run, split)
    advance(1)
    counts = counts_of(predictions)
    side = ReportSide("A", title, run, predictions, counts, final)
    measures = (*measure_rows([[counts]]), *behaviour_rows([[run]]), *cost_rows([[run]]))
    slices = tuple(slice_rows([[counts]]))
    intervals = {
        (row.group, row.name): interval
        for row in (*measures, *slices)
        if (interval := own_interval(counts, row.group, row.name))
    }
    return Contents(split, (side,), None, measures, slices, intervals)


def _title(run: Any) -> str:
    return f"{run.info.run_name or run.data.tags.get('config', 'run')} ({run.info.run_id[:8]})"


def own_interval(counts: Counts, group: str, name: str) -> Interval | None:
    """The 95% interval of the F1 of one run itself.

    Args:
        group: `F1`, or the criterion of a slice.
        name: of the measure or slice.

    Returns:
        None for what is not an F1, or was found in fewer than `MIN_ARTICLES` articles.
    """
    table = counts.measures if group == "F1" else counts.slices.get(group, {})
    found = table.get(name, np.zeros((0, 3), dtype=np.int64))
    # A resample without any article of a slice has no F1, so only its articles are drawn.
    found = found[found.any(axis=1)]
    if len(found) < MIN_ARTICLES:
        return None
    # The difference to a model that finds nothing, whose F1 is 0.
    return bootstrap_interval(np.zeros_like(found), found, RESAMPLES)
