"""The journal beside an output: what a run has scored, so that the same command can continue it.

It is a sequence of blocks, each a length and a Zstandard frame with a checksum: a block that a killed process
did not finish is recognised and removed. A line of a block is one article: where it is from (file and row),
a digest of the article as it was read, and its record or error.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO, Any

from ...data.errors import InputError
from ...data.files.atomic import remove_unlocked
from ...data.record import Record
from ..articles.source import SourceArticle
from ..pool.errors import error_to_dict
from ..pool.tasks import article_to_dict
from .scored import Scored

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FORMAT = 1
SUFFIX = ".progress"
# A block is written after this many seconds or bytes; a run that is shorter leaves no file.
SECONDS, BLOCK_BYTES = 2.0, 1_000_000
_MAX_BLOCK = 1 << 30


@dataclass(frozen=True, slots=True)
class Entry:
    """A scored article in a journal.

    Attributes:
        source, position: the file, and where the article is in it.
        digest: of the article as it was read, see `article_digest`.
        record: None if the article could not be scored.
        error: why.
        end: the length of the journal in bytes up to the end of the block before this entry.
        index: of the entry in its block.
    """

    source: str
    position: str
    digest: str
    record: Record | None
    error: InputError | None
    end: int
    index: int


def article_digest(article: SourceArticle) -> str:
    """SHA-256 of an article with everything that its source says about it, in hexadecimal."""
    return hashlib.sha256(json.dumps(article_to_dict(article), sort_keys=True).encode()).hexdigest()


class Journal:
    """The journal of one output for one model and its options, which are the settings.

    The file is `.OUTPUT.DIGEST.progress` in the folder of the output, where the digest is that of the
    settings: the progress of another command for the same output is neither used nor lost. It is locked while
    it is open.

    Args:
        out: the output file.
        settings: everything that changes a record besides its article; JSON.
    """

    def __init__(self, out: Path, settings: dict[str, Any]) -> None:
        self._target = Path(os.path.realpath(out))
        self._settings = {"format": FORMAT, **settings}
        digest = hashlib.sha256(json.dumps(self._settings, sort_keys=True).encode()).hexdigest()[:12]
        self.path = self._target.with_name(f"{_prefix(self._target)}{digest}{SUFFIX}")
        self._file: IO[bytes] | None = None
        self._end = 0
        self._lines: list[str] = []
        self._size = 0
        self._next = monotonic() + SECONDS
        self.is_usable, self.is_locked = True, False
        if self.path.exists():
            self._open()

    @property
    def exists(self) -> bool:
        """Whether there is a file: of an earlier run, or of this one after its first seconds."""
        return self._file is not None

    def other(self) -> dict[str, Any] | None:
        """The settings of an unfinished run for the same output with other settings; None without one."""
        for path in sorted(journals(self._target)):
            if path != self.path:
                with suppress(OSError, ValueError, StopIteration), path.open("rb") as file:
                    found: dict[str, Any] = json.loads(next(_blocks(file))[0][0])
                    return found
        return None

    def _open(self) -> None:
        """Open and lock the file; if it is locked or another user's, this run keeps no progress."""
        try:
            # `Path.open` cannot say how a new file is made.
            self._file = open(self.path, "r+b", opener=_private)  # noqa: SIM115
        except PermissionError:  # another user has run the same command in this folder
            self.is_usable = False
            return
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._file.close()
                self._file, self.is_usable, self.is_locked = None, False, True
            except OSError:  # a file system without locks
                pass

    def entries(self) -> Iterator[Entry]:
        """What earlier runs have scored, in order. Each entry is given before the next one is read."""
        if self._file is None:
            return
        blocks = _blocks(self._file)
        first = next(blocks, None)
        self._end = 0 if first is None or first[0][0] != self._header() else first[1]
        if not self._end:
            return
        for lines, end in blocks:
            for index, line in enumerate(lines):
                raw = json.loads(line)
                record = Record.from_dict(raw["record"]) if "record" in raw else None
                error = InputError(**raw["error"]) if "error" in raw else None
                where = (raw["source"], raw["position"], raw["digest"])
                yield Entry(*where, record, error, self._end, index)
            self._end = end

    def forget_from(self, entry: Entry) -> None:
        """Remove an entry and those after it: their articles have changed."""
        assert self._file is not None
        self._file.seek(entry.end)
        block = next(_blocks(self._file), None)
        self._end = entry.end
        if block is not None and entry.index:
            self._lines = block[0][: entry.index]
            self._write()

    def add(self, scored: Scored) -> None:
        """Add an article, now or with the next ones."""
        if not self.is_usable:
            return
        line = {
            "source": scored.article.source,
            "position": scored.article.position,
            "digest": article_digest(scored.article),
        }
        more: dict[str, Any] = {}
        if scored.record is not None:
            more = {"record": scored.record.to_dict()}
        elif scored.error is not None:
            more = {"error": error_to_dict(scored.error)}
        self._lines.append(json.dumps(line | more))
        self._size += len(self._lines[-1])
        if self._size >= BLOCK_BYTES or monotonic() >= self._next:
            self._write()

    def keep(self) -> bool:
        """Write what is not written yet, unless the run was too short for a journal; whether there is one."""
        if self._file is not None:
            self._write()
        return self._file is not None

    def _header(self) -> str:
        return json.dumps(self._settings)

    def _write(self) -> None:
        if self._file is None:
            self._open()
        if self._file is not None:
            if not self._end:
                self._end = _write_block(self._file, 0, [self._header()])
            if self._lines:
                self._end = _write_block(self._file, self._end, self._lines)
        self._lines, self._size, self._next = [], 0, monotonic() + SECONDS

    def close(self) -> None:
        """Close the file, which stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Delete the journals of this output: it is complete. Those that another process writes stay."""
        own = self.exists
        self.close()
        if own:
            self.path.unlink(missing_ok=True)
        for path in journals(self._target):
            remove_unlocked(path)


def _private(path: str, flags: int) -> int:
    """Open a file, or make one that only this user can read, because it has sentences of the articles."""
    return os.open(path, flags | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _prefix(target: Path) -> str:
    return f".{target.name[:200]}."


def journals(target: Path) -> list[Path]:
    """The journals of an output."""
    pattern = re.compile(re.escape(_prefix(target)) + "[0-9a-f]{12}" + re.escape(SUFFIX))
    try:
        return [path for path in target.parent.iterdir() if pattern.fullmatch(path.name)]
    except OSError:
        return []


def _blocks(file: IO[bytes]) -> Iterator[tuple[list[str], int]]:
    """The lines of each complete block from here on, and its end in the file."""
    from zstandard import ZstdDecompressor, ZstdError

    while True:
        start = file.read(4)
        length = int.from_bytes(start, "big")
        if len(start) < 4 or not 0 < length <= _MAX_BLOCK:
            return
        frame = file.read(length)
        if len(frame) < length:
            return
        try:
            with ZstdDecompressor().stream_reader(io.BytesIO(frame)) as content:
                lines = content.read().decode("utf-8").split("\n")
        except (ZstdError, UnicodeError):
            return
        end = file.tell()
        yield lines, end
        file.seek(end)


def _write_block(file: IO[bytes], at: int, lines: list[str]) -> int:
    """Write a block where the last complete one ends, and remove what is behind it; returns its end."""
    from zstandard import ZstdCompressor

    frame = ZstdCompressor(level=1, write_checksum=True).compress("\n".join(lines).encode("utf-8"))
    file.seek(at)
    file.write(len(frame).to_bytes(4, "big") + frame)
    file.truncate()
    file.flush()
    os.fsync(file.fileno())
    return at + 4 + len(frame)
