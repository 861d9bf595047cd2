"""Open files, gzip files and standard input with limits, so that no input can exhaust memory.

Devices, sockets and named pipes are refused before they are opened: they may never end, or block.
"""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from ..errors import InputError

# Of one source, unpacked: more is not an export that somebody made by hand.
MAX_SOURCE_BYTES = 16_000_000_000
# Of one compressed file, unpacked, and the ratio of unpacked to compressed. Text compresses to a third or a
# fifth, lines that repeat themselves to a fiftieth; DEFLATE reaches 1:1032 on zeros.
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_RATIO = 200
# The ratio is not checked below this size: small files may repeat themselves.
RATIO_FREE_BYTES = 32_000_000
HEAD_BYTES = 65_536


def size_text(n_bytes: int) -> str:
    """A number of bytes for a message: "2 MB", "16 GB", "10000.0 MB"."""
    if n_bytes % 1_000_000_000 == 0:
        return f"{n_bytes // 1_000_000_000} GB"
    return f"{n_bytes // 1_000_000} MB" if n_bytes % 1_000_000 == 0 else f"{n_bytes / 1e6:.1f} MB"


def regular_size(path: Path) -> int:
    """The size of a regular file in bytes.

    Raises:
        InputError: there is no such file, or it is a folder, a device, a pipe or a socket.
    """
    where = str(path)
    try:
        status = path.stat()
    except OSError as error:
        what = "no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise InputError(what, where=where) from None
    except ValueError:  # a NUL in the name
        raise InputError("not a file name", where=repr(where)) from None
    if stat.S_ISREG(status.st_mode):
        return status.st_size
    if stat.S_ISDIR(status.st_mode):
        raise InputError("a folder, not a file", where=where)
    kind = "a named pipe" if stat.S_ISFIFO(status.st_mode) else "a device or socket"
    raise InputError(f"{kind}, not a file", where=where, hint="pass a stream on standard input, as -")


class BoundedStream(io.RawIOBase):
    """A stream that raises an `InputError` once more than `limit` bytes have been read from it.

    Args:
        stream: read from its present position; closed with this one.
        limit: in bytes.
        where: the source, for the message.
        packed: the compressed file below `stream`, whose position gives the ratio; None if not compressed.
    """

    def __init__(self, stream: IO[bytes], limit: int, where: str, packed: IO[bytes] | None = None) -> None:
        super().__init__()
        self._stream, self._limit, self._where, self._packed = stream, limit, where, packed
        self._read = 0

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into a buffer, and count.

        Raises:
            InputError: more than the limit has been read.
        """
        view = memoryview(cast(bytearray, buffer)).cast("B")
        chunk = self._stream.read(len(view))
        view[: len(chunk)] = chunk
        self._read += len(chunk)
        self._check()
        return len(chunk)

    def _check(self) -> None:
        if self._read > self._limit:
            raise InputError(
                f"larger than the limit of {size_text(self._limit)}" + (" unpacked" if self._packed else ""),
                where=self._where,
                hint="split it into smaller files",
            )
        if self._packed and self._read > max(RATIO_FREE_BYTES, MAX_RATIO * self._packed.tell()):
            raise InputError(
                f"unpacks to more than {MAX_RATIO} times its size, the limit",
                where=self._where,
                hint="unpack it yourself if you trust it",
            )

    def close(self) -> None:
        """Close this stream and the one below."""
        if not self.closed:
            self._stream.close()
            if self._packed:
                self._packed.close()
        super().close()


def bounded(stream: IO[bytes], limit: int, where: str, packed: IO[bytes] | None = None) -> io.BufferedReader:
    """A buffered `BoundedStream`."""
    return io.BufferedReader(BoundedStream(stream, limit, where, packed))


def open_file(path: Path, limit: int = MAX_SOURCE_BYTES) -> io.BufferedReader:
    """Open a regular file for reading.

    Args:
        path: the file.
        limit: the most that can be read, in bytes.

    Raises:
        InputError: it is no regular file or cannot be opened; when reading: it is larger than the limit.
    """
    regular_size(path)
    try:
        return bounded(path.open("rb"), limit, str(path))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None


def open_gzip(packed: IO[bytes], where: str, limit: int = MAX_UNPACKED_BYTES) -> io.BufferedReader:
    """Unpack a gzip stream; total size and ratio are bounded.

    Raises:
        InputError: when reading: it unpacks to more than the limits.
    """
    return bounded(cast(BinaryIO, gzip.GzipFile(fileobj=packed, mode="rb")), limit, where, packed)


def open_standard_input(limit: int = MAX_SOURCE_BYTES) -> io.BufferedReader:
    """Standard input as bytes.

    Raises:
        InputError: it is closed; when reading: it is larger than the limit.
    """
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or stream.closed:
        raise InputError("closed", where="standard input", hint="pipe an article to it")
    # Of its own: closing it must not close standard input.
    return bounded(cast(BinaryIO, _Kept(stream)), limit, "standard input")


class _Kept(io.RawIOBase):
    """A stream that stays open when this one is closed."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer)).cast("B")
        chunk = self._stream.read(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)


def read_at_most(stream: IO[bytes], limit: int, where: str, what: str = "a file") -> bytes:
    """Read a stream to its end.

    Raises:
        InputError: it is larger than `limit` bytes, which `what` may have at most.
    """
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise InputError(f"more than {size_text(limit)} is too large for {what}", where=where)
    return content


@contextmanager
def as_input_error(where: str, hint: str | None = None) -> Iterator[None]:
    """Turn whatever a reader or a library raises into one `InputError` that says where.

    Raises:
        InputError: the body raised an exception.
    """
    try:
        yield
    except InputError:
        raise
    except (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError):
        raise InputError("incomplete or damaged file", where=where, hint="fetch or export it again") from None
    except UnicodeError:
        raise InputError("not UTF-8", where=where, hint=hint or "convert the file to UTF-8") from None
    except RecursionError:
        raise InputError("nested too deeply", where=where, hint=hint) from None
    except MemoryError:
        raise InputError("too large for the memory", where=where, hint="split it") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=where, hint=hint) from None
    except Exception as error:
        what = " ".join(str(error).split())[:200]
        raise InputError(
            f"cannot be read: {what or type(error).__name__}", where=where, hint=hint or "export it again"
        ) from None
