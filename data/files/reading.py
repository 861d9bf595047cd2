"""Text and JSON files, read with one clear error for whatever is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import InputError


def read_text(path: Path, encoding: str = "utf-8-sig") -> str:
    """A file's text as it stands, line ends too; a byte order mark is left out.

    Raises:
        InputError: it cannot be read, or is in another encoding.
    """
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise InputError(f"cannot be read: {fault.strerror}", where=str(path)) from None
    try:
        return raw.decode(encoding)
    except UnicodeError as fault:
        at = raw[: getattr(fault, "start", 0)].count(b"\n") + 1
        raise InputError(
            f"not {encoding.upper().removesuffix('-SIG')}", where=f"{path}:{at}", hint="convert the file"
        ) from None


def load_json(text: str, where: str, hint: str = "export it anew, or fix the JSON") -> Any:
    """A JSON value.

    Raises:
        InputError: it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as fault:
        at = f"line {fault.lineno}, column {fault.colno}" if fault.lineno > 1 else f"column {fault.colno}"
        raise InputError(f"not JSON: {fault.msg} at {at}", where=where, hint=hint) from None
    except ValueError:
        raise InputError(
            "not JSON that can be read: a number of thousands of digits", where=where, hint=hint
        ) from None
    except RecursionError:
        raise InputError("nested too deeply", where=where, hint=hint) from None


def json_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """Where each line of a JSONL file stands, and its value; empty lines are passed over."""
    found = False
    for n, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            found = True
            yield f"{path}:{n}", load_json(line, f"{path}:{n}", hint="one article a line, as JSON")
    if not found:
        raise InputError("holds no article", where=str(path), hint="one article a line, as JSON")
