"""The texts under a layer, out of what is published or a local copy of it, joined with the layer to a corpus."""

from __future__ import annotations

import fnmatch
import gzip
import json
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import InputError
from ..schema import Article
from .layer import LayerArticle, attach
from .registry import LayerSource

# No news article is longer; a packed one that would unfold to more is not unpacked.
MAX_ARTICLE_BYTES = 5_000_000


@dataclass(slots=True)
class Joined:
    """A layer joined with its texts."""

    articles: list[Article] = field(default_factory=list)
    faults: list[InputError] = field(default_factory=list)


def _text_of(raw: Any, source: LayerSource, where: str) -> str:
    for name in source.text_fields:
        if isinstance(raw, dict) and isinstance(raw.get(name), str):
            return str(raw[name])
    raise InputError(
        f"an article without its text: no field {' or '.join(source.text_fields)}",
        where=where,
        hint=f"give the data set of {source.homepage}",
    )


def _parsed(raw: bytes | str, where: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise InputError("not JSON that can be read", where=where, hint="fetch it again") from None


def _from_archive(path: Path, source: LayerSource, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                doc_id = PurePosixPath(member.filename).stem
                if doc_id not in wanted or not fnmatch.fnmatch(member.filename, source.members):
                    continue
                where = f"{path}: {member.filename}"
                if member.file_size > MAX_ARTICLE_BYTES:
                    raise InputError(f"{member.file_size / 1e6:.0f} MB is no article", where=where)
                yield doc_id, _text_of(_parsed(archive.read(member), where), source, where)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        raise InputError("not a whole zip archive", where=str(path), hint="fetch it again") from None


def _from_lines(path: Path, source: LayerSource, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as lines:
            for n, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                where = f"{path}:{n}"
                raw = _parsed(line, where)
                doc_id = raw.get(source.id_field) if isinstance(raw, dict) else None
                if doc_id in wanted:
                    yield str(doc_id), _text_of(raw, source, where)
    except UnicodeDecodeError:
        raise InputError(
            "not UTF-8",
            where=str(path),
            hint="give a zip archive, JSONL (also .gz) or a folder of JSON files",
        ) from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError("not a whole gzip file", where=str(path), hint="fetch or pack it again") from None


def _from_folder(path: Path, source: LayerSource, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    for file in sorted(path.rglob("*.json")):
        if file.stem in wanted:
            yield file.stem, _text_of(_parsed(file.read_bytes(), str(file)), source, str(file))


def texts(path: Path, source: LayerSource, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """(doc_id, text) of the wanted articles in a zip archive, a JSONL file (also .gz), or a folder of JSON files.

    Raises:
        InputError: it cannot be read, or an article of it has no text.
    """
    if not path.exists():
        raise InputError(
            "no such file", where=str(path), hint=f"give a copy of the data set of {source.homepage}"
        )
    if path.is_dir():
        yield from _from_folder(path, source, wanted)
    elif path.suffix.lower() == ".zip":
        yield from _from_archive(path, source, wanted)
    else:
        yield from _from_lines(path, source, wanted)


def join(
    layer: Sequence[LayerArticle],
    path: Path,
    source: LayerSource,
    advance: Callable[[int], None] | None = None,
) -> Joined:
    """Join a layer with its texts: articles in the layer's order, and a fault for every one that is missing or changed.

    Raises:
        InputError: `path` cannot be read.
    """
    by_id = {a.doc_id: a for a in layer}
    found: dict[str, Article] = {}
    out = Joined()
    changed = set()
    for doc_id, text in texts(path, source, by_id):
        if doc_id in found:
            continue
        try:
            found[doc_id] = attach(by_id[doc_id], text)
        except InputError as fault:
            changed.add(doc_id)
            out.faults.append(fault)
        if advance:
            advance(1)
    out.faults += [
        InputError("not in the data set", where=f"{path}: {i}", hint="give the whole data set")
        for i in by_id
        if i not in found and i not in changed
    ]
    out.articles = [found[i] for i in by_id if i in found]
    return out
