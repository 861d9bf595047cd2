"""Where stancewire keeps what it can compute or download again."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

VARIABLE = "STANCEWIRE_CACHE"


def cache_folder() -> Path:
    """The folder named by the environment variable `STANCEWIRE_CACHE`, else the user's cache folder.

    The default is what platformdirs gives: `~/.cache/stancewire` on Linux (`XDG_CACHE_HOME` is respected),
    `~/Library/Caches/stancewire` on macOS, `%LOCALAPPDATA%\\stancewire\\Cache` on Windows.
    """
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen)
    return user_cache_path("stancewire", appauthor=False)
