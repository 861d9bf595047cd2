"""What was tried: runs as rows, newest first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ...data.errors import InputError
from ..tracking.store import connect, tracking_uri


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. Figures are of the validation articles, of the corpus that an evaluation was on, or of all held-out articles of a
    cross-validation; None where not measured."""

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

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _row(run: Any) -> RunRow:
    metrics, tags = run.data.metrics, run.data.tags
    kind = tags.get("kind", "training")
    prefix = {"evaluation": "evaluation", "cross-validation": "pooled", "fold": "test"}.get(
        kind, "validation"
    )
    skipped = {"statements", "with_target", "roles", "stance", "weighted_f1"}
    parts = [k.split("/") for k in metrics]
    measured = bool(
        metrics.get(f"{prefix}/statements/support", 1)
    )  # a label set without stances has no statements
    stances = {
        p[1]: metrics["/".join(p)]
        for p in parts
        if len(p) == 3 and p[0] == prefix and p[2] == "f1" and p[1] not in skipped
    }
    return RunRow(
        run=run.info.run_id,
        when=datetime.fromtimestamp(run.info.start_time / 1000).strftime("%Y-%m-%d %H:%M:%S"),
        kind=kind,
        config=tags.get("config", run.info.run_name or ""),
        corpus=run.data.params.get("corpus", "").strip("(),'").replace("', '", "+"),
        micro_f1=metrics.get(f"{prefix}/statements/f1") if measured else None,
        macro_f1=metrics.get(f"{prefix}/macro_f1") if measured else None,
        stances=stances,
        seconds=metrics.get("seconds"),
        status=run.info.status,
        registered=tags.get("registered", ""),
    )


def list_runs(experiment: str | None = None, sort: str = "when", folds: bool = False) -> list[RunRow]:
    """All runs of one experiment, or of all.

    Args:
        folds: the runs of single folds too.
        sort: a column, or a stance or label; highest and newest first.

    Raises:
        InputError: no such experiment or column.
    """
    mlflow = connect()
    experiments = mlflow.search_experiments()
    if experiment is not None:
        experiments = [e for e in experiments if e.name == experiment]
        if not experiments:
            raise InputError(
                f"no experiment {experiment!r}",
                where=tracking_uri(),
                hint="`stancewire train` makes one; leave --experiment out to see all",
            )
    found = (
        mlflow.search_runs([e.experiment_id for e in experiments], output_format="list", max_results=5000)
        if experiments
        else []
    )
    rows = [row for run in found if (row := _row(run)).kind != "fold" or folds]
    columns = set(RunRow.__dataclass_fields__) - {"stances"}
    known = columns | {s for row in rows for s in row.stances}
    if sort not in known:
        raise InputError(
            f"cannot sort by {sort!r}", where="--sort", hint=f"one of {', '.join(sorted(known))}"
        )
    if sort in columns and sort in ("config", "corpus", "kind", "status", "run", "registered"):
        return sorted(rows, key=lambda r: str(getattr(r, sort)))
    if sort in columns:
        return sorted(rows, key=lambda r: (getattr(r, sort) is not None, getattr(r, sort) or 0), reverse=True)
    return sorted(rows, key=lambda r: r.stances.get(sort, -1.0), reverse=True)


def find_run(run: str) -> Any:
    """The MLflow run of an id, or of the start of one.

    Raises:
        InputError: none, or several.
    """
    mlflow = connect()
    found = [
        r
        for r in mlflow.search_runs(search_all_experiments=True, output_format="list", max_results=5000)
        if r.info.run_id.startswith(run)
    ]
    if len(found) != 1:
        what = f"no run {run!r}" if not found else f"{len(found)} runs start with {run!r}"
        raise InputError(what, where=tracking_uri(), hint="`stancewire experiments list` shows the runs")
    return found[0]
