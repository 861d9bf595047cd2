"""Streams that end with an error when more is read from them than a source may have."""

from __future__ import annotations

import io
import sys
from typing import Any, BinaryIO

from ...data.errors import InputError

# An article, in bytes of UTF-8.
MAX_ARTICLE_BYTES = 2_000_000
# A source that is read row by row, in bytes after decompression.
MAX_STREAM_BYTES = 20_000_000_000
# How much larger than the compressed data the content of an archive may be. Text rarely exceeds 20.
MAX_RATIO = 200
# Below this size in bytes, a high ratio is harmless.
RATIO_FLOOR = 20_000_000


def too_large(n_bytes: int | None, where: str, limit: int, what: str = "an article") -> InputError:
    """The error of a source that exceeds a limit; `n_bytes` is None if its size is unknown."""
    size = f"{n_bytes / 1e6:.1f} MB is" if n_bytes is not None else "it is"
    hint = f"the limit is {limit / 1e6:,.0f} MB; split it into smaller files"
    return InputError(f"{size} too large for {what}", where=where, hint=hint)


class OneWay(io.RawIOBase):
    """A stream that need not be seekable, as a raw stream that `BufferedReader` can wrap."""

    def __init__(self, stream: BinaryIO) -> None:
        self._inner = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        read = getattr(self._inner, "read1", self._inner.read)
        chunk = read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


class Counted(OneWay):
    """Counts the bytes that were read."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.count = 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        n = super().readinto(buffer)
        self.count += n
        return n

    def close(self) -> None:
        if self._inner is not sys.stdin.buffer:
            self._inner.close()
        super().close()


class Bounded(OneWay):
    """Raises `InputError` when more than `limit` bytes are read, or far more than was compressed."""

    def __init__(self, stream: BinaryIO, limit: int, where: str, compressed: Counted | None) -> None:
        super().__init__(stream)
        self._limit, self._where, self._compressed = limit, where, compressed
        self._count = 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        n = super().readinto(buffer)
        self._count += n
        if self._count > self._limit:
            raise too_large(None, self._where, self._limit)
        if (
            self._compressed is not None
            and self._count > RATIO_FLOOR
            and self._count > MAX_RATIO * max(self._compressed.count, 1)
        ):
            raise InputError(
                f"unpacks to more than {MAX_RATIO} times its size",
                where=self._where,
                hint="a compression bomb? unpack it and check what it is",
            )
        return n

    def close(self) -> None:
        self._inner.close()
        super().close()


class Zstandard(OneWay):
    """The decompressed content of a Zstandard stream, which may have several frames.

    `stream_reader` of `zstandard` takes the end of a file within a frame for the end of the content.
    """

    # A block of three bytes can hold 128 KB, so this bounds the memory to 45 MB.
    _CHUNK = 1024

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self._frame: Any = None
        self._ready = memoryview(b"")

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            chunk = self._inner.read(self._CHUNK)
            if not chunk:
                if self._frame is not None and not self._frame.eof:
                    raise EOFError("a Zstandard frame is incomplete")
                return 0
            self._ready = memoryview(self._unpacked(chunk))
        n = min(len(buffer), len(self._ready))
        buffer[:n] = self._ready[:n]
        self._ready = self._ready[n:]
        return n

    def _unpacked(self, chunk: bytes) -> bytes:
        from zstandard import ZstdDecompressor, ZstdError

        parts = []
        while chunk:
            if self._frame is None or self._frame.eof:
                self._frame = ZstdDecompressor(max_window_size=1 << 27).decompressobj()
            try:
                parts.append(self._frame.decompress(chunk))
            except ZstdError:
                raise EOFError("damaged Zstandard data") from None
            chunk = self._frame.unused_data if self._frame.eof else b""
        return b"".join(parts)

    def close(self) -> None:
        self._inner.close()
        super().close()
