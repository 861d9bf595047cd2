"""The limits of articles and their sources; the streams that keep to them are in `data.files.bounded`."""

from __future__ import annotations

from typing import Any, BinaryIO

from ...data.files.bounded import MAX_RATIO, RATIO_FLOOR, Bounded, Counted, OneWay, too_large

__all__ = [
    "MAX_ARTICLE_BYTES",
    "MAX_RATIO",
    "MAX_STREAM_BYTES",
    "RATIO_FLOOR",
    "Bounded",
    "Counted",
    "OneWay",
    "Zstandard",
    "too_large",
]

# An article, in bytes of UTF-8.
MAX_ARTICLE_BYTES = 2_000_000
# A source that is read row by row, in bytes after decompression.
MAX_STREAM_BYTES = 20_000_000_000


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
