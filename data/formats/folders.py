"""Write folders atomically."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import InputError


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A temporary folder that becomes `path` when the block ends, or is deleted if the block raises.

    Raises:
        InputError: `path` exists and is not an empty folder; it may contain somebody's work.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise InputError("already exists", where=str(path), hint="give a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as parent:
        folder = Path(parent) / "new"
        folder.mkdir()
        yield folder
        if path.exists():
            path.rmdir()
        folder.rename(path)
