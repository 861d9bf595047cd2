"""The cache folder: everything in it can be computed or downloaded again."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from ..errors import InputError

VARIABLE = "STANCEWIRE_CACHE"
LIMIT_VARIABLE = "STANCEWIRE_CACHE_MB"
DEFAULT_LIMIT_MB, MAX_LIMIT_MB = 1000, 1_000_000
# The files of each kind, relative to the cache folder. Nothing else there is ever deleted: a cache folder
# that is also somebody's home folder loses nothing of theirs.
KINDS = {
    "parses": r"parses-[\w.-]+\.sqlite(-wal|-shm|-journal)?",
    "checkpoints": r"checkpoints/[0-9a-f]{8,64}/(state\.(json|part)|[\w-]+\.(safetensors|part))",
    "soft-labels": r"soft-labels/([0-9a-f]{32}\.npz|\.[0-9a-f]{32}\.npz\.\w{8}\.part)",
    "layers": r"layers/[\w-]+-[0-9a-f]{12}\.jsonl",
    "downloads": r"downloads/[\w-]+\.zip(\.[\w.-]+)?",
}
_DAY = 86_400
# Parses of other releases, checkpoints of trainings that nobody resumed, and labels that nobody uses.
_STALE = dict.fromkeys(("parses", "checkpoints", "soft-labels"), 30 * _DAY)


def cache_folder() -> Path:
    """The folder in the environment variable `STANCEWIRE_CACHE`, else the user's cache folder.

    The default follows the convention of the operating system: `~/.cache/stancewire` on Linux (or below
    `XDG_CACHE_HOME`), `~/Library/Caches/stancewire` on macOS, `%LOCALAPPDATA%\\stancewire\\Cache` on Windows.
    A user without a home folder (`docker run --user 54321`) has a folder among the temporary files.

    Raises:
        InputError: that folder belongs to another user.
    """
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen)
    try:
        return user_cache_path("stancewire", appauthor=False)
    except (RuntimeError, KeyError):  # neither HOME nor an entry in the user database
        return _temporary_cache()


def _temporary_cache() -> Path:
    folder = Path(tempfile.gettempdir()) / f"stancewire-cache-{os.getuid()}"
    # Anybody can create this folder first, and could then change what is read from it.
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise InputError(
            "the cache folder belongs to another user", where=str(folder), hint=f"set {VARIABLE} to a folder"
        )
    return folder


def cache_limit() -> int:
    """The size in bytes of the cache of parses above which its oldest entries are removed.

    It is the number of megabytes in `STANCEWIRE_CACHE_MB`, by default 1000.

    Raises:
        InputError: the variable has no number from 1 to 1000000.
    """
    text = os.environ.get(LIMIT_VARIABLE) or str(DEFAULT_LIMIT_MB)
    if not re.fullmatch(r"[0-9]{1,7}", text) or not 1 <= int(text) <= MAX_LIMIT_MB:
        raise InputError(
            f"{text[:40]!r} is not a number of megabytes", where=LIMIT_VARIABLE, hint=f"1 to {MAX_LIMIT_MB}"
        )
    return int(text) * 1_000_000


class CachedFile(NamedTuple):
    """A file of the cache: its kind (a key of `KINDS`), path, size in bytes, and time of change."""

    kind: str
    path: Path
    size: int
    changed: float


def cached_files() -> Iterator[CachedFile]:
    """All files of the cache, links excluded."""
    folder = cache_folder()
    for kind, pattern in KINDS.items():
        depth = pattern.count("/")
        for path in sorted(folder.glob("/".join(["*"] * (depth + 1)))):
            name = path.relative_to(folder).as_posix()
            if re.fullmatch(pattern, name) and path.is_file() and not path.is_symlink():
                try:
                    found = path.stat()
                except OSError:  # deleted meanwhile
                    continue
                yield CachedFile(kind, path, found.st_size, found.st_mtime)


def clear_cache(kinds: tuple[str, ...] = tuple(KINDS)) -> int:
    """Delete the files of these kinds, and folders that are empty then.

    Returns:
        The number of bytes that they had.

    Raises:
        InputError: a file cannot be deleted.
    """
    return _delete([f for f in cached_files() if f.kind in kinds])


def remove_stale() -> int:
    """Delete parses, checkpoints and soft labels of 30 days ago, as far as that is possible.

    Returns:
        The number of bytes that they had.
    """
    now = time.time()
    try:
        return _delete([f for f in cached_files() if now - f.changed > _STALE.get(f.kind, float("inf"))])
    except (InputError, OSError):
        return 0


def _delete(files: list[CachedFile]) -> int:
    folder = cache_folder()
    for file in files:
        try:
            file.path.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(f"cannot be deleted: {error.strerror}", where=str(file.path)) from None
        for parent in file.path.parents:
            if parent == folder or any(parent.iterdir()):
                break
            parent.rmdir()
    return sum(file.size for file in files)
