"""Folders for temporary files that can be recognised, and removed, after their process was killed."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import psutil

from ....data.errors import InputError
from .signals import postponed_signals

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

# `stancewire-PID-` and the random characters of `tempfile`.
_NAME = re.compile(r"\.?stancewire-(?P<pid>\d{1,10})-[a-z0-9_]{8}")
# `.NAME.`, the random characters, and the suffix of `data.files.atomic`, which locks files while it writes.
_INCOMPLETE = re.compile(r"\..+\.[a-z0-9_]{8}\.part")


@contextmanager
def temporary_folder(parent: Path | None = None, *, hidden: bool = False) -> Iterator[Path]:
    """A temporary folder that is removed after the block, also if a signal ends the command meanwhile.

    Signals wait while the folder is created and while it is removed: an exception raised in between would
    leave it, or half of it, behind.

    Args:
        parent: where to create it. Default: the system's folder for temporary files.
        hidden: whether its name starts with a dot.
    """
    prefix = f"{'.' if hidden else ''}stancewire-{os.getpid()}-"
    with postponed_signals():
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        # For a signal that arrives just before or just after the block, and for files written after it.
        atexit.register(remove, folder)
    try:
        yield folder
    finally:
        with postponed_signals():
            remove(folder)


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder for the temporary files of this process, which is removed after the block.

    Within the block, `tempfile` puts all its files into this folder, because MLflow creates some too.
    """
    with temporary_folder() as folder:
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        try:
            yield folder
        finally:
            tempfile.tempdir = before


def abandoned_folders(parent: Path | None = None) -> list[Path]:
    """The temporary folders of stancewire whose process is gone.

    Args:
        parent: where to look. Default: the system's folder for temporary files.
    """
    found = []
    for path in sorted((parent or Path(tempfile.gettempdir())).iterdir()):
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


def incomplete_outputs(folder: Path) -> list[Path]:
    """The incomplete output files and folders in a folder that no process is writing.

    Raises:
        InputError: the folder cannot be read.
    """
    try:
        names = sorted(p for p in folder.iterdir() if _INCOMPLETE.fullmatch(p.name))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    files = [p for p in names if p.is_file() and not p.is_symlink() and not _locked(p)]
    return files + abandoned_folders(folder)


def _locked(path: Path) -> bool:
    """Whether another process holds the lock of a file, or may hold it."""
    if fcntl is None:
        return True
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def remove(path: Path) -> None:
    """Remove a file or folder; what cannot be removed stays."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
