"""Check before any work is done that an output is not an input, and can be written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from ..errors import InputError
from .atomic import is_stream

Format = TypeVar("Format", bound=str)
_CHOOSE = "choose another name with -o"
# Files in an input folder that no reader takes for an article: they may be written again.
NOT_READ_IN_FOLDERS = (".csv", ".tsv", ".png")


def refuse_input(out: Path, inputs: Iterable[Path | str]) -> None:
    """Refuse an output file that is also an input, which may be hours of somebody's work.

    Links and other spellings of the path are recognised, a file in an input folder too, and standard input
    that is read from the output (`-`).

    Args:
        out: the output; it may be missing.
        inputs: paths; whatever does not exist is ignored.

    Raises:
        InputError: one of the inputs is the output.
    """
    if is_stream(out) or not out.exists():
        return
    if any(_is_read(name, out) for name in inputs):
        raise InputError("is also an input file; not overwritten", where=str(out), hint=_CHOOSE)


def _is_read(name: Path | str, out: Path) -> bool:
    """Whether reading the input reads the output. False if the input does not exist or is no path."""
    try:
        return _same(name, out)
    except (OSError, ValueError):
        return False


def _same(name: Path | str, out: Path) -> bool:
    if str(name) == "-":
        return os.path.samestat(os.fstat(sys.stdin.fileno()), out.stat())
    path = Path(name)
    if path.is_dir() and out.is_file():
        inside = Path(os.path.realpath(out)).is_relative_to(os.path.realpath(path))
        return inside and out.suffix.lower() not in NOT_READ_IN_FOLDERS
    return path.samefile(out)


def check_output_file(out: Path, suffixes: tuple[str, ...] = ()) -> None:
    """Check that a file can be written.

    Args:
        out: the file; it may be missing.
        suffixes: the extensions that it may have; files without an extension, pipes and devices are accepted.

    Raises:
        InputError: it is a folder, its folder is missing or cannot be written to, or it is protected.
    """
    if out.is_dir():
        raise InputError("is a folder", where=str(out), hint="name a file with -o")
    if is_stream(out):
        return
    check_suffix(out, suffixes)
    target = Path(os.path.realpath(out))
    if target.is_symlink():
        raise InputError("is a symbolic link to itself", where=str(out), hint=_CHOOSE)
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}", where=str(out), hint="create it first")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise _not_writable(out, f"the folder {target.parent} is read-only")
    if target.exists() and not os.access(target, os.W_OK):
        raise _not_writable(out, "the file is read-only")


def check_suffix(out: Path, suffixes: tuple[str, ...], hint: str = "") -> None:
    """Refuse an extension that is not one of these.

    Raises:
        InputError: the extension is another one.
    """
    if suffixes and out.suffix and out.suffix.lower() not in suffixes:
        known = " or ".join(filter(None, (", ".join(suffixes[:-1]), suffixes[-1])))
        hint = f"use {known}{hint}"
        raise InputError(f"unknown output extension {out.suffix!r}", where=str(out), hint=hint)


def format_of(out: Path | None, formats: Mapping[str, Format], default: Format) -> Format:
    """The format of an output by its extension.

    Args:
        out: the output; None is standard output.
        formats: by extension in lower case, with its dot.
        default: of standard output, pipes and devices, and of files without an extension.

    Raises:
        InputError: the extension is of another format.
    """
    if out is None or not out.suffix or is_stream(out):
        return default
    check_suffix(out, tuple(formats), ", or name the format with --format")
    return formats[out.suffix.lower()]


def check_output_folder(out: Path) -> None:
    """Check that a folder, which may be missing, can be written to.

    Raises:
        InputError: it is a file, or is read-only.
    """
    if out.exists() and not out.is_dir():
        raise InputError("is a file", where=str(out), hint="name a folder with -o")
    nearest = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise _not_writable(out, f"the folder {nearest} is read-only")


def check_new(out: Path) -> None:
    """Check that a file or folder that must not exist yet can be created.

    Raises:
        InputError: it exists, or its folder is read-only.
    """
    if out.exists() or out.is_symlink():
        raise InputError("already exists", where=str(out), hint="choose a new name")
    check_output_folder(out)


def _not_writable(out: Path, why: str) -> InputError:
    return InputError(f"cannot be written: {why}", where=str(out), hint=_CHOOSE)
