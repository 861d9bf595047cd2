"""Files and fields of other tools, read with the type they must have: whatever is amiss is one clear line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from ..codebook import Codebook
from ..errors import InputError

T = TypeVar("T")
SURROGATE = re.compile("[\ud800-\udfff]")
NAMES = {dict: "an object", list: "a list", str: "text", int: "a whole number", bool: "true or false"}
# Fields of an article that tell of it: all but its sentences.
ABOUT = (
    "doc_id",
    "split",
    "conflict",
    "outlet",
    "source",
    "date",
    "genre",
    "language",
    "license",
    "annotators",
    "row",
)


def typed(value: Any, kind: type[T], where: str, name: str) -> T:
    """The value, of this type.

    Raises:
        InputError: it is of another, or text with half of a character, which no file can hold.
    """
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(
            f"{name} must be {NAMES[kind]}, not {json.dumps(value, default=str)[:60]}", where=where
        )
    if isinstance(value, str) and SURROGATE.search(value):
        raise InputError(
            f"{name} has half of a character",
            where=where,
            hint="remove the lone surrogate, \\ud800 to \\udfff",
        )
    return value


def taken(raw: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    """A field that must be there, of this type."""
    if key not in raw:
        raise InputError(f"lacks {key!r}", where=where, hint="give this field")
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
        raise InputError(
            f"unknown label {name!r}; the codebook has {known}",
            where=where,
            hint="use one of these, or give another with --codebook",
        )


def objects(raw: Mapping[str, Any], key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each object of a list stands, and it; the list may be left out."""
    for n, one in enumerate(optional(raw, key, list, where) or ()):
        yield f"{where}: {key}.{n}", typed(one, dict, where, f"{key}.{n}")
