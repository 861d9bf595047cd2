"""Append to a text file: all lines or none, and nothing is lost if several programs append at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from .atomic import atomic_write_bytes
from .locking import locked

_CHUNK = 1 << 20
# Called with the file; returns the number of its bytes to keep, and the text to append.
Added = Callable[[Path], tuple[int, str]]


def append(path: Path | str, added: Added) -> None:
    """Append a text to a file, which is created if it is missing.

    The file is copied, the copy is completed and renamed, so that a program that is killed leaves the file as
    it was. A lock beside the file makes programs wait for each other.

    Args:
        path: the file; a symbolic link is followed.
        added: called with the path while the file is locked; returns the number of bytes of the existing file
            to keep, and the text to append. If nothing changes, nothing is written.

    Raises:
        InputError: another program holds the lock for too long.
        OSError: it cannot be written.
    """
    target = Path(os.path.realpath(path))
    with locked(target):
        kept, text = added(target)
        if not text and (not target.exists() or kept == target.stat().st_size):
            return
        with atomic_write_bytes(target) as out:
            if kept:
                _copy_start(target, out, kept)
            out.write(text.encode("utf-8"))


def _copy_start(path: Path, out: IO[bytes], n_bytes: int) -> None:
    """Copy the first bytes of a file, and a line end if they have none."""
    with path.open("rb") as file:
        left, last = n_bytes, b"\n"
        while left and (chunk := file.read(min(left, _CHUNK))):
            out.write(chunk)
            left, last = left - len(chunk), chunk[-1:]
        if last != b"\n":
            out.write(b"\n")
