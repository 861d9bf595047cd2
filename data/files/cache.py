"""The cache folder: everything in it can be computed or downloaded again."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

VARIABLE = "STANCEWIRE_CACHE"


def cache_folder() -> Path:
    """The folder in the environment variable `STANCEWIRE_CACHE`, else the user's cache folder.

    The default follows the convention of the operating system: `~/.cache/stancewire` on Linux (or below
    `XDG_CACHE_HOME`), `~/Library/Caches/stancewire` on macOS, `%LOCALAPPDATA%\\stancewire\\Cache` on Windows.
    """
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen)
    return user_cache_path("stancewire", appauthor=False)
