"""Runs as rows: settings, metrics and registered models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from types import ModuleType
from typing import Any

from ...data.errors import InputError
from ..tracking.connection.addresses import shown_uri
from ..tracking.connection.failures import failures, reason, store_error
from ..tracking.connection.stored_runs import read_runs
from ..tracking.final_runs import FINAL, INHERITED, SETTINGS_OF
from ..tracking.lifecycle.clean import status_of
from ..tracking.lifecycle.experiment import deleted_experiment
from ..tracking.lookup import find_run as find_run
from ..tracking.store import connect, store_exists
from ..tracking.versions import PREFIX, ModelVersion, list_versions

# The prefix of the metrics that are shown for each kind of run; `validation` for a training run.
MEASURED_ON = {
    "evaluation": "evaluation",
    "cross-validation": "pooled",
    "fold": "test",
    FINAL: INHERITED["validation"],
}
# Runs that belong to another one.
PARTS = frozenset({"fold", "trial"})
# Groups of metrics that do not belong to one stance or label.
NOT_STANCES = frozenset({"statements", "with_target", "roles", "stance", "weighted_f1"})
_TEXT_COLUMNS = frozenset(
    {"config", "corpus", "kind", "status", "run", "registered", "changed", "measured_by"}
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run.

    F1 is measured on the validation articles; for an evaluation on its corpus, for a cross-validation on all
    held-out articles. It is None if it was not measured. A final model inherits it from another run.

    Attributes:
        run: run id.
        when: start, in local time.
        kind: `training`, `final`, `evaluation`, `cross-validation`, `seeds` (several trainings) or `sweep`;
            `fold` or `trial` within one of these.
        config: name of the config.
        corpus: the corpora, separated by commas.
        micro_f1: F1 of all statements.
        macro_f1: mean F1 over stances.
        stances: F1 by stance and label.
        seconds: duration.
        status: MLflow's status (`FINISHED`, `FAILED`, `KILLED`, `RUNNING`), or `LOST` for a run that looks
            unfinished although its process is gone.
        registered: current version and aliases of its model: `v3 champion`, `deeds v1 challenger`.
        changed: settings that differ from the config: `classifier.regularisation=1.0`.
        measured_by: of a final model, the id of the run that measured its figures; empty for other runs.
    """

    run: str
    when: str
    kind: str
    config: str
    corpus: str
    micro_f1: float | None
    macro_f1: float | None
    stances: dict[str, float]
    seconds: float | None
    status: str
    registered: str
    changed: str = ""
    measured_by: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON."""
        return asdict(self)


def registered_models(versions: Sequence[ModelVersion]) -> dict[str, str]:
    """The current versions and aliases of each run's model, by run id: `v3 champion`."""
    out: dict[str, list[str]] = {}
    for version in versions:
        name = "" if version.name == PREFIX else f"{version.name.removeprefix(f'{PREFIX}-')} "
        out.setdefault(version.run_id, []).append(" ".join([f"{name}v{version.number}", *version.aliases]))
    return {run: ", ".join(reversed(names)) for run, names in out.items()}


def corpus_of(params: Mapping[str, str]) -> str:
    """The corpora of a run, separated by commas; earlier releases logged a Python tuple."""
    raw = params.get("corpus", "")
    return raw.strip("(),'").replace("', '", ", ") if raw.startswith("(") else raw


def _row(run: Any, registered: Mapping[str, str]) -> RunRow:
    metrics, tags = run.data.metrics, run.data.tags
    kind = tags.get("kind", "training")
    prefix = MEASURED_ON.get(kind, "validation")
    # Earlier releases logged metrics of statements (all zero) also for label sets without stances.
    measured = metrics.get(f"{prefix}/statements/gold") != 0
    names = [k.split("/")[1] for k in metrics if k.startswith(f"{prefix}/") and k.count("/") == 2]
    return RunRow(
        run=run.info.run_id,
        when=datetime.fromtimestamp(run.info.start_time / 1000).strftime("%Y-%m-%d %H:%M:%S"),
        kind=kind,
        config=tags.get("config", run.info.run_name or ""),
        corpus=corpus_of(run.data.params),
        micro_f1=metrics.get(f"{prefix}/statements/f1") if measured else None,
        macro_f1=metrics.get(f"{prefix}/macro_f1") if measured else None,
        stances={
            name: metrics[f"{prefix}/{name}/f1"]
            for name in dict.fromkeys(names)
            if name not in NOT_STANCES and f"{prefix}/{name}/f1" in metrics
        },
        seconds=metrics.get("seconds"),
        status=status_of(run),
        registered=registered.get(run.info.run_id, ""),
        changed=tags.get("changed", ""),
        measured_by=tags.get(SETTINGS_OF, ""),
    )


