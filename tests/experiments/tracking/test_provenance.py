"""The commit that a run is tagged with."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from stancewire.experiments.tracking import provenance
from stancewire.experiments.tracking.provenance import (
    GIT_COMMIT,
    GIT_DIRTY,
    environment,
    git_commit,
    git_tags,
    source_tags,
    tag_commit,
)
from stancewire.experiments.tracking.store import connect


def commit_in(folder: Path) -> str:
    """Make a repository with one commit; returns the commit."""
    folder.mkdir(exist_ok=True)

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@b.c")
        command = ["git", *who, *arguments]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "start")
    return git("rev-parse", "HEAD")


def tagged() -> str | None:
    """The tag of a new run."""
    mlflow = connect()
    mlflow.set_experiment("stancewire")
    with mlflow.start_run() as run:
        # As MLflow does for the program that runs.
        mlflow.set_tag(GIT_COMMIT, "of the environment")
        tag_commit(mlflow)
    found: str | None = mlflow.get_run(run.info.run_id).data.tags.get(GIT_COMMIT)
    return found


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if stancewire were installed, and did not run from a checkout."""
    monkeypatch.setattr(provenance, "checkout", lambda: None)


def test_a_run_of_a_checkout_is_tagged_with_its_commit(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_in(store / "project")
    monkeypatch.chdir(store / "project")
    commit = commit_in(store / "checkout")
    monkeypatch.setattr(provenance, "checkout", lambda: store / "checkout")
    assert tagged() == commit


def test_the_tags_say_whether_files_were_changed(tmp_path: Path) -> None:
    commit = commit_in(tmp_path)
    assert git_tags(tmp_path)[GIT_DIRTY] == "false"
    (tmp_path / "a.txt").write_text("a")
    subprocess.run(["git", "add", "a.txt"], cwd=tmp_path, check=True)
    remote = "https://anna:S3cret@host/x.git"
    subprocess.run(["git", "remote", "add", "origin", remote], cwd=tmp_path, check=True)
    tags = git_tags(tmp_path)
    assert tags[GIT_DIRTY] == "true" and tags[GIT_COMMIT] == commit
    assert tags["mlflow.source.git.repoURL"] == "https://anna:***@host/x.git"
    assert tags["mlflow.source.git.branch"]


def test_the_source_is_the_command_or_the_users_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/opt/env/bin/stancewire", "train"])
    assert source_tags("train")["mlflow.source.name"] == "stancewire train"
    monkeypatch.setattr("sys.argv", ["/srv/anna/study.py"])
    assert source_tags("train") == {}


def test_a_run_is_tagged_with_the_commit_of_the_working_folder(
    store: Path, installed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = commit_in(store / "project")
    (store / "project" / "articles").mkdir()
    monkeypatch.chdir(store / "project" / "articles")
    assert tagged() == commit


def test_outside_of_a_work_tree_there_is_no_commit(store: Path, installed: None) -> None:
    assert git_commit(store) is None
    assert tagged() is None


def test_a_repository_without_commits_has_none(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert git_commit(tmp_path) is None


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_in(tmp_path)
    monkeypatch.setenv("PATH", "")
    assert git_commit(tmp_path) is None


def test_the_environment_lists_distributions() -> None:
    lines = environment().splitlines()
    assert lines[0].startswith("python 3") and any(line.startswith("mlflow==") for line in lines)
