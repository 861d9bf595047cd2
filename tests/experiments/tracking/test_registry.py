"""Finding a model by each of its names, and the errors where there is none."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.tracking import versions
from stancewire.experiments.tracking.registry import find_model, find_version, model_folder
from stancewire.experiments.tracking.store import connect, tracking_uri

TEXT = "Armenia accused Azerbaijan of shelling the town."


@pytest.fixture
def run_id(trained_store: Path) -> str:
    connect()
    from mlflow import MlflowClient

    return str(MlflowClient().get_model_version_by_alias("stancewire", "champion").tags["run_id"])


def test_a_model_is_found_by_each_of_its_names(trained_store: Path, run_id: str) -> None:
    for name in ("champion", "1", "v1", "stancewire@champion", "stancewire/1", run_id, run_id[:8]):
        labeller, shown = find_model(name)
        assert shown == "stancewire/1"
        assert any(s.stance == "blame" for s in labeller.label(TEXT).statements)


def test_a_folder_needs_no_store(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    for folder in (tiny_model, tiny_model.parent):
        labeller, shown = find_model(str(folder))
        assert shown == folder.name and labeller.label(TEXT).sentences


def test_no_model_yet_names_the_command_that_trains_one(store: Path) -> None:
    for name in ("champion", "challenger", "1", "deeds"):
        with pytest.raises(InputError, match=r"no model is registered yet.*stancewire train"):
            find_model(name)


def test_looking_for_a_model_creates_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    with pytest.raises(InputError, match="no model is registered yet"):
        find_model("champion")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["challenger", "7", "deadbeef", "nosuch", "nosuch@champion", "stancewire/9", "a/b/c"]
)
def test_an_unknown_name_lists_the_registered_ones(trained_store: Path, name: str) -> None:
    with pytest.raises(InputError, match=rf"no model .*{name}.*registered: champion.*experiments list"):
        find_model(name)


def test_a_folder_without_a_model_is_an_error(trained_store: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: no stancewire model in this folder"):
        find_model(str(tmp_path / "empty"))


def register_again(name: str, alias: str) -> str:
    """Register the champion's files once more, under a name and with an alias; returns the version."""
    from mlflow import MlflowClient

    mlflow, client = connect(), MlflowClient()
    source = client.get_model_version_by_alias("stancewire", "champion").source
    version = str(mlflow.register_model(source, name).version)
    client.set_registered_model_alias(name, alias, version)
    return version


def test_models_of_other_codebooks_by_name_alias_and_version(trained_store: Path) -> None:
    register_again("stancewire-deeds", "champion")
    register_again("stancewire-deeds", "challenger")
    for name, title in (
        ("deeds", "stancewire-deeds/1"),
        ("deeds@champion", "stancewire-deeds/1"),
        ("deeds@challenger", "stancewire-deeds/2"),
        ("deeds/2", "stancewire-deeds/2"),
        ("stancewire-deeds/1", "stancewire-deeds/1"),
        ("stancewire", "stancewire/1"),
        ("champion", "stancewire/1"),
    ):
        assert find_version(name).title == title
    with pytest.raises(
        InputError, match="registered: champion, stancewire/1, deeds@challenger, deeds, deeds/1 to deeds/2;"
    ):
        find_version("challenger")


def test_a_folder_of_the_same_name_without_a_model_does_not_hide_a_codebook(trained_store: Path) -> None:
    register_again("stancewire-deeds", "champion")
    (trained_store / "deeds").mkdir()
    assert model_folder("deeds")[1] == "stancewire-deeds/1"


def test_an_alias_that_moves_is_followed_at_once(trained_store: Path) -> None:
    assert find_version("champion").number == 1
    assert register_again("stancewire", "champion") == "2"
    assert find_version("champion").number == 2
    from mlflow import MlflowClient

    MlflowClient().set_registered_model_alias("stancewire", "champion", "1")
    assert find_version("champion").number == 1
    MlflowClient().delete_registered_model_alias("stancewire", "champion")
    with pytest.raises(InputError, match="no model 'champion'"):
        find_version("champion")


def test_versions_are_the_same_with_and_without_mlflow(trained_store: Path) -> None:
    register_again("stancewire-deeds", "champion")
    register_again("stancewire-deeds", "challenger")
    from mlflow import MlflowClient

    MlflowClient().delete_model_version("stancewire-deeds", "1")
    read = versions._from_sqlite(tracking_uri())
    assert read is not None

    def by_title(found: list[versions.ModelVersion]) -> list[versions.ModelVersion]:
        return sorted((replace(v, location=None) for v in found), key=lambda v: v.title)

    assert by_title(read) == by_title(versions._from_mlflow())
    assert [v.title for v in by_title(read)] == ["stancewire-deeds/2", "stancewire/1"]
    assert all(v.location and Path(v.location).is_dir() for v in read)


