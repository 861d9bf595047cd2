"""What readers of articles work with: a source, its articles, and a report of what was read."""

from __future__ import annotations

import io
import stat
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ...data.errors import InputError
from .streams import MAX_ARTICLE_BYTES, MAX_STREAM_BYTES, Bounded, Counted, OneWay, too_large
from .unpacking import GZIP, HEAD_BYTES, ZSTANDARD, unpacked, unpacked_head

if TYPE_CHECKING:
    from ...data.record import Carrier

# A report lists at most this many articles and errors, so that a file of millions of rows does not fill the
# memory; all are counted.
MAX_LISTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceArticle:
    """An article to score, and what its source says about it.

    For models that choose a stance for a known pair, `text` is a sentence, and `actor` and `target` are the
    words in it that name the two parties.

    Attributes:
        id: unique among the articles of a source.
        given_id: whether the id is from the source; otherwise it is made of the file name and position.
        source: the file or URL as the user named it; `-` for standard input.
        position: where in the source the article is, for messages: `row 12`, `article 3`, or empty.
        date: ISO 8601, a day or a time.
        date_original: the date as the source has it, if it was not understood.
        language: ISO 639-1, if the source names it.
        also_in: where near-identical articles were carried; filled by `deduplicated`.
    """

    id: str
    text: str
    source: str
    given_id: bool = False
    position: str = ""
    title: str | None = None
    outlet: str | None = None
    date: str | None = None
    date_original: str | None = None
    url: str | None = None
    author: str | None = None
    language: str | None = None
    actor: str | None = None
    target: str | None = None
    also_in: tuple[Carrier, ...] = ()

    @property
    def where(self) -> str:
        """The location of the article, for messages."""
        return f"{self.source}, {self.position}" if self.position else self.source


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How sources are read.

    Attributes:
        any_language: also read articles that are not detected as English.
        columns: for tables, the column of each role (`text`, `title`, `date`, `id` …) that the user named.
        fetch: download the pages that feeds and lists of stories link to.
        allow_private: also download from private and loopback addresses.
        since, until: the first and the last day, month or year (`2024`, `2024-05`, `2024-05-31`), both
            included. Articles without a known date are then left out.
        outlets: only articles of these outlets, as patterns with `*` in which case does not matter.
        url_pattern: from WARC archives, read only pages whose URL matches this regular expression.
    """

    any_language: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    fetch: bool = False
    allow_private: bool = False
    since: str | None = None
    until: str | None = None
    outlets: Sequence[str] = ()
    url_pattern: str | None = None


@dataclass(slots=True)
class ReadReport:
    """What was read of one source, and what was not.

    Attributes:
        source: the source as the user named it.
        kind: the name of the reader.
        announced: how many articles the source says it has; None if it does not say.
        announced_titles: their titles, if the source lists them.
        missing_titles: those of them that no article has.
        read: how many articles were read.
        skipped: the label (title or position) and reason of articles that were left out, the first
            `MAX_LISTED`.
        reasons: how many articles were left out for each reason.
        errors: what could not be read, the first `MAX_LISTED`.
        n_errors: the number of errors.
        on_error: called with each error.
        on_note: called with each remark.
    """

    source: str
    kind: str = ""
    announced: int | None = None
    announced_titles: tuple[str, ...] = ()
    missing_titles: tuple[str, ...] = ()
    read: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    errors: list[InputError] = field(default_factory=list)
    n_errors: int = 0
    on_error: Callable[[InputError], None] | None = None
    on_note: Callable[[str], None] | None = None

    def announce(self, n: int, titles: Iterable[str] = ()) -> None:
        """Record that the source announces `n` articles, with these titles."""
        self.announced, self.announced_titles = n, tuple(titles)

    def skip(self, label: str, reason: str) -> None:
        """Count an article that was left out on purpose, for example because it is not in English."""
        self.reasons[reason] += 1
        if len(self.skipped) < MAX_LISTED:
            self.skipped.append((label, reason))

    def error(self, error: InputError) -> None:
        """Report an article or row that cannot be read; reading continues."""
        self.n_errors += 1
        if len(self.errors) < MAX_LISTED:
            self.errors.append(error)
        if self.on_error:
            self.on_error(error)

    def note(self, line: str) -> None:
        """Pass on a remark about valid input, as one line."""
        if self.on_note:
            self.on_note(line)


class Source:
    """One thing to read: a file, standard input, or a part of an archive.

    Args:
        name: as the user named it; shown in messages.
        path: the file; None for content in memory or standard input.
        data: the content, for parts of archives.
        stream: an open binary stream that can be read once, such as standard input.
        opener: opens the content of a member of an archive from its start.
    """

    def __init__(
        self,
        name: str,
        *,
        path: Path | None = None,
        data: bytes | None = None,
        stream: BinaryIO | None = None,
        opener: Callable[[], BinaryIO] | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self._data = data
        self._opener = opener
        self._stream = stream

    @classmethod
    def standard_input(cls) -> Source:
        """Standard input, which can be opened once."""
        return cls("-", stream=sys.stdin.buffer)

    @property
    def label(self) -> str:
        """The name for messages."""
        return "standard input" if self.name == "-" else self.name

    @property
    def stem(self) -> str:
        """The name without folder and extensions, the id of a source that is one article."""
        if self.name == "-":
            return "stdin"
        return Path(Path(self.name).name.removesuffix(".gz").removesuffix(".zst")).stem

    @property
    def size(self) -> int | None:
        """The size in bytes as stored; None if it is unknown before reading."""
        if self._data is not None:
            return len(self._data)
        if self.path is None:
            return None
        about = self.path.stat()
        return about.st_size if stat.S_ISREG(about.st_mode) else None

    @cached_property
    def head(self) -> bytes:
        """The first bytes, decompressed if the source is gzip or Zstandard."""
        if self._stream is not None:
            stream = io.BufferedReader(OneWay(self._stream), HEAD_BYTES)
            self._stream = stream
            head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
            return unpacked_head(head)
        with self.open() as file:
            return _readable(file, HEAD_BYTES)

    def open(self, limit: int = MAX_STREAM_BYTES, what: str = "an article") -> BinaryIO:
        """Open the content from the start, decompressed if it is gzip or Zstandard.

        Args:
            limit: the number of bytes that may be read. Reading more raises `InputError`.
            what: what is read, for the message.

        Raises:
            InputError: the source is a folder or a device that is not readable as a file.
        """
        raw: BinaryIO
        if self._data is not None:
            raw = io.BytesIO(self._data)
        elif self._stream is not None:
            raw = self._stream
        elif self._opener is not None:
            raw = self._opener()
        else:
            assert self.path is not None
            raw = self.path.open("rb")
        compressed = Counted(raw)
        peeked = io.BufferedReader(compressed, HEAD_BYTES)
        start = peeked.peek(4)[:4]
        if start[:2] == GZIP or start == ZSTANDARD:
            bounded = Bounded(unpacked(peeked, start), limit, self.label, compressed, what)
        else:
            bounded = Bounded(peeked, limit, self.label, None, what)
        return io.BufferedReader(bounded, HEAD_BYTES)

    def read(self, limit: int = MAX_ARTICLE_BYTES, what: str = "an article") -> bytes:
        """The whole content, for kinds that cannot be streamed.

        Args:
            limit: the largest size, in bytes.
            what: what is read, for the message.

        Raises:
            InputError: it is larger than `limit` bytes.
        """
        if (
            self.path is not None
            and (size := self.size) is not None
            and size > limit
            and not self.is_compressed
        ):
            raise too_large(size, self.label, limit, what)
        with self.open(limit, what) as file:
            return file.read()

    @property
    def is_compressed(self) -> bool:
        """Whether the content is compressed with gzip or Zstandard."""
        if self.path is not None:
            with self.path.open("rb") as file:
                start = file.read(4)
        elif self._opener is not None:
            with self._opener() as member:
                start = member.read(4)
        else:
            start = (self._data or b"")[:4]
        return start[:2] == GZIP or start == ZSTANDARD


def _readable(file: BinaryIO, n_bytes: int) -> bytes:
    """The first bytes of a stream; of damaged compressed data, those before the damage.

    Raises:
        EOFError, OSError, zlib.error: no byte can be read.
    """
    start = b""
    try:
        read: Any = file
        while len(start) < n_bytes and (chunk := read.read1(n_bytes - len(start))):
            start += chunk
    except (EOFError, OSError, zlib.error):
        if not start:
            raise
    return start
