"""Artifacts of a store that was moved are found beside the database."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.experiments.tracking.lifecycle.artifacts import find_artifacts

Cli = Callable[..., Result]


@pytest.mark.parametrize(
    "location",
    [
        "/srv/anna/project/mlruns/1/models/m-1/artifacts",
        "file:///srv/anna/my%20project/mlruns/1/models/m-1/artifacts",
        "C:\\Users\\Anna\\project\\mlruns\\1\\models\\m-1\\artifacts",
    ],
)
def test_artifacts_of_another_machine_are_looked_up_beside_the_database(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert find_artifacts(location) is None
    folder = tmp_path / "mlruns" / "1" / "models" / "m-1" / "artifacts"
    folder.mkdir(parents=True)
    assert find_artifacts(location) == folder


def test_remote_artifacts_and_paths_upwards_are_not_local(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'a' / 'mlflow.db'}")
    (tmp_path / "b" / "c").mkdir(parents=True)
    assert find_artifacts("s3://bucket/b/c") is None and find_artifacts("/x/../b/c") is None


@pytest.mark.parametrize("gone", [True, False])
def test_a_moved_store_still_scores_and_says_what_is_missing(
    gone: bool,
    trained_once: tuple[Path, Result],
    tmp_path: Path,
    cli: Cli,
    one_line: Callable[[Result], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sqlite3
    from contextlib import closing

    source = trained_once[0].parent
    shutil.copy(source / "mlflow.db", tmp_path)
    if not gone:
        shutil.copytree(source / "mlruns", tmp_path / "mlruns")
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database, database:
        for table, column in (
            ("model_versions", "source"),
            ("model_versions", "storage_location"),
            ("logged_models", "artifact_location"),
            ("experiments", "artifact_location"),
            ("runs", "artifact_uri"),
        ):
            database.execute(
                f"UPDATE {table} SET {column} = replace({column}, ?, '/gone/away')", (str(source),)
            )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    (tmp_path / "a.txt").write_text("Kenya accused Somalia of shelling the town.", encoding="utf-8")
    scored = cli("score", "a.txt", "--format", "jsonl")
    if gone:
        assert "neither in /gone/away/" in one_line(scored)
        return
    assert scored.exit_code == 0 and '"stancewire/1"' in scored.stdout
    run = cli("experiments", "list", "--columns", "run").stdout.split()[-1]
    assert "ci95" in cli("experiments", "show", run, "--format", "json").stdout, "the artifact was read"
    from stancewire.data.errors import InputError
    from stancewire.experiments.tracking.lifecycle.experiment import use_experiment
    from stancewire.experiments.tracking.store import connect

    with pytest.raises(InputError, match=r"the store was moved.*--set experiment=NAME"):
        use_experiment(connect(write=True), "stancewire")
    use_experiment(connect(write=True), "new")
