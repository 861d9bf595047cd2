"""Zip archives: their members as sources. Nothing is written to disk; paths in archives are names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from ...data.errors import InputError, plural
from ...data.reporting import guarded
from .source import Source
from .streams import MAX_RATIO, MAX_STREAM_BYTES, RATIO_FLOOR

MAX_DEPTH = 2
MAX_MEMBERS = 100_000
# An archive in an archive, or on standard input, is held in memory.
MAX_IN_MEMORY = 200_000_000
# The first member of an Office, OpenDocument or EPUB file has a name that begins with one of these.
_DOCUMENT_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/", b"mimetype")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def is_archive(source: Source) -> bool:
    """Whether a source is a zip archive, and not a document in the form of one (DOCX, XLSX, ODT, EPUB)."""
    if not source.head.startswith(_ZIP):
        return False
    if source.name.lower().endswith((".docx", ".xlsx", ".xlsm", ".pptx", ".odt", ".ods", ".epub")):
        return False
    first = _first_member(source.head)
    if first is None:
        return not any(part in source.head for part in (b"word/", b"xl/"))
    return not first.startswith(_DOCUMENT_PARTS)


def _first_member(head: bytes) -> bytes | None:
    """The name of the first member of a zip archive; None if the archive is empty or damaged."""
    n = int.from_bytes(head[26:28], "little")
    name = head[30 : 30 + n]
    return name if head.startswith(_ZIP[0]) and 0 < n == len(name) else None


def members(
    source: Source,
    endings: tuple[str, ...],
    report_error: Callable[[InputError], None],
    note: Callable[[str], None],
    depth: int = 1,
) -> Iterator[Source]:
    """The files with these extensions in a zip archive, in its order, also those of archives in it.

    Args:
        report_error: called with each member that cannot be read; the others are read.
        note: called with what is left out.
        depth: how many archives there are around the members.

    Raises:
        InputError: damaged, too large, or an archive in too many archives.
    """
    if depth > MAX_DEPTH:
        hint = "unpack the archive"
        raise InputError(f"an archive within {MAX_DEPTH} archives", where=source.label, hint=hint)
    on_disk = source.path is not None and not source.is_compressed
    content = source.path if on_disk else io.BytesIO(source.read(MAX_IN_MEMORY, "an archive"))
    with zipfile.ZipFile(content) as archive:  # type: ignore[arg-type]
        infos = [info for info in archive.infolist() if not info.is_dir() and not is_hidden(info.filename)]
        _check(infos, source.label)
        ignored = encrypted = 0
        for info in infos:
            if info.flag_bits & 1:
                encrypted += 1
            elif not info.filename.lower().endswith((*endings, ".zip")):
                ignored += 1
            else:
                with guarded(f"{source.label}/{info.filename}", report_error):
                    yield from _member(archive, info, source, endings, report_error, note, depth)
    if encrypted:
        what = "encrypted" if encrypted == len(infos) else f"{plural(encrypted, 'file')} in it are encrypted"
        report_error(InputError(what, where=source.label, hint="pack it without a password"))
    if ignored:
        note(f"{source.label}: {plural(ignored, 'file')} of an unknown kind left out")


def is_bomb(info: zipfile.ZipInfo) -> bool:
    """Whether a member unpacks to far more than texts do."""
    return info.file_size > RATIO_FLOOR and info.file_size > MAX_RATIO * max(info.compress_size, 1)


def bomb(where: str) -> InputError:
    """The error of a file that unpacks to far more than texts do."""
    hint = "a compression bomb? unpack it and check what it is"
    return InputError(f"unpacks to more than {MAX_RATIO} times its size", where=where, hint=hint)


def _member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    around: Source,
    endings: tuple[str, ...],
    report_error: Callable[[InputError], None],
    note: Callable[[str], None],
    depth: int,
) -> Iterator[Source]:
    name = f"{around.name}/{info.filename}"
    if is_bomb(info):
        raise bomb(name)
    member = Source(name, opener=lambda: archive.open(info))  # type: ignore[arg-type, return-value]
    if is_archive(member):
        yield from members(member, endings, report_error, note, depth + 1)
    else:
        yield member


def is_hidden(name: str) -> bool:
    """Whether a file is of the operating system, a lock file of Word, or the list of contents of Nexis."""
    path = PurePosixPath(name.replace("\\", "/"))
    return (
        path.name.startswith((".", "~$"))
        or "__MACOSX" in path.parts
        or path.stem.lower().endswith("_doclist")
    )


def _check(infos: list[zipfile.ZipInfo], where: str) -> None:
    """Check the number of the members and their size together.

    Raises:
        InputError: there are none, too many, or they are too large.
    """
    if not infos:
        raise InputError("an archive without files", where=where)
    if len(infos) > MAX_MEMBERS:
        hint = f"the limit is {MAX_MEMBERS:,}; unpack it"
        raise InputError(f"{len(infos):,} files in an archive", where=where, hint=hint)
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if total > MAX_STREAM_BYTES:
        hint = f"the limit is {MAX_STREAM_BYTES / 1e9:.0f} GB; unpack it"
        raise InputError(f"unpacks to {total / 1e9:,.0f} GB", where=where, hint=hint)
    if total > 10 * RATIO_FLOOR and total > MAX_RATIO * packed:
        raise bomb(where)
