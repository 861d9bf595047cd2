"""Runs read directly from a local store: the same as MLflow reads, and only from tables that are known."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path

from stancewire.experiments.tracking.connection.database import REVISION
from stancewire.experiments.tracking.connection.stored_runs import read_runs
from stancewire.experiments.tracking.store import connect


def log_two(store: Path) -> list[str]:
    """Log two runs, the later one with a metric that is not a number; returns their ids, newest first."""
    mlflow = connect(write=True)
    mlflow.set_experiment("stancewire")
    ids = []
    for n in range(2):
        with mlflow.start_run(run_name=f"run {n}") as run:
            mlflow.set_tags({"config": "linear", "n": str(n)})
            mlflow.log_params({"seed": str(n)})
            mlflow.log_metrics({"seconds": 1.5, "validation/macro_f1": math.nan if n else 0.5})
            ids.append(run.info.run_id)
    return ids[::-1]


def test_runs_are_the_same_with_and_without_mlflow(store: Path) -> None:
    ids = log_two(store)
    found = read_runs(tags={"config": "linear"}, status="FINISHED", experiment="stancewire")
    assert found is not None and {r.info.run_id for r in found} == set(ids)
    mlflow = connect()
    for run in found:
        known = mlflow.get_run(run.info.run_id)
        assert run.data.params == known.data.params and run.data.tags == known.data.tags
        assert str(run.data.metrics) == str(known.data.metrics)
        for name in ("run_name", "experiment_id", "status", "start_time", "end_time", "artifact_uri"):
            assert getattr(run.info, name) == getattr(known.info, name)
    assert [r.info.run_id for r in read_runs(tags={"n": "1"}) or ()] == ids[:1]
    assert read_runs(tags={"n": "2"}) == read_runs(experiment="another") == []


def test_the_installed_mlflow_has_the_tables_that_are_read() -> None:
    """If not, compare its tables with the queries in `stored_runs`; until then, MLflow reads the runs."""
    from mlflow.store.db.utils import _get_latest_schema_revision

    assert _get_latest_schema_revision() == REVISION  # type: ignore[no-untyped-call]


def test_mlflow_reads_tables_of_another_release(store: Path) -> None:
    log_two(store)
    with closing(sqlite3.connect(store / "mlflow.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    assert read_runs() is None


def test_mlflow_reads_a_file_that_is_not_a_database(store: Path) -> None:
    (store / "mlflow.db").write_text("not a database " * 100)
    assert read_runs() is None
