"""A lock beside the tracking store, for steps that two commands must not take at the same time."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ....data.errors import InputError
from .addresses import shown_uri, sqlite_file, tracking_uri

# The longest step is the creation of all tables, which takes half a minute on a busy machine.
LOCK_SECONDS = 180.0


def lock_file() -> Path:
    """The lock file of the current store: beside a SQLite database, else in the folder for temporary files.

    A server is thus locked against commands on this machine only.
    """
    uri = tracking_uri()
    if (database := sqlite_file(uri)) is not None:
        absolute = database.absolute()
        return absolute.with_name(f".{absolute.name}.lock")
    return Path(tempfile.gettempdir()) / f"stancewire-{hashlib.sha256(uri.encode()).hexdigest()[:16]}.lock"


@contextmanager
def store_lock() -> Iterator[None]:
    """Hold the lock of the current store. The system releases it if the process is killed.

    Raises:
        InputError: another command holds it for minutes, or the lock file cannot be written.
    """
    path = lock_file()
    lock = FileLock(path, timeout=LOCK_SECONDS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise InputError(
            f"another command has used the tracking store for {LOCK_SECONDS:.0f} s",
            where=shown_uri(),
            hint="try again when it has ended",
        ) from None
    except OSError as error:
        hint = "check the permissions of its folder"
        raise InputError(f"cannot be locked: {error.strerror}", where=str(path), hint=hint) from None
    try:
        yield
    finally:
        lock.release()
