"""Read the texts that a layer annotates, from the published archive or a local copy, and join the two."""

from __future__ import annotations

import fnmatch
import gzip
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import InputError
from ..files.reading import load_json, read_bytes
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


def _from_archive(path: Path, source: LayerSource, doc_ids: Collection[str]) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                doc_id = PurePosixPath(member.filename).stem
                if doc_id not in doc_ids or not fnmatch.fnmatch(member.filename, source.members):
                    continue
                where = f"{path}: {member.filename}"
                if member.file_size > MAX_ARTICLE_BYTES:
                    raise InputError(
                        f"too large for an article: {member.file_size / 1e6:.0f} MB",
                        where=where,
                        hint=_FETCH_HINT,
                    )
                yield doc_id, _text_of(load_json(archive.read(member), where, _FETCH_HINT), source, where)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        raise InputError("damaged or incomplete zip archive", where=str(path), hint=_FETCH_HINT) from None


def _from_lines(path: Path, source: LayerSource, doc_ids: Collection[str]) -> Iterator[tuple[str, str]]:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as lines:
            for n, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                where = f"{path}:{n}"
                raw = load_json(line, where, _FETCH_HINT)
                doc_id = raw.get(source.id_field) if isinstance(raw, dict) else None
                if doc_id in doc_ids:
                    yield str(doc_id), _text_of(raw, source, where)
    except UnicodeDecodeError:
        raise InputError(
            "not UTF-8",
            where=str(path),
            hint="give a zip archive, JSONL (also .gz) or a folder of JSON files",
        ) from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError("damaged or incomplete gzip file", where=str(path), hint=_FETCH_HINT) from None


def _from_folder(path: Path, source: LayerSource, doc_ids: Collection[str]) -> Iterator[tuple[str, str]]:
    for file in sorted(path.rglob("*.json")):
        if file.stem in doc_ids:
            yield file.stem, _text_of(load_json(read_bytes(file), str(file), _FETCH_HINT), source, str(file))


def texts(path: Path, source: LayerSource, doc_ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """The doc_ids and texts of articles in a dataset.

    Args:
        path: a zip archive, a JSONL file (also .gz), or a folder of JSON files.
        source: the names of its files and fields.
        doc_ids: the articles to read.

    Raises:
        InputError: the dataset cannot be read, or one of the articles has no text.
    """
    if not path.exists():
        raise InputError(
            "no such file", where=str(path), hint=f"give a copy of the dataset from {source.homepage}"
        )
    if path.is_dir():
        yield from _from_folder(path, source, doc_ids)
    elif path.suffix.lower() == ".zip":
        yield from _from_archive(path, source, doc_ids)
    else:
        yield from _from_lines(path, source, doc_ids)


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
    for doc_id, text in texts(path, source, by_id):
        if doc_id in joined:
            continue
        try:
            joined[doc_id] = attach(by_id[doc_id], text)
        except InputError as error:
            changed.add(doc_id)
            out.errors.append(error)
        if advance:
            advance(1)
    out.errors += [
        InputError("not in the dataset", where=f"{path}: {i}", hint="give the complete dataset")
        for i in by_id
        if i not in joined and i not in changed
    ]
    out.articles = [joined[i] for i in by_id if i in joined]
    return out
