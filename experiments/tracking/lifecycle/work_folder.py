"""Folders for temporary files that can be recognised, and removed, after their process was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

# `stancewire-PID-` and the random characters of `tempfile`.
_NAME = re.compile(r"stancewire-(?P<pid>\d{1,10})-[a-z0-9_]{8}")


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder for the temporary files of this process, which is removed after the block.

    Within the block, `tempfile` puts all its files into this folder, because MLflow creates some too.
    """
    with tempfile.TemporaryDirectory(prefix=f"stancewire-{os.getpid()}-", ignore_cleanup_errors=True) as name:
        before, tempfile.tempdir = tempfile.tempdir, name
        try:
            yield Path(name)
        finally:
            tempfile.tempdir = before


def abandoned_folders() -> list[Path]:
    """The folders of `work_folder` whose process is gone."""
    found = []
    for path in sorted(Path(tempfile.gettempdir()).iterdir()):
        match = _NAME.fullmatch(path.name)
        if match and path.is_dir() and not path.is_symlink() and not _in_use(int(match["pid"]), path):
            found.append(path)
    return found


def _in_use(pid: int, folder: Path) -> bool:
    """Whether the process that made a folder may still run. Another one with its id started later."""
    if folder.stat().st_uid != os.getuid():
        return True
    try:
        return bool(psutil.Process(pid).create_time() <= folder.stat().st_mtime + 2)
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True


def remove(path: Path) -> None:
    """Remove a file or folder; what cannot be removed stays."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
