"""A lock beside a file, for programs that read it, change it and write it back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import InputError

WAIT_SECONDS = 120.0


@contextmanager
def locked(path: Path, seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of a file, `.NAME.lock` beside it, during the block; a missing file can be locked too.

    The kernel releases the lock of a killed process.

    Raises:
        InputError: another process has had the lock for `seconds`.
        OSError: the lock cannot be created.
    """
    from filelock import FileLock, Timeout

    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = target.with_name(f".{target.name[:200]}.lock")
    try:
        with FileLock(lock, timeout=seconds):
            try:
                yield
            finally:
                # filelock notices that the file it has locked was deleted, and tries again. Windows does not
                # delete open files: there the lock file stays.
                with suppress(OSError):
                    lock.unlink()
    except Timeout:
        raise InputError(
            f"has been in use by another program for more than {seconds:.0f} s",
            where=str(path),
            hint="try again later",
        ) from None