def list_runs(
    experiment: str | None = None, sort: str = "when", folds: bool = False, filter_: str | None = None
) -> list[RunRow]:
    """The runs of one experiment or of all, sorted.

    Args:
        experiment: name of the experiment. Default: all experiments.
        sort: a column, stance or label; numbers and times in descending order, text in alphabetical order.
        folds: whether to include the runs of single folds and trials.
        filter_: a filter in MLflow's syntax: "metrics.`validation/statements/f1` > 0.8".

    Raises:
        InputError: there is no such experiment or column, the experiments with runs were deleted, the filter
            is invalid, or the store cannot be used.
    """
    if not store_exists() and experiment is None:
        return []
    runs = find_runs(experiment, filter_)
    registered = registered_models(list_versions())
    rows = [row for run in runs if (row := _row(run, registered)).kind not in PARTS or folds]
    return _sorted(rows, sort)


def find_runs(experiment: str | None = None, filter_: str | None = None) -> list[Any]:
    """The MLflow runs of one experiment or of all, newest first; see `list_runs`.

    Raises:
        InputError: see `list_runs`.
    """
    if filter_ is None and (stored := read_runs(experiment=experiment)):
        return list(stored)
    try:
        return _found_by_mlflow(experiment, filter_)
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def _found_by_mlflow(experiment: str | None, filter_: str | None) -> list[Any]:
    """The same for filters, for stores that are not read directly, and to say why there are no runs."""
    mlflow = connect() if store_exists() else None
    found = _experiments(mlflow) if mlflow is not None else []
    active = [e for e in found if e.lifecycle_stage == "active" and experiment in (None, e.name)]
    deleted = [e for e in found if e.lifecycle_stage != "active" and experiment in (None, e.name)]
    if experiment is not None and not active and not deleted:
        raise InputError(
            f"no experiment {experiment!r}",
            where=shown_uri(),
            hint="`stancewire train` creates one; leave --experiment out to see all",
        )
    ids = [e.experiment_id for e in active]
    runs = _search(mlflow, ids, filter_) if mlflow and ids else []
    if not runs and deleted and filter_ is None:
        raise deleted_experiment(deleted[0].name, deleted[0].experiment_id)
    return runs


def _search(mlflow: ModuleType, ids: Sequence[str], filter_: str | None) -> list[Any]:
    from mlflow.exceptions import MlflowException

    try:
        return list(mlflow.search_runs(ids, filter_ or "", output_format="list", max_results=5000))
    except MlflowException as error:
        if filter_ is None or error.error_code != "INVALID_PARAMETER_VALUE":
            raise
        hint = "for example \"metrics.`validation/statements/f1` > 0.8 and tags.config = 'linear'\""
        raise InputError(f"invalid filter: {reason(error)}", where="--filter", hint=hint) from None


def _experiments(mlflow: ModuleType) -> list[Any]:
    """All experiments, including deleted ones."""
    from mlflow.entities import ViewType

    return list(mlflow.search_experiments(view_type=ViewType.ALL))


def _sorted(rows: list[RunRow], column: str) -> list[RunRow]:
    columns = set(RunRow.__dataclass_fields__) - {"stances"}
    known = columns | {s for row in rows for s in row.stances}
    if column not in known:
        hint = f"one of {', '.join(sorted(known))}"
        raise InputError(f"cannot sort by {column!r}", where="--sort", hint=hint)
    if column in _TEXT_COLUMNS:
        return sorted(rows, key=lambda r: str(getattr(r, column)))
    if column in columns:
        return sorted(
            rows, key=lambda r: (getattr(r, column) is not None, getattr(r, column) or 0), reverse=True
        )
    return sorted(rows, key=lambda r: r.stances.get(column, -1.0), reverse=True)