def test_mlflow_reads_an_unknown_schema(trained_store: Path) -> None:
    with closing(sqlite3.connect("mlflow.db")) as database:
        database.execute("PRAGMA legacy_alter_table = ON")
        database.execute("ALTER TABLE model_versions RENAME TO versions")
        database.commit()
    assert versions._from_sqlite(tracking_uri()) is None


def test_mlflow_reads_a_file_that_is_not_a_database(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("not a database " * 100)
    assert versions._from_sqlite(f"sqlite:///{tmp_path / 'mlflow.db'}") is None


@pytest.mark.parametrize(
    "uri",
    ["http://127.0.0.1:9", "postgresql://host/base", "sqlite:///mlflow.db?timeout=3", "sqlite+pysqlite:///x"],
)
def test_mlflow_reads_other_stores(uri: str) -> None:
    assert versions._from_sqlite(uri) is None


def test_mlflow_reads_a_separate_registry(trained_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "http://127.0.0.1:9")
    assert versions._from_sqlite(tracking_uri()) is None


def test_finding_and_loading_the_champion_does_not_import_mlflow(trained_store: Path) -> None:
    code = (
        "import sys; from stancewire.experiments.tracking.registry import find_model; "
        "assert find_model('champion')[1] == 'stancewire/1'; print('mlflow' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "False", result.stderr


def test_a_model_whose_files_are_gone_is_an_error(
    trained_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect("mlflow.db") as database:
        for table, column in (
            ("model_versions", "storage_location"),
            ("model_versions", "source"),
            ("logged_models", "artifact_location"),
        ):
            database.execute(f"UPDATE {table} SET {column} = ?", (str(tmp_path / "gone"),))
    with pytest.raises(InputError) as caught:
        find_model("champion")
    assert "\n" not in str(caught.value) and str(caught.value).startswith("stancewire/1: ")


def test_a_users_table_of_parties_extends_the_shipped_ones(tiny_model: Path, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text(
        "id,kind,names,demonyms,places,home\nVRL,state,Varland,Varlandic,Varl City,\n", encoding="utf-8"
    )
    text = "Varland accused Armenia of shelling the town."

    def actors(tables: list[Path]) -> set[str | None]:
        return {s.actor.id for s in find_model(str(tiny_model), tables)[0].label(text).statements}

    assert actors([table]) == {"VRL"} and "VRL" not in actors([])


def test_a_damaged_table_of_parties_is_an_error(tiny_model: Path, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("id,kind,names\nlower case,state,Varland\n", encoding="utf-8")
    for path, said in ((table, rf"{table}:2: id"), (tmp_path / "none.csv", "no such table")):
        with pytest.raises(InputError, match=said):
            find_model(str(tiny_model), [path])


def test_a_model_of_an_older_format_gives_one_error(
    cli: Callable[..., Result], one_line: Callable[[Result], str], tiny_model: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "old"))
    raw = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**raw, "format": 1}), encoding="utf-8")
    (folder / "manifest.json").unlink()  # older releases wrote none
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    line = one_line(cli("score", tmp_path / "a.txt", "--model", folder, "-o", tmp_path / "out.jsonl"))
    assert "model format 1" in line and "stancewire train" in line
    assert not (tmp_path / "out.jsonl").exists()


def test_champion_is_that_of_the_only_label_set(trained_store: Path) -> None:
    import mlflow

    register_again("stancewire-deeds", "champion")
    register_again("stancewire-other", "champion")
    assert find_version("champion").title == "stancewire/1"
    client = mlflow.MlflowClient(f"sqlite:///{trained_store / 'mlflow.db'}")
    client.delete_registered_model("stancewire")
    with pytest.raises(InputError, match=r"no model 'champion'.*deeds, deeds/1, other, other/1"):
        find_version("champion")
    client.delete_registered_model("stancewire-other")
    assert find_version("champion").title == "stancewire-deeds/1"


@pytest.mark.parametrize("name", ["", " ", "deeds@", "@champion", "champion/", "deeds/x", "a@b/1"])
def test_a_misspelt_model_lists_what_there_is(name: str, trained_store: Path) -> None:
    from stancewire.experiments.tracking.registry import model_folder

    with pytest.raises(InputError, match="champion"):
        model_folder(name)
