"""Atomic writes: a file appears complete or not at all. Devices, pipes and links stay as they are."""

from __future__ import annotations

import errno
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be deleted, which serves the same purpose
    fcntl = None  # type: ignore[assignment]

# Temporary files are `.NAME.` + 8 random characters + `.part`.
SUFFIX = ".part"
_SYSTEM_FOLDERS = ("/dev/", "/proc/")


@contextmanager
def atomic_write(path: Path | str) -> Iterator[IO[str]]:
    """Open a text file for writing that appears at `path` when the block ends, unless the block raises.

    Folders are created as needed. An existing file is replaced and its permissions are kept; a new file has
    those that the umask says. A symbolic link is followed. A pipe or device is written to directly, so that
    a block that raises may leave part of the output there.

    Raises:
        OSError: it cannot be written; `filename` is `path`.
    """
    with _open(Path(path), {"mode": "w", "encoding": "utf-8", "newline": "\n"}) as out:
        yield out


@contextmanager
def atomic_write_bytes(path: Path | str) -> Iterator[IO[bytes]]:
    """Like `atomic_write`, for bytes."""
    with _open(Path(path), {"mode": "wb"}) as out:
        yield out


@contextmanager
def _open(path: Path, how: dict[str, Any]) -> Iterator[IO[Any]]:
    with _naming(path):
        if is_stream(path):
            # Append: `> file` and `>> file` both keep what the shell has there already.
            with path.open(
                how["mode"].replace("w", "a"), **{k: v for k, v in how.items() if k != "mode"}
            ) as out:
                yield out
            return
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(target)
        handle, name = _temporary(target)
        try:
            with os.fdopen(handle, **how) as out:
                yield out
                out.flush()
                _copy_permissions(target, out.fileno())
                os.fsync(out.fileno())
                # Within the block: while the file is open, it is locked and no other process deletes it.
                if fcntl is not None:
                    Path(name).replace(target)
            if fcntl is None:
                Path(name).replace(target)
            _sync_folder(target.parent)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def is_stream(path: Path) -> bool:
    """Whether the path is a pipe, a device or an open file of this process: written to, never replaced."""
    if str(path).startswith(_SYSTEM_FOLDERS) and path.exists() and not path.is_dir():
        return path.is_symlink() or not path.is_file() or "/fd/" in str(path)
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the output in an error that has no file or that of the temporary file."""
    try:
        yield
    except OSError as error:
        known = str(error.filename or "")
        if not known or Path(known).name.startswith(f".{path.name}."):
            raise OSError(error.errno or errno.EIO, error.strerror or str(error), str(path)) from error
        raise


def _temporary(target: Path) -> tuple[int, str]:
    """A new temporary file beside the target, locked as long as this process has it open."""
    while True:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:200]}.", suffix=SUFFIX)
        if fcntl is None:
            return handle, name
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:  # otherwise another process deleted it before it was locked
            return handle, name
        os.close(handle)


def remove_leftovers(target: Path) -> int:
    """Delete temporary files of this target whose process was killed.

    Returns:
        The number of deleted files.
    """
    pattern = re.compile(re.escape(f".{target.name[:200]}.") + rf"\w{{8}}{re.escape(SUFFIX)}")
    try:
        names = [entry.path for entry in os.scandir(target.parent) if pattern.fullmatch(entry.name)]
    except OSError:
        return 0
    return sum(remove_unlocked(Path(name)) for name in names)


def remove_unlocked(path: Path) -> bool:
    """Delete a file unless a process has it locked.

    Returns:
        Whether it was deleted.
    """
    with suppress(OSError):
        if fcntl is not None:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
        else:
            path.unlink()
        return True
    return False


def _copy_permissions(target: Path, handle: int) -> None:
    """Give the open file the permissions and the owner of the target, or the usual ones of a new file."""
    if not hasattr(os, "fchmod"):
        return
    try:
        old = target.stat()
    except FileNotFoundError:
        # mkstemp makes files private. umask can only be read by setting it.
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    with suppress(PermissionError):  # only root may give a file away
        os.fchown(handle, old.st_uid, old.st_gid)
    os.fchmod(handle, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where the system can open folders."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
