"""Finding a model, and what is said where there is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.tracking.registry import find_model
from stancewire.experiments.tracking.store import connect

TEXT = "Armenia accused Azerbaijan of shelling the town."


@pytest.fixture
def run_id(trained_store: Path) -> str:
    connect()
    from mlflow import MlflowClient

    return str(MlflowClient().get_model_version_by_alias("stancewire", "champion").tags["run_id"])


def test_one_model_by_each_of_its_names(trained_store: Path, run_id: str) -> None:
    for name in ("champion", "1", "v1", run_id, run_id[:8]):
        labeller, shown = find_model(name)
        assert shown == "stancewire/1"
        assert any(s.stance == "blame" for s in labeller.label(TEXT).statements)


def test_a_folder_needs_no_store(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    for folder in (tiny_model, tiny_model.parent):
        labeller, shown = find_model(str(folder))
        assert shown == folder.name and labeller.label(TEXT).sentences


def test_no_model_yet_names_the_command_that_makes_one(store: Path) -> None:
    for name in ("champion", "challenger", "1"):
        with pytest.raises(InputError, match=r"no model is registered yet.*stancewire train"):
            find_model(name)


@pytest.mark.parametrize("name", ["challenger", "7", "deadbeef", "nosuch"])
def test_an_unknown_name_is_said(trained_store: Path, name: str) -> None:
    with pytest.raises(InputError, match=rf"no model .*{name}.*experiments list"):
        find_model(name)


def test_a_model_of_a_store_that_lost_its_files_is_said(
    trained_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    with sqlite3.connect("mlflow.db") as database:
        for table, column in (
            ("model_versions", "storage_location"),
            ("model_versions", "source"),
            ("logged_models", "artifact_location"),
        ):
            database.execute(f"UPDATE {table} SET {column} = ?", (str(tmp_path / "gone"),))
    with pytest.raises(InputError) as caught:
        find_model("champion")
    assert "\n" not in str(caught.value) and "champion" in str(caught.value)


def test_a_users_table_of_parties_extends_the_shipped_ones(tiny_model: Path, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text(
        "id,kind,names,demonyms,places,home\nVRL,state,Varland,Varlandic,Varl City,\n", encoding="utf-8"
    )
    text = "Varland accused Armenia of shelling the town."

    def actors(tables: list[Path]) -> set[str | None]:
        return {s.actor.id for s in find_model(str(tiny_model), tables)[0].label(text).statements}

    assert actors([table]) == {"VRL"} and "VRL" not in actors([])


def test_a_damaged_table_of_parties_is_said(tiny_model: Path, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("id,kind,names\nlower case,state,Varland\n", encoding="utf-8")
    for path, said in ((table, rf"{table}:2: id"), (tmp_path / "none.csv", "no such table")):
        with pytest.raises(InputError, match=said):
            find_model(str(tiny_model), [path])


def test_a_model_of_another_format_is_one_line_of_the_command(
    cli: Callable[..., Result], one_line: Callable[[Result], str], tiny_model: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "old"))
    raw = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(
        json.dumps({**raw, "format": 1, "stancewire": "0.1.3"}), encoding="utf-8"
    )
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    line = one_line(cli("score", tmp_path / "a.txt", "--model", folder, "-o", tmp_path / "out.jsonl"))
    assert "model format 1" in line and "0.1.3" in line and "stancewire train" in line
    assert not (tmp_path / "out.jsonl").exists()
