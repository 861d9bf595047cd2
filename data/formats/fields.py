"""Files and fields of other tools, read with the type they must have: whatever is amiss is one clear line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ..codebook import Codebook
from ..errors import InputError

T = TypeVar("T")
SURROGATE = re.compile("[\ud800-\udfff]")
NAMES = {dict: "an object", list: "a list", str: "text", int: "a whole number", bool: "true or false"}
# Fields of an article that tell of it: all but its sentences.
ABOUT = ("doc_id", "split", "conflict", "outlet", "source", "date", "genre", "language", "license", "annotators", "row")


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
        raise InputError(f"not {encoding.upper().removesuffix('-SIG')}", where=f"{path}:{at}", mend="convert the file") from None


def load_json(text: str, where: str, mend: str = "export it anew, or mend it as JSON") -> Any:
    """A JSON value.

    Raises:
        InputError: it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as fault:
        at = f"line {fault.lineno}, column {fault.colno}" if fault.lineno > 1 else f"column {fault.colno}"
        raise InputError(f"not JSON: {fault.msg} at {at}", where=where, mend=mend) from None
    except ValueError:
        raise InputError("not JSON that can be read: a number of thousands of digits", where=where, mend=mend) from None
    except RecursionError:
        raise InputError("nested too deeply", where=where, mend=mend) from None


def json_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """Where each line of a JSONL file stands, and its value; empty lines are passed over."""
    found = False
    for n, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            found = True
            yield f"{path}:{n}", load_json(line, f"{path}:{n}", mend="one article a line, as JSON")
    if not found:
        raise InputError("holds no article", where=str(path), mend="one article a line, as JSON")


def typed(value: Any, kind: type[T], where: str, name: str) -> T:
    """The value, of this type.

    Raises:
        InputError: it is of another, or text with half of a character, which no file can hold.
    """
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(f"{name} must be {NAMES[kind]}, not {json.dumps(value, default=str)[:60]}", where=where)
    if isinstance(value, str) and SURROGATE.search(value):
        raise InputError(f"{name} has half of a character", where=where, mend="remove the lone surrogate, \\ud800 to \\udfff")
    return value


def taken(raw: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    """A field that must be there, of this type."""
    if key not in raw:
        raise InputError(f"lacks {key!r}", where=where, mend="give this field")
    return typed(raw[key], kind, where, key)


def optional(raw: Mapping[str, Any], key: str, kind: type[T], where: str) -> T | None:
    """A field that may be left out or null, else of this type."""
    return None if raw.get(key) is None else typed(raw[key], kind, where, key)


def known_label(name: str, where: str, codebook: Codebook | None) -> None:
    """Refuse a label that the codebook lacks.

    Raises:
        InputError: it does.
    """
    if codebook and name not in codebook.label_names:
        known = ", ".join(codebook.label_names) or "none"
        raise InputError(f"unknown label {name!r}; the codebook has {known}", where=where, mend="use one of these, or give another with --codebook")


def objects(raw: Mapping[str, Any], key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each object of a list stands, and it; the list may be left out."""
    for n, one in enumerate(optional(raw, key, list, where) or ()):
        yield f"{where}: {key}.{n}", typed(one, dict, where, f"{key}.{n}")
