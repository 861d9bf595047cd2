"""What the user named, as sources: files, folders and standard input."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from ...data.errors import InputError
from .source import ReadOptions, Source
from .web.addresses import is_url


def sources(name: str, endings: tuple[str, ...], options: ReadOptions | None = None) -> Iterator[Source]:
    """The sources that one argument names, in order of their paths.

    Args:
        name: a path, a URL, `hf:owner/name`, or `-` for standard input.
        endings: the extensions of files in folders that are read.
        options: whether URLs of private addresses are fetched.

    Raises:
        InputError: nothing can be read there.
    """
    if name == "-":
        yield Source.standard_input()
        return
    if name.startswith("hf:"):
        yield Source(name, data=b"")
        return
    if is_url(name):
        from .web.links import fetched_source

        yield fetched_source(name, options or ReadOptions())
        return
    path = Path(name)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise InputError("no such file", where=name, hint="check the name and the current folder") from None
    if not stat.S_ISDIR(mode):
        yield _file(path, mode)
        return
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(endings))
    if not files:
        raise InputError("no articles in this folder", where=name, hint=f"read are {', '.join(endings)}")
    for file in files:
        yield Source(str(file), path=file)


def _file(path: Path, mode: int) -> Source:
    if stat.S_ISREG(mode):
        return Source(str(path), path=path)
    if stat.S_ISFIFO(mode):
        # `<(command)` of a shell; it can be read once.
        return Source(str(path), stream=path.open("rb"))
    raise InputError("a device, not a file", where=str(path), hint="name a file, or pipe into `-`")
