"""The details of one run: grouped metrics, settings, thresholds and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..tracking.card.model_card import figures_of
from ..tracking.connection.addresses import redacted
from ..tracking.final_runs import final_of
from ..tracking.lifecycle.artifacts import artifact_json, find_artifacts
from ..tracking.lifecycle.clean import status_of
from ..tracking.metrics import ARTIFACT, BEHAVIOUR, nested_metrics
from ..tracking.versions import list_versions
from .runs import NOT_STANCES, find_run, registered_models

Cell = str | float | int | None
# Metrics of a whole split: key in the nested metrics, and name in the table.
_WHOLE = {
    "macro_f1": "macro-F1",
    "id": "identity accuracy",
    "identity_accuracy": "identity accuracy",
    "candidate_recall": "candidate recall",
    "trained_f1": "F1 before export",
    "name_flips": "changed by name swaps",
    "articles": "articles",
}


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """A small table. The first column names each row; None is an empty cell."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class RunDetails:
    """One run.

    Attributes:
        run: run id.
        name: name of the run in MLflow.
        when: start, in local time.
        status: MLflow's status (`FINISHED`, `FAILED`, `KILLED`, `RUNNING`), or `LOST`, see `RunRow`.
        registered: current version and aliases of its model.
        changed: settings that differ from the config, as one string.
        metrics: all metrics, nested by split.
        groups: the same as small tables: statements, by stance and label, roles, calibration, other.
        settings: parameters without thresholds.
        thresholds: by role and label, in [0, 1].
        tags: tags, without those of MLflow itself.
        artifacts: URI or folder of the run's artifacts.
        figures: of a final model, where its figures come from; empty for other runs.
    """

    run: str
    name: str
    when: str
    status: str
    registered: str
    changed: str
    metrics: dict[str, Any]
    groups: tuple[MetricGroup, ...]
    settings: dict[str, str]
    thresholds: dict[str, str]
    tags: dict[str, str]
    artifacts: str
    figures: str = ""


def run_details(run: str) -> RunDetails:
    """Find a run by its id, or by the first characters of the id.

    Raises:
        InputError: there is no such run, or several.
    """
    found = find_run(run)
    params, tags = dict(found.data.params), found.data.tags
    metrics = _all_metrics(found)
    prefix = "threshold."
    return RunDetails(
        run=found.info.run_id,
        name=found.info.run_name or "",
        when=datetime.fromtimestamp(found.info.start_time / 1000).strftime("%Y-%m-%d %H:%M:%S"),
        status=status_of(found),
        registered=registered_models(list_versions()).get(found.info.run_id, ""),
        changed=tags.get("changed", ""),
        metrics=metrics,
        groups=metric_groups(metrics),
        settings={k: v for k, v in params.items() if not k.startswith(prefix)},
        thresholds={k.removeprefix(prefix): v for k, v in params.items() if k.startswith(prefix)},
        tags={k: v for k, v in tags.items() if not k.startswith("mlflow.")},
        artifacts=str(find_artifacts(found.info.artifact_uri) or redacted(found.info.artifact_uri)),
        figures=figures_of(final) if (final := final_of(found)) is not None else "",
    )


def _all_metrics(run: Any) -> dict[str, Any]:
    """The metrics in the run's artifact, if there is one, and those that are only in MLflow."""
    flat = nested_metrics(run.data.metrics)
    everything = artifact_json(run, ARTIFACT) or {}  # none of an older or unfinished run
    return everything | {k: v for k, v in flat.items() if k not in everything}


def metric_groups(metrics: Mapping[str, Any]) -> tuple[MetricGroup, ...]:
    """Nested metrics as small tables; tables without rows are left out."""
    splits = {k: v for k, v in metrics.items() if _is_split(v)}
    rest = {k: v for k, v in metrics.items() if k not in splits}
    groups = (
        _statements(splits),
        _by_stance(splits),
        _roles(splits),
        _calibration(splits, rest.pop("parity", {})),
        _behaviour(rest.pop(BEHAVIOUR, {})),
        MetricGroup("system", ("", "last value"), tuple(_numbers(rest.pop("system", {})))),
        MetricGroup("other", ("", "value"), tuple(_numbers(rest))),
    )
    return tuple(g for g in groups if g.rows)


def _is_split(value: object) -> bool:
    """Whether these are the metrics of a split: one of them is a table with F1."""
    return isinstance(value, Mapping) and any(isinstance(v, Mapping) and "f1" in v for v in value.values())


def _interval(m: Mapping[str, Any]) -> tuple[Cell, Cell]:
    low, high = m.get("ci95", (m.get("ci95_low"), m.get("ci95_high")))
    return low, high


def _prf(m: Mapping[str, Any]) -> tuple[Cell, ...]:
    return tuple(m.get(k) for k in ("precision", "recall", "f1", "support", "predicted"))


def _statements(splits: Mapping[str, Mapping[str, Any]]) -> MetricGroup:
    whole = {key: name for key, name in _WHOLE.items() if any(key in m for m in splits.values())}
    columns = (
        "",
        "precision",
        "recall",
        "F1",
        "support",
        "predicted",
        "95% low",
        "95% high",
        *whole.values(),
    )
    rows = [
        (split, *_prf(m["statements"]), *_interval(m["statements"]), *(m.get(k) for k in whole))
        for split, m in splits.items()
        # For label sets without stances the table is all zeros.
        if m.get("statements", {}).get("support") != 0 and "statements" in m
    ]
    return MetricGroup("statements", columns, tuple(rows))


def _by_stance(splits: Mapping[str, Mapping[str, Any]]) -> MetricGroup:
    names = dict.fromkeys(
        name
        for m in splits.values()
        for name, v in m.items()
        if isinstance(v, Mapping) and "f1" in v and name not in NOT_STANCES
    )
    rows = [(name, split, *_prf(m[name])) for name in names for split, m in splits.items() if name in m]
    columns = ("", "split", "precision", "recall", "F1", "support", "predicted")
    return MetricGroup("by stance and label", columns, tuple(rows))


def _roles(splits: Mapping[str, Mapping[str, Any]]) -> MetricGroup:
    rows = [
        (role, split, v.get("f1"), v.get("support"), v.get("predicted"))
        for split, m in splits.items()
        for role, v in m.get("roles", {}).items()
        if isinstance(v, Mapping)
    ]
    return MetricGroup(
        "roles", ("", "split", "F1", "support", "predicted"), tuple(sorted(rows, key=lambda r: str(r[0])))
    )


def _calibration(splits: Mapping[str, Mapping[str, Any]], parity: Mapping[str, Any]) -> MetricGroup:
    rows: list[tuple[Cell, ...]] = []
    for split, m in splits.items():
        error = m.get("roles", {}).get("ece", m.get("calibration_error"))
        if error is not None:
            rows.append((f"expected calibration error, {split}", error))
    rows += [(f"difference between served and trained model, {k}", v) for k, v in parity.items()]
    return MetricGroup("calibration", ("", "value"), tuple(rows))


def _behaviour(found: Mapping[str, Any]) -> MetricGroup:
    """The behavioural tests by category."""
    columns = ("behaviour", "right", "items", "95% low", "95% high", "unchanged")
    rows = [
        (category, m.get("share"), m.get("items"), *_interval(m), m.get("unchanged"))
        for category, m in found.items()
        if isinstance(m, Mapping)
    ]
    return MetricGroup("behaviour", columns, tuple(rows))


def _numbers(rest: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[Cell, ...]]:
    for key, value in rest.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{key}/")
        elif isinstance(value, int | float):
            yield f"{prefix}{key}", value
