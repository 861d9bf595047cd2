"""What readers read from and yield: sources, articles, and the report of a source."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...data.errors import InputError
from ...data.files.bounded import (
    HEAD_BYTES,
    MAX_SOURCE_BYTES,
    bounded,
    open_file,
    open_gzip,
    open_standard_input,
    read_at_most,
    regular_size,
    size_text,
)

# Of one article, in UTF-8.
MAX_BYTES = 2_000_000
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceArticle:
    """An article as read.

    Attributes:
        id: unique among the articles of a command.
        text: the body, without the title where the source tells them apart.
        source: the file or URL as named on the command line; `-` for standard input.
        position: where in the source: "", "row 12", "article 3", "page.html in a.zip".
        title: the headline.
        outlet, url, author, language: as the source says, or None.
        date: ISO 8601.
        date_original: the date as the source has it, where it was not understood.
        actor, target: words of the text that name the two parties, for models that choose a stance for a
            known pair; `text` is then a sentence.
        given_id: whether the source has the id; the others are made from names of files.
    """

    id: str
    text: str
    source: str
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
    given_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user asks of readers.

    Attributes:
        columns: names of columns or fields by their role: `text`, `id`, `title`, `date`, `outlet`, `url` …
        any_language: also read articles that are not detected as English.
        fetch: follow links to articles whose text the source does not have.
        allow_private: links may lead to private addresses.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    any_language: bool = False
    fetch: bool = False
    allow_private: bool = False


# Errors that a report keeps; all of them are passed on.
KEPT_ERRORS = 1000


@dataclass(slots=True, kw_only=True)
class ReadReport:
    """What reading one source came to.

    Attributes:
        source: the source as named by the user.
        announced: how many articles the source says it has; None if it does not say.
        titles: titles that the source announces, if it does.
        read: articles read.
        skipped: title or position, and reason, of each article left out on purpose.
        errors: invalid rows or articles, at most `KEPT_ERRORS` of them; `n_errors` counts all.
        notes: remarks on valid input.
        on_error, on_note: called with each error and note at once.
    """

    source: str
    announced: int | None = None
    titles: tuple[str, ...] = ()
    read: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    errors: list[InputError] = field(default_factory=list)
    n_errors: int = 0
    notes: list[str] = field(default_factory=list)
    on_error: Callable[[InputError], None] | None = None
    on_note: Callable[[str], None] | None = None

    def announce(self, n: int, titles: Sequence[str] = ()) -> None:
        """The source says that it has `n` articles, with these titles."""
        self.announced, self.titles = n, tuple(titles)

    def skip(self, label: str, reason: str) -> None:
        """An article was left out on purpose."""
        self.skipped.append((label, reason))

    def error(self, error: InputError) -> None:
        """A row or an article is invalid; the others are read."""
        self.n_errors += 1
        if len(self.errors) < KEPT_ERRORS:
            self.errors.append(error)
        if self.on_error:
            self.on_error(error)

    def note(self, text: str) -> None:
        """A remark on valid input."""
        self.notes.append(text)
        if self.on_note:
            self.on_note(text)


class Source:
    """One thing to read: a file, standard input, or a member of an archive.

    Attributes:
        name: as the user named it; the `source` of its articles.
        label: the name in messages.
        content_name: the name without the ending of its compression, for recognition.
        stem: begins the ids of articles without one.
        head: the first 64 KiB, unpacked.
        size: bytes, unpacked; None if not known before it is read.
    """

    def __init__(
        self,
        name: str,
        opener: Callable[[], io.BufferedReader],
        *,
        label: str | None = None,
        content_name: str | None = None,
        stem: str | None = None,
        size: int | None = None,
        once: bool = False,
    ) -> None:
        self.name, self.label, self.size = name, label or name, size
        self.content_name = content_name or name
        self.stem = stem or Path(name).stem
        self._opener = opener
        # A stream that cannot be opened again: its head is put before the rest.
        self._stream = opener() if once else None
        self._once = once
        if self._stream is not None:
            self.head = self._stream.read(HEAD_BYTES)
        else:
            with opener() as stream:
                self.head = stream.read(HEAD_BYTES)

    def open(self) -> io.BufferedReader:
        """The content from the start. Standard input can be opened only once.

        Raises:
            InputError: it cannot be opened; when reading: it is larger than the limit.
        """
        if not self._once:
            return self._opener()
        stream, self._stream = self._stream, None
        if stream is None:
            raise InputError("can be read only once", where=self.label)
        return io.BufferedReader(_Joined(self.head, stream))

    def read(self, limit: int = MAX_BYTES, what: str = "an article") -> bytes:
        """The whole content, for kinds that cannot be streamed.

        Raises:
            InputError: it is larger than `limit` bytes.
        """
        check_size(self.size or 0, self.label, limit, what)
        with self.open() as stream:
            return read_at_most(stream, limit, self.label, what)


class _Joined(io.RawIOBase):
    """The head that was read already, then the rest of the stream."""

    def __init__(self, head: bytes, rest: io.BufferedReader) -> None:
        super().__init__()
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        chunk = bytes(self._head[: len(view)]) if self._head else self._rest.read1(len(view))
        self._head = self._head[len(chunk) :] if self._head else self._head
        view[: len(chunk)] = chunk
        return len(chunk)


def check_size(n_bytes: int, where: str, limit: int = MAX_BYTES, what: str = "an article") -> None:
    """Reject content that is too large.

    Raises:
        InputError: it has more than `limit` bytes.
    """
    if n_bytes > limit:
        raise InputError(
            f"{n_bytes / 1e6:.1f} MB is too large for {what}",
            where=where,
            hint=f"split it into articles of at most {size_text(limit)}",
        )


def file_source(path: Path) -> Source:
    """A file; a gzip file is unpacked.

    Raises:
        InputError: it is no regular file, or cannot be read.
    """
    name, size = str(path), regular_size(path)
    with open_file(path) as stream:
        packed = stream.read(2) == GZIP
    if not packed:
        return Source(name, lambda: open_file(path), size=size)
    inner = name[:-3] if name.lower().endswith(".gz") else name
    return Source(name, lambda: open_gzip(path.open("rb"), name), content_name=inner)


def standard_input() -> Source:
    """Standard input, which may be a gzip stream.

    Raises:
        InputError: it is closed.
    """
    label = "standard input"
    source = Source("-", open_standard_input, label=label, stem="stdin", once=True)
    if not source.head.startswith(GZIP):
        return source
    packed = source.open()
    return Source("-", lambda: _gzip_stream(packed, label), label=label, stem="stdin", once=True)


def _gzip_stream(packed: io.BufferedReader, where: str) -> io.BufferedReader:
    """A gzip stream that cannot be rewound; its ratio is counted on the way."""
    return open_gzip(_Counting(packed), where)


class _Counting(io.BufferedReader):
    """A stream without a position of its own, which counts what was read from it."""

    def __init__(self, stream: io.BufferedReader) -> None:
        super().__init__(stream.raw)
        self._source, self._count = stream, 0

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = self._source.read(-1 if size is None else size)
        self._count += len(chunk)
        return chunk

    def tell(self) -> int:
        return self._count


def memory_source(name: str, content: bytes, *, stem: str | None = None) -> Source:
    """Bytes at hand: a member of an archive, or the body of a response."""
    return Source(
        name,
        lambda: bounded(io.BytesIO(content), MAX_SOURCE_BYTES, name),
        stem=stem,
        size=len(content),
    )


def title_of(text: str) -> str | None:
    """The headline: a short first paragraph without a full stop."""
    first, _, rest = text.strip().partition("\n")
    first = first.strip()
    return (
        first if rest.strip() and 0 < len(first) <= 200 and not first.endswith((".", "!", "”", '"')) else None
    )
