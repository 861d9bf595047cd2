"""Write a whole folder atomically."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import InputError


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A temporary folder that becomes `path` when the block ends, and disappears if the block raises.

    Raises:
        InputError: `path` exists and is not an empty folder: somebody may have worked in it.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise InputError("already exists", where=str(path), hint="name a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as made:
        folder = Path(made) / "new"
        folder.mkdir()
        yield folder
        if path.exists():
            path.rmdir()
        folder.rename(path)
