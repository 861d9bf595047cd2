"""Typed access to JSON of other tools: whatever is wrong becomes one clear line."""

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
# The fields of an article except its sentences.
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
    """The value, if it has this type.

    Raises:
        InputError: it has another type, or is text with an unpaired surrogate, which no file can hold.
    """
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(
            f"{name} must be {NAMES[kind]}, not {json.dumps(value, default=str)[:60]}", where=where
        )
    if isinstance(value, str) and SURROGATE.search(value):
        raise InputError(
            f"{name} contains an unpaired surrogate",
            where=where,
            hint="remove the character from \\ud800 to \\udfff",
        )
    return value


def taken(raw: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    """A required field of this type."""
    if key not in raw:
        raise InputError(f"no field {key!r}", where=where, hint="add this field")
    return typed(raw[key], kind, where, key)


def optional(raw: Mapping[str, Any], key: str, kind: type[T], where: str) -> T | None:
    """A field of this type, or None if it is missing or null."""
    return None if raw.get(key) is None else typed(raw[key], kind, where, key)


def known_label(name: str, where: str, codebook: Codebook | None) -> None:
    """Refuse a label that is not in the codebook; without a codebook every label is accepted.

    Raises:
        InputError: the label is unknown.
    """
    if codebook and name not in codebook.label_names:
        known = ", ".join(codebook.label_names) or "none"
        raise InputError(
            f"unknown label {name!r}; the codebook has {known}",
            where=where,
            hint="use one of these, or another codebook with --codebook",
        )


def objects(raw: Mapping[str, Any], key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each object of a list is, and the object; the list may be missing."""
    for n, one in enumerate(optional(raw, key, list, where) or ()):
        yield f"{where}: {key}.{n}", typed(one, dict, where, f"{key}.{n}")
