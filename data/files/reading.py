"""Read text, JSON and TOML files; anything wrong with them becomes one clear `InputError`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import InputError


def read_bytes(path: Path) -> bytes:
    """The content of a file as bytes.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None


def read_text(path: Path, encoding: str = "utf-8-sig") -> str:
    """The content of a file as text, with its original line ends and without a byte order mark.

    Raises:
        InputError: the file cannot be read or has another encoding; `where` has the line with the error.
    """
    raw = read_bytes(path)
    try:
        return raw.decode(encoding)
    except UnicodeError as error:
        line = raw[: getattr(error, "start", 0)].count(b"\n") + 1
        name = encoding.upper().removesuffix("-SIG")
        raise InputError(f"not {name}", where=f"{path}:{line}", hint=f"convert the file to {name}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        InputError: the file cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"invalid TOML: {error}", where=str(path), hint="fix the TOML") from None


def load_json(text: str | bytes, where: str, hint: str = "export it again, or fix the JSON") -> Any:
    """Parse JSON.

    Args:
        where: the location of the text, for the error message.
        hint: what to do about an error.

    Raises:
        InputError: it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        column = f"column {error.colno}"
        at = f"line {error.lineno}, {column}" if error.lineno > 1 else column
        raise InputError(f"not JSON: {error.msg} at {at}", where=where, hint=hint) from None
    except UnicodeDecodeError:
        raise InputError("not JSON: not UTF-8", where=where, hint=hint) from None
    except ValueError:
        # The only other cause of a ValueError: Python refuses to convert integers of more than 4300 digits.
        raise InputError("invalid JSON: number too long", where=where, hint=hint) from None
    except RecursionError:
        raise InputError("nested too deeply", where=where, hint=hint) from None


def json_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """The location (`FILE:LINE`) and value of each line of a JSONL file; empty lines are skipped.

    Raises:
        InputError: the file cannot be read, a line is not JSON, or there are no lines.
    """
    hint = "one article per line, as JSON"
    empty = True
    for n, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            empty = False
            yield f"{path}:{n}", load_json(line, f"{path}:{n}", hint)
    if empty:
        raise InputError("no articles", where=str(path), hint=hint)
