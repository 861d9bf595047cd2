"""What the figures of a report rest on, and what they leave open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from ....data.errors import plural
from ...comparison.significance import MIN_CONFLICTS
from ...comparison.tables import MIN_SUPPORT
from ...review.runs import corpus_of, registered_models
from ...tracking.provenance import GIT_COMMIT
from ...tracking.versions import list_versions
from .contents import Contents

# Titles, and where a run has the value.
_ROWS: tuple[tuple[str, Callable[[Any], str | None]], ...] = (
    ("run", lambda r: r.info.run_id),
    ("started", lambda r: datetime.fromtimestamp(r.info.start_time / 1000).strftime("%Y-%m-%d %H:%M")),
    ("config", lambda r: r.data.tags.get("config")),
    ("changed settings", lambda r: r.data.tags.get("changed") or None),
    ("seed", lambda r: r.data.params.get("seed")),
    ("corpus", lambda r: corpus_of(r.data.params) or None),
    ("corpus SHA-256", lambda r: r.data.tags.get("corpus_sha256", "")[:12]),
    ("label set", lambda r: r.data.tags.get("codebook_name")),
    ("commit of the project", lambda r: r.data.tags.get(GIT_COMMIT, "")[:12]),
    ("uncommitted changes", lambda r: r.data.tags.get("mlflow.source.git.dirty")),
    ("stancewire", lambda r: r.data.tags.get("stancewire")),
    ("trained by", lambda r: r.data.tags.get("mlflow.user")),
)


def provenance(contents: Contents) -> list[tuple[str, list[str]]]:
    """Title and value for each side of what identifies the runs; rows without any value are left out."""
    models = registered_models(list_versions())
    runs = [side.run for side in contents.sides]
    rows = [(title, [value(run) or "" for run in runs]) for title, value in _ROWS]
    rows.insert(1, ("registered as", [models.get(run.info.run_id, "") for run in runs]))
    finals = [side.final.info.run_id if side.final is not None else "" for side in contents.sides]
    rows.insert(2, ("run of the final model", finals))
    rows.insert(3, ("final model registered as", [models.get(run_id, "") for run_id in finals]))
    return [(title, values) for title, values in rows if any(values)]


def not_measured(contents: Contents, *, epochs: bool, curve: bool, texts: bool) -> list[str]:
    """What the report does not say, one sentence each.

    Args:
        epochs: whether a run has epochs.
        curve: whether a learning curve was given.
        texts: whether the texts of all errors were found.
    """
    return [*_of_comparison(contents), *_of_runs(contents, epochs, curve, texts)]


def _of_comparison(contents: Contents) -> Iterator[str]:
    counts = contents.sides[0].counts
    comparison = contents.comparison
    if contents.sides[0].final is not None:
        yield (
            "The final model itself: it was trained on all articles, these included. The figures are those "
            "of a model with the same settings that was trained without the validation and test articles."
        )
    if comparison is None:
        yield "Whether another model or recipe is better: name several runs to compare them."
        return
    for verdict in comparison.recipes:
        if verdict.difference is None:
            yield f"Whether recipe {verdict.side} is better than recipe A. {verdict.sentence}"
    if comparison.conflicts < MIN_CONFLICTS:
        yield (
            f"Whether the result holds for other conflicts: these articles are about "
            f"{plural(comparison.conflicts, 'conflict')}; a test over conflicts needs {MIN_CONFLICTS}."
        )
    if comparison.left_out:
        yield (
            f"{plural(comparison.left_out, 'article')}, because not all runs were measured on them; the "
            f"figures are of the other {len(counts)}."
        )


def _of_runs(contents: Contents, epochs: bool, curve: bool, texts: bool) -> Iterator[str]:
    if contents.split == "validation":
        yield (
            "The test articles: they are for the last look. Thresholds and calibration were fitted on the "
            "validation articles, so that these figures are somewhat too high."
        )
    yield f"Slices with fewer than {MIN_SUPPORT} annotated statements, where chance decides."
    if not curve:
        yield (
            "What more annotation would bring: draw a learning curve with `stancewire experiments "
            "learning-curve`, and name its table with --learning-curve."
        )
    if not epochs:
        yield "Training by epoch: linear classifiers have none."
    if not texts:
        yield "The wording of some errors: their texts were not found on this machine."
    if not any(r.group == "cost" for r in contents.measures):
        yield "Training time and scoring speed: these runs logged none."
