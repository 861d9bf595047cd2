"""`experiments rerun`: the same figures, or a list of those that differ."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.config import load_config
from stancewire.experiments.review import rerun as module
from stancewire.experiments.review.rerun import settings_of
from stancewire.experiments.tracking.lookup import search

Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def outside_of_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The tests run from a checkout that may have uncommitted changes."""
    monkeypatch.setattr(module, "code_folder", lambda: tmp_path)


def original() -> str:
    return str(next(r for r in search() if r.data.tags.get("config") == "linear").info.run_id)


def test_the_same_settings_give_the_same_figures(cli: Cli, trained_store: Path) -> None:
    run = original()
    result = cli("experiments", "rerun", run[:8])
    assert result.exit_code == 0, result.stderr
    assert "and all predictions are the same as in run " + run in result.stdout
    new = next(r for r in search() if r.data.tags.get("rerun_of") == run)
    assert new.data.params["bootstrap"] == "20"


def test_figures_that_differ_are_listed(
    cli: Cli, trained_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = module.settings_of

    def changed(run: object) -> object:
        settings = before(run)
        classifier = settings.classifier.model_copy(update={"regularisation": 0.01})
        return settings.model_copy(update={"classifier": classifier})

    monkeypatch.setattr(module, "settings_of", changed)
    result = cli("experiments", "rerun", original())
    assert result.exit_code == 1
    assert "validation/statements/f1" in result.stdout and "figures differ" in result.stderr


def test_a_changed_corpus_is_refused_before_training(
    cli: Cli, trained_store: Path, tiny_file: Path, one_line: Callable[[Result], str]
) -> None:
    copy = trained_store / "copy.jsonl"
    shutil.copy(tiny_file, copy)
    assert cli("train", "--corpus", copy, "--set", "bootstrap=0", "--no-register").exit_code == 0
    lines = copy.read_text("utf-8").splitlines(keepends=True)
    copy.write_text("".join(lines[1:]), encoding="utf-8")
    assert "the corpus has changed since the run" in one_line(cli("experiments", "rerun", original()))


def test_uncommitted_changes_are_refused_unless_allowed(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@b.c")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "code.py").write_text("a = 1\n")
    git("init", "-q")
    git("add", "code.py")
    git("commit", "-q", "-m", "start")
    run = SimpleNamespace(data=SimpleNamespace(tags={"stancewire": "0.0.1"}))
    (tmp_path / "notes.txt").write_text("not tracked\n")
    assert [line.partition(":")[0] for line in module._code(run, False)] == ["commit", "release"]
    (tmp_path / "code.py").write_text("a = 2\n")
    with pytest.raises(InputError, match=r"uncommitted changes.*--allow-dirty"):
        list(module._code(run, False))
    assert "the working tree has uncommitted changes" in list(module._code(run, True))


def test_settings_of_a_run_without_the_artifact_come_from_its_parameters() -> None:
    settings = load_config("linear", ["seed=4", "classifier.regularisation=0.25"], ["a.jsonl", "b.jsonl"])
    flat = settings.model_dump()
    flat |= {f"classifier.{k}": v for k, v in flat.pop("classifier").items()}
    params = {k: str(v) for k, v in flat.items()} | {"corpus": "a.jsonl, b.jsonl", "split": "as given"}
    data = SimpleNamespace(params=params | {"threshold.target": "0.5"}, tags={"config": "linear"})
    info = SimpleNamespace(run_id="0" * 32, status="FINISHED", artifact_uri="nowhere")
    assert settings_of(SimpleNamespace(data=data, info=info)) == settings


@pytest.mark.parametrize(
    ("tags", "status", "message"),
    [
        ({"kind": "evaluation", "config": "x"}, "FINISHED", "not a training run"),
        ({"config": "x"}, "FAILED", "the run is FAILED"),
    ],
)
def test_only_finished_trainings_can_be_run_again(tags: dict[str, str], status: str, message: str) -> None:
    data = SimpleNamespace(params={}, tags=tags)
    info = SimpleNamespace(run_id="0" * 32, status=status, artifact_uri="nowhere")
    with pytest.raises(InputError, match=message):
        settings_of(SimpleNamespace(data=data, info=info))
