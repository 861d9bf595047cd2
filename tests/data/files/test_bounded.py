"""Streams with limits: sizes, ratios, pipes, and memory."""

from __future__ import annotations

import gzip
import io
import os
import tracemalloc
from typing import IO, cast

import pytest
from stancewire.data.errors import InputError
from stancewire.data.files.bounded import MAX_RATIO, RATIO_FLOOR, Bounded, Counted, OneWay, read_at_most


class Endless(io.RawIOBase):
    """Zeros without end."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        buffer[:] = bytes(len(buffer))
        return len(buffer)


def test_more_than_the_limit_is_an_error_and_the_limit_is_not() -> None:
    assert io.BufferedReader(Bounded(io.BytesIO(b"x" * 10), 10, "a.txt")).read() == b"x" * 10
    with pytest.raises(InputError, match=r"a\.txt: it is too large for a dataset"):
        io.BufferedReader(Bounded(io.BytesIO(b"x" * 11), 10, "a.txt", what="a dataset")).read()


@pytest.mark.parametrize(("size", "read"), [(RATIO_FLOOR, True), (3 * RATIO_FLOOR, False)])
def test_a_high_ratio_is_an_error_only_in_large_content(size: int, read: bool) -> None:
    packed = Counted(io.BytesIO(gzip.compress(bytes(size))))
    content = cast("IO[bytes]", gzip.GzipFile(fileobj=packed))  # type: ignore[call-overload]
    stream = io.BufferedReader(Bounded(content, 10**9, "a.gz", packed))
    if read:
        assert len(stream.read()) == size
        return
    with pytest.raises(InputError, match=f"unpacks to more than {MAX_RATIO} times its size"):
        stream.read()


def test_a_pipe_is_read_without_waiting_for_a_full_buffer() -> None:
    read_end, write_end = os.pipe()
    with open(read_end, "rb") as pipe, open(write_end, "wb", buffering=0) as out:  # noqa: PTH123
        out.write(b"one line\n")
        # The pipe is still open: waiting for more would never end.
        assert io.BufferedReader(OneWay(pipe)).readline() == b"one line\n"


def test_reading_at_most_uses_the_memory_of_the_content_not_of_the_limit() -> None:
    stream = io.BufferedReader(Bounded(io.BytesIO(b"x" * 1000), 10**9, "a.txt"))
    tracemalloc.start()
    assert read_at_most(stream, 500_000_000) == b"x" * 1000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_reading_at_most_ends_at_the_limit() -> None:
    assert read_at_most(io.BytesIO(b"x" * 10), 10) == b"x" * 10
    assert read_at_most(io.BytesIO(b"x" * 11), 10) is None
    assert read_at_most(cast("IO[bytes]", Endless()), 3_000_000) is None
