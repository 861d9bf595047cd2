"""The cache folder: its location, its limit, and what is deleted from it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.data.files import cache
from stancewire.data.files.cache import (
    VARIABLE,
    cache_folder,
    cache_limit,
    cached_files,
    clear_cache,
    remove_stale,
)
from stancewire.serving.cli.main import app
from typer.testing import CliRunner


def test_the_environment_variable_sets_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is the convention on Linux")
def test_the_default_is_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STANCEWIRE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "stancewire"


def test_a_user_without_home_and_without_entry_in_passwd_has_a_temporary_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home(*_: object, **__: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(cache, "user_cache_path", no_home)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = cache_folder()
    assert folder == cache_folder() and folder.is_dir() and folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(InputError, match=VARIABLE):
        cache_folder()


OURS = {
    "parses-en-1.sqlite": "parses",
    "parses-en-1.sqlite-wal": "parses",
    "checkpoints/0123456789abcdef/state.json": "checkpoints",
    "checkpoints/0123456789abcdef/at-1-20.safetensors": "checkpoints",
    "soft-labels/0123456789abcdef0123456789abcdef.npz": "soft-labels",
    "layers/news-0123456789ab.jsonl": "layers",
    "downloads/news.zip": "downloads",
}
THEIRS = ["notes.txt", "downloads/letter.pdf", "layers/mine.jsonl", "checkpoints/model/weights.safetensors"]


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache folder that also has files of somebody else."""
    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path))
    for name in (*OURS, *THEIRS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("12345")
    return tmp_path


def left(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_only_files_of_the_cache_are_deleted(filled: Path) -> None:
    assert {f.path.relative_to(filled).as_posix(): f.kind for f in cached_files()} == OURS
    assert clear_cache() == 5 * len(OURS)
    assert left(filled) == set(THEIRS)
    assert not (filled / "checkpoints" / "0123456789abcdef").exists()


def test_stale_files_are_removed(filled: Path) -> None:
    for name in OURS:
        os.utime(filled / name, (0, 0))
    remove_stale()
    assert left(filled) == {*THEIRS, "layers/news-0123456789ab.jsonl", "downloads/news.zip"}


def test_the_commands_show_and_clear_it(filled: Path) -> None:
    shown = CliRunner().invoke(app, ["cache", "info"])
    assert shown.exit_code == 0 and str(filled) in shown.stdout and "checkpoints      2 files" in shown.stdout
    assert CliRunner().invoke(app, ["cache", "clear", "downloads"]).exit_code == 0
    assert left(filled) == {*OURS, *THEIRS} - {"downloads/news.zip"}
    assert CliRunner().invoke(app, ["cache", "clear", "everything"]).exit_code == 2
    assert CliRunner().invoke(app, ["cache", "clear"]).exit_code == 0
    assert left(filled) == set(THEIRS)


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1.5", "9" * 30, "x"])
def test_an_invalid_limit_is_one_line(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCEWIRE_CACHE_MB", value)
    with pytest.raises(InputError, match=r"STANCEWIRE_CACHE_MB: .* is not a number of megabytes"):
        cache_limit()
