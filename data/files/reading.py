"""Read text, JSON and TOML files; anything wrong with them becomes one clear `InputError`.

What is read is bounded before it is read: a device without end, a sparse file or a line without end is
refused when its limit is reached.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from ..errors import InputError
from ..reporting import Report, guarded, raise_error
from .bounded import MAX_UNPACKED_BYTES, Bounded, Counted, read_at_most

# A file that is read as a whole, in bytes. A corpus or an export of an annotation project has a few MB.
MAX_FILE_BYTES = 100_000_000
# Codebooks, forms and configs, in bytes.
MAX_TOML_BYTES = 1_000_000
# One line of a JSONL file, in bytes, and all of its lines.
MAX_LINE_BYTES = 20_000_000
MAX_LINES_BYTES = 2_000_000_000
SURROGATE = re.compile("[\ud800-\udfff]")
# An escape from \ud800 to \udfff, of which only pairs are a character.
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def megabytes(n: int) -> str:
    """A number of bytes for people: "100 MB"."""
    return f"{n / 1e6:.0f} MB"


def _too_large(where: str, limit: int) -> InputError:
    return InputError(f"larger than {megabytes(limit)}", where=where, hint="split it, or check its name")


def read_bytes(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """The content of a file as bytes.

    Args:
        limit: the largest size to read, in bytes.

    Raises:
        InputError: the file cannot be read, or is larger than the limit.
    """
    with guarded(str(path)), path.open("rb") as file:
        _refuse_large(file, str(path), limit)
        raw = read_at_most(file, limit)
        if raw is None:
            raise _too_large(str(path), limit)
        return raw
    raise AssertionError("unreachable: `guarded` raises")


def _refuse_large(file: IO[bytes], where: str, limit: int) -> None:
    """Refuse a regular file by its size; the size of others (devices, pipes) is unknown."""
    about = os.fstat(file.fileno())
    if stat.S_ISREG(about.st_mode) and about.st_size > limit:
        raise _too_large(where, limit)


def read_text(path: Path, encoding: str = "utf-8-sig", *, keep_invalid: bool = False) -> str:
    """The content of a file as text, with its original line ends and without a byte order mark.

    Args:
        keep_invalid: represent invalid bytes as surrogates, for `refuse_invalid` to refuse the line or row
            that has them; otherwise they are an error of the file.

    Raises:
        InputError: the file cannot be read or has another encoding; `where` has the line with the error.
    """
    raw = read_bytes(path)
    errors = "surrogateescape" if keep_invalid else "strict"
    try:
        text = raw.decode(encoding, errors)
    except UnicodeError as error:
        line = raw[: getattr(error, "start", 0)].count(b"\n") + 1
        raise _wrong_encoding(encoding, f"{path}:{line}") from None
    # UTF-7, for example, can represent what UTF-8 cannot.
    if not keep_invalid and not encoding.lower().startswith("utf-8") and (found := SURROGATE.search(text)):
        line = text.count("\n", 0, found.start()) + 1
        raise _wrong_encoding(encoding, f"{path}:{line}")
    return text


def _wrong_encoding(encoding: str, where: str) -> InputError:
    name = encoding.upper().removesuffix("-SIG")
    return InputError(f"not {name}", where=where, hint=f"convert the file to {name}")


def refuse_invalid(text: str, where: str, encoding: str = "utf-8") -> None:
    """Refuse a line or field with bytes that `read_text` could not decode.

    Raises:
        InputError: there are such bytes.
    """
    if SURROGATE.search(text):
        raise _wrong_encoding(encoding, where)


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        InputError: the file cannot be read, or is not TOML.
    """
    raw = read_bytes(path, MAX_TOML_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong_encoding("utf-8", f"{path}:{raw[: error.start].count(10) + 1}") from None
    return load_toml(text, str(path))


def load_toml(text: str, where: str, hint: str = "fix the TOML") -> dict[str, Any]:
    """Parse TOML.

    Raises:
        InputError: it is not TOML, is nested too deeply, or has a number that is too long.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The message repeats a character that is invalid: a line break would make two lines of it.
        raise InputError(f"invalid TOML: {' '.join(str(error).split())}", where=where, hint=hint) from None
    except Exception as error:
        with guarded(where, hint=hint):
            raise error
    raise AssertionError("unreachable: `guarded` raises")


JSON_HINT = "export it again, or fix the JSON"


def load_json(text: str | bytes, where: str, hint: str = JSON_HINT, *, allow_surrogates: bool = False) -> Any:
    """Parse JSON.

    Args:
        where: the location of the text, for the error message.
        hint: what to do about an error.
        allow_surrogates: leave unpaired surrogates to `refuse_surrogates`.

    Raises:
        InputError: it is not JSON, is nested too deeply, or has an unpaired surrogate in any field.
    """
    with guarded(where, hint=hint):
        try:
            if isinstance(text, bytes):
                text = text.decode(json.detect_encoding(text))
            value = json.loads(text)
        except json.JSONDecodeError as error:
            column = f"column {error.colno}"
            at = f"line {error.lineno}, {column}" if error.lineno > 1 else column
            raise InputError(f"not JSON: {error.msg} at {at}", where=where, hint=hint) from None
        except UnicodeDecodeError:
            raise InputError("not JSON: not UTF-8", where=where, hint=hint) from None
        if not allow_surrogates and _ESCAPED_SURROGATE.search(text):
            refuse_surrogates(value, where, hint)
        return value
    raise AssertionError("unreachable: `guarded` raises")


def refuse_surrogates(value: Any, where: str, hint: str = JSON_HINT) -> None:
    """Refuse a JSON value with an unpaired surrogate in any field: UTF-8 cannot encode it.

    Raises:
        InputError: there is one.
    """
    with guarded(where, hint=hint):
        json.dumps(value, ensure_ascii=False).encode()


def text_lines(
    path: Path, report: Report = raise_error, *, compressed: bool = False
) -> Iterator[tuple[str, str]]:
    """The location (`FILE:LINE`) and text of each line that is not empty; lines end with `\\n` only.

    `str.splitlines` would also split at U+2028 and U+0085, which are allowed within a JSON string.

    Args:
        report: called with each line that is not UTF-8. A file that begins with such a line is refused.
        compressed: whether the file is gzipped.

    Raises:
        InputError: the file cannot be read, or a line or the file is too large.
    """
    with guarded(str(path)), path.open("rb") as file:
        _refuse_large(file, str(path), MAX_LINES_BYTES)
        yield from _decoded_lines(_unpacked(file, str(path)) if compressed else file, path, report)


def _decoded_lines(lines: IO[bytes], name: Path | str, report: Report) -> Iterator[tuple[str, str]]:
    """See `text_lines`."""
    valid = False
    for where, raw in _bounded_lines(lines, name):
        try:
            line = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            wrong = _wrong_encoding("utf-8", where)
            if not valid:
                raise wrong from None
            report(wrong)
            continue
        if line.strip():
            valid = True
            yield where, line


def _unpacked(file: IO[bytes], where: str) -> IO[bytes]:
    """The content of a gzip file; its size and its ratio to the size of the file are bounded."""
    counted = Counted(file)
    content = cast("IO[bytes]", gzip.GzipFile(fileobj=io.BufferedReader(counted)))
    return io.BufferedReader(Bounded(content, MAX_UNPACKED_BYTES, where, counted, "a dataset"))


def _bounded_lines(lines: IO[bytes], path: Path | str) -> Iterator[tuple[str, bytes]]:
    """The location and content of each line.

    Raises:
        InputError: a line or the file is too large.
    """
    n = read = 0
    while raw := lines.readline(MAX_LINE_BYTES + 1):
        n, read = n + 1, read + len(raw)
        if len(raw) > MAX_LINE_BYTES:
            raise InputError(
                f"a line of more than {megabytes(MAX_LINE_BYTES)}",
                where=f"{path}:{n}",
                hint="one article per line, as JSON",
            )
        if read > MAX_LINES_BYTES:
            raise _too_large(str(path), MAX_LINES_BYTES)
        yield f"{path}:{n}", raw


def json_lines(
    path: Path, report: Report = raise_error, *, compressed: bool = False
) -> Iterator[tuple[str, Any]]:
    """The location (`FILE:LINE`) and value of each line of a JSONL file; empty lines are skipped.

    Args:
        report: called with each line that is not JSON.
        compressed: whether the file is gzipped.

    Raises:
        InputError: the file cannot be read, or there are no lines.
    """
    yield from _json_values(text_lines(path, report, compressed=compressed), str(path), report)


def json_lines_of(stream: IO[bytes], name: str, report: Report = raise_error) -> Iterator[tuple[str, Any]]:
    """The same of a stream such as standard input, with its name for messages in place of a path."""
    with guarded(name):
        yield from _json_values(_decoded_lines(stream, name, report), name, report)


def _json_values(lines: Iterator[tuple[str, str]], name: str, report: Report) -> Iterator[tuple[str, Any]]:
    hint = "one article per line, as JSON"
    empty = True
    for where, line in lines:
        empty = False
        value: Any = None
        try:
            value = load_json(line, where, hint)
        except InputError as error:
            report(error)
            continue
        yield where, value
    if empty:
        raise InputError("no articles", where=name, hint=hint)
