"""The manifest of a model folder: size and SHA-256 of every file, format and shape of every weight.

It is written last, so that a folder with a manifest is complete, and checked before any other file is parsed.
It detects damage and careless edits. It is not a signature: whoever can write to the folder can replace it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..data.errors import InputError
from ..data.files.atomic import atomic_write
from .weight_shapes import Weight, weight_shapes

MANIFEST = "manifest.json"
# Written beside a model's files by `stancewire models export`; it lists the manifest too.
EXPORT = "export.json"
MAX_MANIFEST = 5_000_000
MAX_FILES = 100
COPY_AGAIN = "copy the model again, or train again with `stancewire train`"
# All files are directly in the folder: a name cannot point anywhere else.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_SHA256 = r"^[0-9a-f]{64}$"


class FileEntry(BaseModel):
    """Size in bytes and SHA-256 of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    sha256: str = Field(pattern=_SHA256)
    size: int = Field(ge=0, le=1 << 50)


class WeightEntry(BaseModel):
    """Number format and shape of an array."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    dtype: str
    shape: list[Annotated[int, Field(ge=0, le=1 << 50)]]


class Manifest(BaseModel):
    """The content of `manifest.json`.

    Attributes:
        format: of the manifest itself.
        files: all files of the folder by name, without the manifest.
        weights: the arrays of each file with weights, by their names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    format: Literal[1] = 1
    files: dict[str, FileEntry]
    weights: dict[str, dict[str, WeightEntry]]


def write_manifest(folder: Path) -> None:
    """Write the manifest of the files that are in a folder now.

    Raises:
        InputError: a file is a link or a folder, has an unusual name or cannot be read.
    """
    names = sorted(n for n in _entries(folder) if n not in (MANIFEST, EXPORT))
    files = {name: _described(folder / name) for name in names}
    weights = {name: shapes for name in names if (shapes := _shapes(folder, name)) is not None}
    content = Manifest(files=files, weights=weights)
    with atomic_write(folder / MANIFEST) as out:
        out.write(content.model_dump_json(indent=2) + "\n")


def check_manifest(folder: Path) -> bool:
    """Compare the files of a model folder with its manifest.

    Returns:
        False if there is no manifest, as in models of format 3 and older.

    Raises:
        InputError: the manifest or a file is damaged, or a file is missing, unknown or not a plain file.
    """
    names = set(_entries(folder))
    if MANIFEST not in names:
        return False
    manifest = _read(folder)
    for name in manifest.files:
        if not _NAME.fullmatch(name) or name in (MANIFEST, EXPORT):
            raise _damaged(folder, f"{MANIFEST} lists {name[:60]!r}, which cannot be a model file")
    if missing := sorted(set(manifest.files) - names):
        raise _damaged(folder, f"{missing[0]} is missing")
    if extra := sorted(names - set(manifest.files) - {MANIFEST, EXPORT}):
        raise InputError(
            f"{extra[0]!r} is not in {MANIFEST}",
            where=str(folder),
            hint="remove it from the folder, or copy the model again",
        )
    for name, expected in manifest.files.items():
        if (size := (folder / name).stat().st_size) != expected.size:
            raise _damaged(folder, f"{name} is damaged: {size} bytes instead of {expected.size}")
    for name, expected in manifest.files.items():
        if _described(folder / name) != expected:
            raise _damaged(folder, f"{name} is damaged: its SHA-256 differs from that in {MANIFEST}")
        _check_shapes(folder, name, manifest)
    return True


def content_digest(folder: Path) -> str:
    """SHA-256 of the files of a model that decide what it predicts, in hexadecimal; its card does not.

    Raises:
        InputError: a file cannot be read.
    """
    names = sorted(n for n in _entries(folder) if n not in (MANIFEST, EXPORT) and not n.endswith(".md"))
    listed = "\n".join(f"{_described(folder / n).sha256} {n}" for n in names)
    return hashlib.sha256(listed.encode()).hexdigest()


def _damaged(folder: Path, what: str) -> InputError:
    return InputError(what, where=str(folder), hint=COPY_AGAIN)


def _entries(folder: Path) -> Iterator[str]:
    """The names of all files in a folder.

    Raises:
        InputError: one of them is a link, a folder or a device, or there are too many.
    """
    try:
        with os.scandir(folder) as found:
            entries = [e for _, e in zip(range(MAX_FILES + 1), found, strict=False)]
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    if len(entries) > MAX_FILES:
        raise InputError(f"has more than {MAX_FILES} files, so it is not a model folder", where=str(folder))
    for entry in entries:
        mode = entry.stat(follow_symlinks=False).st_mode
        if not stat.S_ISREG(mode):
            kind = (
                "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "not a plain file"
            )
            raise InputError(
                f"{entry.name!r} is {kind}; a model folder has only plain files",
                where=str(folder),
                hint="remove it, or replace a link with a copy of its file",
            )
        yield entry.name


def _described(path: Path) -> FileEntry:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return FileEntry(sha256=digest, size=file.tell())
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", where=str(path.parent)) from None


def _read(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if path.stat().st_size > MAX_MANIFEST:
        raise _damaged(folder, f"{MANIFEST} is damaged: it is larger than {MAX_MANIFEST // 1_000_000} MB")
    try:
        return Manifest.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))[:80]
        raise _damaged(folder, f"{MANIFEST} is damaged: {place}: {first['msg']}") from None
    except (ValueError, RecursionError, OSError) as error:
        raise _damaged(folder, f"{MANIFEST} is damaged: {str(error).splitlines()[0][:100]}") from None


def _shapes(folder: Path, name: str) -> dict[str, WeightEntry] | None:
    try:
        found: dict[str, Weight] | None = weight_shapes(folder / name)
    except (ValueError, OSError) as error:
        raise _damaged(folder, f"{name} is damaged: {error}") from None
    if found is None:
        return None
    return {k: WeightEntry(dtype=w.dtype, shape=list(w.shape)) for k, w in sorted(found.items())}


def _check_shapes(folder: Path, name: str, manifest: Manifest) -> None:
    found, expected = _shapes(folder, name) or {}, manifest.weights.get(name, {})
    for weight in sorted({*found, *expected}):
        if found.get(weight) != expected.get(weight):
            raise _damaged(folder, f"{name}: {weight} has another shape or number format than in {MANIFEST}")
