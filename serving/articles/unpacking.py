"""The content of compressed streams: gzip and Zstandard."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any, BinaryIO

from .streams import OneWay

# The part of a source by which readers recognise it, in bytes.
HEAD_BYTES = 65_536
GZIP, ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def unpacked(stream: BinaryIO, start: bytes) -> BinaryIO:
    """The stream decompressed; both formats may consist of several parts, one after another."""
    if start != ZSTANDARD:
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    return Zstandard(stream)  # type: ignore[return-value]


def unpacked_head(head: bytes) -> bytes:
    """The first bytes of a stream, decompressed if it is gzip or Zstandard."""
    if not head.startswith((GZIP, ZSTANDARD)):
        return head
    try:
        if head.startswith(GZIP):
            return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
        return io.BufferedReader(Zstandard(io.BytesIO(head)), HEAD_BYTES).peek(1)[:HEAD_BYTES]
    except Exception:  # reading the content reports what is wrong
        return head


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
