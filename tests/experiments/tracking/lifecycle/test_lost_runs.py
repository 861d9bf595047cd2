"""Runs whose process is gone are lost; `experiments clean` closes them and removes temporary files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from click.testing import Result
from stancewire.experiments.tracking.lifecycle import process
from stancewire.experiments.tracking.lifecycle.process import is_lost, process_tags
from stancewire.experiments.tracking.lifecycle.run import open_run
from stancewire.experiments.tracking.lifecycle.work_folder import (
    abandoned_folders,
    incomplete_outputs,
    work_folder,
)
from stancewire.experiments.tracking.store import connect

Cli = Callable[..., Result]
NOW = datetime.now(UTC)


def test_the_run_of_this_process_is_not_lost() -> None:
    assert not is_lost(process_tags(), NOW)


def test_a_run_is_lost_if_another_process_has_its_id_now() -> None:
    assert is_lost(process_tags() | {process.STARTED: "1000000.00"}, NOW)


def test_a_run_is_lost_if_its_process_is_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert is_lost(process_tags() | {process.PID: str(ended.pid)}, NOW)


@pytest.mark.parametrize(("minutes", "lost"), [(1, False), (9, False), (11, True)])
def test_a_run_of_another_host_is_lost_without_heartbeat_for_ten_minutes(minutes: int, lost: bool) -> None:
    last = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
    tags = process_tags() | {process.HOST: "elsewhere", process.HEARTBEAT: last}
    assert is_lost(tags, NOW - timedelta(hours=5)) is lost


def test_runs_of_other_programs_are_never_lost_and_old_ones_of_earlier_releases_are() -> None:
    old = NOW - timedelta(days=2)
    assert not is_lost({}, old)
    assert is_lost({"config": "linear"}, old) and not is_lost({"config": "linear"}, NOW)


def _unfinished(name: str) -> str:
    """Open a run in a process that is then killed."""
    program = (
        "import os\n"
        "from stancewire.experiments.tracking.lifecycle.run import open_run\n"
        "from stancewire.experiments.tracking.store import connect\n"
        f"with open_run(connect(write=True), {name!r}, {{'config': 'linear'}}, 'stancewire') as run:\n"
        "    print(run.run_id, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    ).stdout.strip()


def test_a_killed_run_is_shown_as_lost_and_closed_by_clean(store: Path, cli: Cli) -> None:
    run = _unfinished("doomed")
    assert len(run) == 32
    assert "lost" in cli("experiments", "list").stdout
    assert "status: lost" in cli("experiments", "show", run).stdout
    dry = cli("experiments", "clean", "--dry-run")
    assert f"would close: run {run[:8]} (doomed)" in dry.stdout and "nothing was changed" in dry.stderr
    assert "lost" in cli("experiments", "list").stdout
    assert f"closed as KILLED: run {run[:8]} (doomed)" in cli("experiments", "clean").stdout
    assert "killed" in cli("experiments", "list").stdout
    shown = cli("experiments", "show", run).stdout
    assert "status: killed" in shown and "its process ended without closing it" in shown
    assert cli("experiments", "clean").stdout == ""


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt, "KILLED"), (ValueError, "FAILED"), (None, "FINISHED")]
)
def test_a_run_ends_with_the_status_of_what_ended_it(
    error: type[BaseException] | None, status: str, store: Path
) -> None:
    mlflow = connect(write=True)
    try:
        with open_run(mlflow, "one", {"config": "x"}, "stancewire") as run:
            tags = mlflow.get_run(run.run_id).data.tags
            assert int(tags[process.PID]) == os.getpid() and tags[process.HOST] and tags[process.HEARTBEAT]
            if error is not None:
                raise error
    except (KeyboardInterrupt, ValueError):
        pass
    assert mlflow.get_run(run.run_id).info.status == status
    assert mlflow.active_run() is None


def test_the_heartbeat_is_renewed(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stancewire.experiments.tracking.lifecycle import run as module

    assert module.INTERVAL <= 30
    monkeypatch.setattr(module, "INTERVAL", 0.05)
    monkeypatch.setattr(module, "now", lambda: "2030-01-01T00:00:00+00:00")
    mlflow = connect(write=True)
    with open_run(mlflow, "one", {}, "stancewire") as run:
        for _ in range(200):
            if mlflow.get_run(run.run_id).data.tags[process.HEARTBEAT].startswith("2030"):
                break
        else:
            pytest.fail("no heartbeat")


def test_temporary_folders_of_killed_processes_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not psutil.pid_exists(ended.pid)
    for name in (
        f"stancewire-{ended.pid}-abcdefgh",
        "stancewire-cache-0",
        "stancewire-notes",
        "other-1-abcdefgh",
    ):
        (tmp_path / name).mkdir()
    with work_folder() as mine:
        assert tempfile.gettempdir() == str(mine)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        assert [p.name for p in abandoned_folders()] == [f"stancewire-{ended.pid}-abcdefgh"]
    assert not mine.exists()


def test_incomplete_outputs_are_found_unless_somebody_writes_them(tmp_path: Path) -> None:
    import fcntl

    for name in (
        ".out.jsonl.ab3d_fgh.part",
        ".busy.csv.abcdefgh.part",
        ".hidden",
        "a.part",
        ".x.jsonl.abcdefgh",
    ):
        (tmp_path / name).touch()
    with (tmp_path / ".busy.csv.abcdefgh.part").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert [p.name for p in incomplete_outputs(tmp_path)] == [".out.jsonl.ab3d_fgh.part"]
