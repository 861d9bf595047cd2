"""Files that appear complete or not at all; devices, pipes and links that stay as they are."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from stancewire.data.files.atomic import SUFFIX, atomic_write, atomic_write_bytes, is_stream


def _write(path: Path, text: str = "new") -> None:
    with atomic_write(path) as out:
        out.write(text)


def test_permissions_are_kept_and_new_files_follow_the_umask(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("old")
    old.chmod(0o600)
    before = os.umask(0o027)
    try:
        _write(old)
        _write(new)
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == 0o600 and stat.S_IMODE(new.stat().st_mode) == 0o640
    assert old.read_text() == "new"


@pytest.mark.parametrize("exists", [True, False])
def test_a_symbolic_link_stays_a_link(exists: bool, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    if exists:
        target.write_text("old")
    link.symlink_to("target")
    _write(link)
    assert link.is_symlink() and target.read_text() == "new"


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    _write(pipe)
    reader.join(10)
    assert read == ["new"] and pipe.is_fifo() and is_stream(pipe)


def test_a_device_stays_a_device() -> None:
    _write(Path("/dev/null"))
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OSError, match=r"No space left on device: '/dev/full'"):
        _write(Path("/dev/full"))
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_the_old_file_alone(error: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(error), atomic_write(path) as out:
        out.write("half")
        raise error
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_names_the_output(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(OSError, match="No space left") as caught, atomic_write_bytes(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.filename == str(path) and list(tmp_path.iterdir()) == []


def test_files_of_killed_processes_are_removed_but_not_those_of_running_ones(tmp_path: Path) -> None:
    path = tmp_path / "file"
    left = tmp_path / f".file.abcdefgh{SUFFIX}"
    other = tmp_path / f".other.abcdefgh{SUFFIX}"
    for p in (left, other):
        p.write_text("half")
    with atomic_write(path) as out:
        out.write("outer")
        _write(path, "inner")
        assert not left.exists() and len(list(tmp_path.glob(f".file.*{SUFFIX}"))) == 1
    assert path.read_text() == "outer" and other.exists()
