"""Streams with limits, so that no input can exhaust memory: its size, and how much it unpacks to."""

from __future__ import annotations

import io
import sys
from typing import IO

from ..errors import InputError

# Of one compressed file, unpacked, in bytes.
MAX_UNPACKED_BYTES = 4_000_000_000
# How much larger than the compressed data the content may be. Text compresses to a third or a fifth, lines
# that repeat themselves to a fiftieth; DEFLATE reaches 1:1032 on zeros.
MAX_RATIO = 200
# Below this size in bytes, a high ratio is harmless: small files may repeat themselves.
RATIO_FLOOR = 20_000_000
# What is read at once, in bytes.
CHUNK_BYTES = 1_000_000


def too_large(n_bytes: int | None, where: str, limit: int, what: str = "an article") -> InputError:
    """The error of a source that exceeds a limit; `n_bytes` is None if its size is unknown."""
    size = f"{n_bytes / 1e6:.1f} MB is" if n_bytes is not None else "it is"
    hint = f"the limit is {limit / 1e6:,.0f} MB; split it into smaller files"
    return InputError(f"{size} too large for {what}", where=where, hint=hint)


class OneWay(io.RawIOBase):
    """A stream that need not be seekable, as a raw stream that `BufferedReader` can wrap."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._inner = stream

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into a buffer what is there; waits only if nothing is."""
        read = getattr(self._inner, "read1", self._inner.read)
        chunk = read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


class Counted(OneWay):
    """Counts the bytes that were read."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self.count = 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into a buffer, and count."""
        n = super().readinto(buffer)
        self.count += n
        return n

    def close(self) -> None:
        """Close this stream and the one below, unless that is standard input."""
        if self._inner is not getattr(sys.stdin, "buffer", None):
            self._inner.close()
        super().close()


class Bounded(OneWay):
    """Raises `InputError` when more than `limit` bytes are read, or far more than was compressed.

    Args:
        stream: read from its present position; closed with this one.
        limit: in bytes.
        where: the source, for the message.
        compressed: the compressed data below `stream`; None if it is not compressed.
        what: what is read, for the message.
    """

    def __init__(
        self,
        stream: IO[bytes],
        limit: int,
        where: str,
        compressed: Counted | None = None,
        what: str = "an article",
    ) -> None:
        super().__init__(stream)
        self._limit, self._where, self._compressed, self._what = limit, where, compressed, what
        self._count = 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into a buffer, and compare with the limits.

        Raises:
            InputError: a limit is exceeded.
        """
        n = super().readinto(buffer)
        self._count += n
        if self._count > self._limit:
            raise too_large(None, self._where, self._limit, self._what)
        packed = None if self._compressed is None else max(self._compressed.count, 1)
        if packed is not None and self._count > max(RATIO_FLOOR, MAX_RATIO * packed):
            raise InputError(
                f"unpacks to more than {MAX_RATIO} times its size",
                where=self._where,
                hint="a compression bomb? unpack it and check what it is",
            )
        return n

    def close(self) -> None:
        """Close this stream and the one below."""
        self._inner.close()
        super().close()


def read_at_most(stream: IO[bytes], limit: int) -> bytes | None:
    """Read a stream to its end; the memory used is that of what is there, not of the limit.

    Args:
        limit: in bytes.

    Returns:
        The content; None if it is larger than the limit.
    """
    chunks, left = [], limit + 1
    while left and (chunk := stream.read(min(left, CHUNK_BYTES))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks) if left else None
