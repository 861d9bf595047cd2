"""Append records to a file of earlier records; articles that it has already are not scored again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from ...data.errors import InputError
from ...data.files.appending import append
from ...data.files.reading import load_json
from ...data.printable import original_cell
from ...data.record import Record, text_sha256
from .writers import CSV_COLUMNS, CsvWriter, JsonlWriter

# Records are written at least this often; after a long copy of a large file less often.
SECONDS = 30.0
COPY_SHARE = 20
_HINT = "append to a file that `stancewire score` wrote, or choose another name with -o"
Key = tuple[str, str]


class Identified(Protocol):
    """An article to score."""

    @property
    def id(self) -> str: ...

    @property
    def text(self) -> str: ...


A = TypeVar("A", bound=Identified)


@dataclass
class Scored:
    """The articles in a file of records.

    Attributes:
        keys: id and `text_sha256` of each article.
        spans: of records without `text_sha256`, which earlier releases wrote: by id, the start and text of
            each sentence.
        kept: length of the file in bytes without a last line that is incomplete.
        size: length of the file in bytes.
    """

    keys: set[Key] = field(default_factory=set)
    spans: dict[str, list[list[tuple[int, str]]]] = field(default_factory=dict)
    kept: int = 0
    size: int = 0

    def has(self, article: Identified) -> bool:
        """Whether the article is in the file with the same text."""
        if (article.id, text_sha256(article.text)) in self.keys:
            return True
        return any(
            all(article.text.startswith(text, start) for start, text in record)
            for record in self.spans.get(article.id, ())
        )


def read_scored(path: Path, kind: str) -> Scored:
    """The articles in a file of records.

    Args:
        path: the file; it may be missing.
        kind: `jsonl` or `csv`.

    Raises:
        InputError: it is not a file of records. An incomplete last line is not an error.
    """
    try:
        raw = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    found = Scored(kept=len(raw), size=len(raw))
    if raw:
        (_read_jsonl if kind == "jsonl" else _read_csv)(raw, path, found)
    return found


def _read_jsonl(raw: bytes, path: Path, found: Scored) -> None:
    position = 0
    for n, line in enumerate(raw.splitlines(keepends=True) if b"\r" not in raw else raw.split(b"\n"), 1):
        where = f"{path}:{n}"
        complete = line.endswith(b"\n") or position + len(line) < len(raw)
        try:
            if line.strip():
                _add_record(load_json(line, where), where, found)
        except InputError:
            if complete:
                raise
            found.kept = position
        position += len(line) + (0 if line.endswith(b"\n") else 1)


def _add_record(record: Any, where: str, found: Scored) -> None:
    if not isinstance(record, dict) or not isinstance(record.get("id"), str) or "statements" not in record:
        raise InputError("not a record of `stancewire score`", where=where, hint=_HINT)
    if isinstance(digest := record.get("text_sha256"), str):
        found.keys.add((record["id"], digest))
        return
    try:
        spans = [(int(s["start"]), str(s["text"])) for s in record["sentences"]]
    except (KeyError, TypeError, ValueError):
        raise InputError("not a record of `stancewire score`", where=where, hint=_HINT) from None
    if spans:
        found.spans.setdefault(record["id"], []).append(spans)


class _CountedLines:
    """The lines of a text, with the number of bytes of those that were read."""

    def __init__(self, text: str) -> None:
        self.lines = io.StringIO(text, newline="")
        self.position = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.position += len(line.encode("utf-8"))
            yield line


def _read_csv(raw: bytes, path: Path, found: Scored) -> None:
    """Where the last row is incomplete, the whole last article is scored again: rows of it may be missing."""
    lines = _CountedLines(raw.decode("utf-8", errors="replace"))
    rows = csv.reader(iter(lines), strict=True)
    if next(rows, None) != list(CSV_COLUMNS):
        what = "does not have the columns of this release"
        raise InputError(what, where=f"{path}:1", hint=_HINT)
    own: set[Key] = set()  # of the last article; its first row begins at `begin`
    id_, begin, last = None, lines.position, lines.position
    try:
        for row in rows:
            if len(row) != len(CSV_COLUMNS):
                raise csv.Error(f"{len(row)} fields instead of {len(CSV_COLUMNS)}")
            if row[0] != id_:
                id_, begin, own = row[0], last, set()
            own.add((original_cell(row[0]), row[-1]))
            found.keys.add((original_cell(row[0]), row[-1]))
            last = lines.position
        incomplete = not raw.endswith(b"\n")
    except csv.Error as error:
        if lines.position < len(raw):
            where = f"{path}:{rows.line_num}"
            raise InputError(f"invalid CSV: {error}", where=where, hint=_HINT) from None
        incomplete = True
    if incomplete:
        found.kept = begin
        found.keys -= own


class AppendingWriter:
    """A writer that appends to a file, several records at a time and each of them whole.

    The file is locked while records are added, and read again: what another program added meanwhile is not
    added twice. When the block ends, also by an exception or a signal, the records so far are written.

    Args:
        path: the file; it may be missing.
        kind: `jsonl` or `csv`.

    Attributes:
        skipped: the number of articles that the file had already.

    Raises:
        InputError: the file exists and is not one of records.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self.path, self.kind = path, kind
        self.skipped = 0
        self._known = read_scored(path, kind)
        self._pending: list[tuple[Key, str]] = []
        self._next = monotonic() + SECONDS

    @property
    def repaired(self) -> bool:
        """Whether the file ends in an incomplete line, which is removed when a record is added."""
        return self._known.kept < self._known.size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flush()

    def missing(self, articles: Iterable[A]) -> Iterator[A]:
        """The articles that the file does not have yet; an article that is repeated comes once."""
        for article in articles:
            if self._known.has(article):
                self.skipped += 1
            else:
                self._known.keys.add((article.id, text_sha256(article.text)))
                yield article

    def write(self, record: Record) -> None:
        """Add one record, now or with later ones."""
        text = io.StringIO()
        writer = JsonlWriter(text) if self.kind == "jsonl" else CsvWriter(text, header=False)
        writer.write(record)
        self._pending.append(((record.id, record.text_sha256 or ""), text.getvalue()))
        if monotonic() >= self._next:
            self._flush()

    def close(self) -> None:
        """Write the records so far."""
        self._flush()

    def _flush(self) -> None:
        if self._pending or self.repaired:
            began = monotonic()
            append(self.path, self._added)
            self._pending, self._known.size = [], self._known.kept
            now = monotonic()
            self._next = now + max(SECONDS, COPY_SHARE * (now - began))

    def _added(self, path: Path) -> tuple[int, str]:
        present = read_scored(path, self.kind)
        texts = [text for key, text in self._pending if key not in present.keys]
        self.skipped += len(self._pending) - len(texts)
        text = "".join(texts)
        if text and self.kind == "csv" and not present.kept:
            header = io.StringIO()
            CsvWriter(header)
            text = header.getvalue() + text
        return present.kept, text
