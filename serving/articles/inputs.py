"""The inputs of a command as sources: files, folders, patterns, archives and standard input."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from glob import glob, has_magic
from pathlib import Path

from ...data.errors import InputError
from ...data.reporting import guarded
from .archives import is_archive, is_hidden, members
from .source import ReadOptions, Source
from .web.addresses import is_url

_PACKED = (".gz", ".zst")


def sources(
    name: str,
    endings: tuple[str, ...],
    report_error: Callable[[InputError], None],
    note: Callable[[str], None],
    options: ReadOptions | None = None,
) -> Iterator[Source]:
    """The sources that one argument names, in order of their paths.

    Args:
        name: a path, a pattern (`exports/*.csv`, `**/*.docx`), a URL, `hf:owner/name`, or `-` for standard
            input.
        endings: the extensions of files in folders and archives that are read; also with `.gz` or `.zst`.
        report_error: called with each file that cannot be opened; the others are read.
        note: called with what is left out.
        options: whether URLs of private addresses are fetched.

    Raises:
        InputError: nothing can be read there.
    """
    for source in _named(name, _with_packed(endings), options):
        with guarded(source.label, report_error):
            yield from parts_of(source, endings, report_error, note)


def parts_of(
    source: Source,
    endings: tuple[str, ...],
    report_error: Callable[[InputError], None],
    note: Callable[[str], None],
) -> Iterator[Source]:
    """The files of an archive; any other source itself. For the arguments see `sources`."""
    if is_archive(source):
        yield from members(source, _with_packed(endings), report_error, note)
    else:
        yield source


def _with_packed(endings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(ending + more for ending in endings for more in ("", *_PACKED))


def _named(name: str, endings: tuple[str, ...], options: ReadOptions | None) -> Iterator[Source]:
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
    paths = [Path(name)]
    if has_magic(name) and not paths[0].exists():
        # `Path.glob` takes no absolute patterns.
        paths = [Path(found) for found in sorted(glob(name, recursive=True))]  # noqa: PTH207
        if not paths:
            raise InputError(
                "no file matches the pattern", where=name, hint="check the pattern and the current folder"
            )
    for path in paths:
        yield from _at(path, endings)


def _at(path: Path, endings: tuple[str, ...]) -> Iterator[Source]:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        hint = "check the name and the current folder"
        raise InputError("no such file", where=str(path), hint=hint) from None
    if not stat.S_ISDIR(mode):
        yield _file(path, mode)
        return
    files = sorted(p for p in path.rglob("*") if _is_read(p, endings))
    if not files:
        kinds = ", ".join(e for e in endings if not e.endswith(_PACKED))
        raise InputError(
            "no articles in this folder", where=str(path), hint=f"these extensions are read: {kinds}"
        )
    for file in files:
        yield Source(str(file), path=file)


def _is_read(path: Path, endings: tuple[str, ...]) -> bool:
    """Whether a file in a folder is read; lock files and lists of contents are not."""
    return path.name.lower().endswith((*endings, ".zip")) and not is_hidden(path.name) and path.is_file()


def _file(path: Path, mode: int) -> Source:
    if stat.S_ISREG(mode):
        return Source(str(path), path=path)
    if stat.S_ISFIFO(mode):
        # `<(command)` of a shell; it can be read once.
        return Source(str(path), stream=path.open("rb"))
    raise InputError("a device, not a file", where=str(path), hint="name a file, or pipe into `-`")
