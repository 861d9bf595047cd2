"""Read the texts that a layer annotates, from the published archive or a local copy, and join the two."""

from __future__ import annotations

import fnmatch
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import InputError
from ..files.reading import json_lines, load_json, read_bytes
from ..reporting import Report, guarded, raise_error
from ..schema import Article
from .layer import LayerArticle, attach
from .registry import LayerSource

# No news article is longer. Larger members of an archive are rejected before they are unpacked.
MAX_ARTICLE_BYTES = 5_000_000
# Called with the number of articles read since the last call.
Advance = Callable[[int], None]
_FETCH_HINT = "fetch the dataset again"


@dataclass(slots=True)
class Joined:
    """The articles of a layer joined with their texts, and an error for each one that cannot be joined."""

    articles: list[Article] = field(default_factory=list)
    errors: list[InputError] = field(default_factory=list)


def _text_of(raw: Any, source: LayerSource, where: str) -> str:
    for name in source.text_fields:
        if isinstance(raw, dict) and isinstance(raw.get(name), str):
            return str(raw[name])
    raise InputError(
        f"an article without text: no field {' or '.join(source.text_fields)}",
        where=where,
        hint=f"use the dataset from {source.homepage}",
    )


def _from_archive(
    path: Path, source: LayerSource, doc_ids: Collection[str], report: Report
) -> Iterator[tuple[str, str]]:
    with guarded(str(path), hint=_FETCH_HINT):
        archive = zipfile.ZipFile(path)
    with archive:
        for member in archive.infolist():
            doc_id = PurePosixPath(member.filename).stem
            if doc_id not in doc_ids or not fnmatch.fnmatch(member.filename, source.members):
                continue
            where, text = f"{path}: {member.filename}", None
            with guarded(where, report, _FETCH_HINT):
                text = _text_of(
                    load_json(_unpacked(archive, member, where), where, _FETCH_HINT), source, where
                )
            if text is not None:
                yield doc_id, text


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> bytes:
    """The content of a member, which is refused before it is unpacked if it is too large."""
    # Other methods unpack a whole block at once, whatever its size.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError("an unusual compression, not deflate", where=where, hint=_FETCH_HINT)
    size = member.file_size
    if size <= MAX_ARTICLE_BYTES:
        with archive.open(member) as file:
            # The size in the directory of the archive may be wrong.
            raw = file.read(MAX_ARTICLE_BYTES + 1)
        if len(raw) <= MAX_ARTICLE_BYTES:
            return raw
        size = len(raw)
    raise InputError(
        f"too large for an article: {size / 1e6:.0f} MB, more than {MAX_ARTICLE_BYTES / 1e6:.0f} MB",
        where=where,
        hint=_FETCH_HINT,
    )


def _from_lines(
    path: Path, source: LayerSource, doc_ids: Collection[str], report: Report
) -> Iterator[tuple[str, str]]:
    for where, raw in json_lines(path, report, compressed=path.suffix.lower() == ".gz"):
        doc_id = raw.get(source.id_field) if isinstance(raw, dict) else None
        if isinstance(doc_id, str) and doc_id in doc_ids:
            text = None
            with guarded(where, report, _FETCH_HINT):
                text = _text_of(raw, source, where)
            if text is not None:
                yield doc_id, text


def _from_folder(
    path: Path, source: LayerSource, doc_ids: Collection[str], report: Report
) -> Iterator[tuple[str, str]]:
    for file in sorted(path.rglob("*.json")):
        if file.stem in doc_ids:
            text = None
            with guarded(str(file), report, _FETCH_HINT):
                raw = load_json(read_bytes(file, MAX_ARTICLE_BYTES), str(file), _FETCH_HINT)
                text = _text_of(raw, source, str(file))
            if text is not None:
                yield file.stem, text


def texts(
    path: Path, source: LayerSource, doc_ids: Collection[str], report: Report = raise_error
) -> Iterator[tuple[str, str]]:
    """The doc_ids and texts of articles in a dataset.

    Args:
        path: a zip archive, a JSONL file (also .gz), or a folder of JSON files.
        source: the names of its files and fields.
        doc_ids: the articles to read.
        report: called with each row, member or file that cannot be read or has no text.

    Raises:
        InputError: the dataset cannot be read.
    """
    if not path.exists():
        raise InputError(
            "no such file", where=str(path), hint=f"give a copy of the dataset from {source.homepage}"
        )
    if path.is_dir():
        yield from _from_folder(path, source, doc_ids, report)
    elif path.suffix.lower() == ".zip":
        yield from _from_archive(path, source, doc_ids, report)
    else:
        yield from _from_lines(path, source, doc_ids, report)


def _missing(path: Path, doc_id: str) -> InputError:
    return InputError("not in the dataset", where=f"{path}: {doc_id}", hint="give the complete dataset")


def join(
    layer: Sequence[LayerArticle], path: Path, source: LayerSource, advance: Advance | None = None
) -> Joined:
    """Join a layer with its texts.

    Args:
        layer: the articles of the layer.
        path: the dataset, see `texts`.
        source: the names of its files and fields.
        advance: called with 1 after each article.

    Returns:
        The articles in the layer's order, and an error for each one that is missing or has changed.

    Raises:
        InputError: the dataset cannot be read.
    """
    by_id = {a.doc_id: a for a in layer}
    joined: dict[str, Article] = {}
    out = Joined()
    changed: set[str] = set()
    for doc_id, text in texts(path, source, by_id, out.errors.append):
        if doc_id in joined:
            continue

        def report(error: InputError, doc_id: str = doc_id) -> None:
            changed.add(doc_id)
            out.errors.append(error)

        with guarded(doc_id, report):
            joined[doc_id] = attach(by_id[doc_id], text)
        if advance:
            advance(1)
    # Of another dataset, one line for each article would say the same.
    if joined:
        out.errors += [_missing(path, i) for i in by_id if i not in joined and i not in changed]
    out.articles = [joined[i] for i in by_id if i in joined]
    return out
