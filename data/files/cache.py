"""The cache folder: everything in it can be computed or downloaded again."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from ..errors import InputError

VARIABLE = "STANCEWIRE_CACHE"


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
