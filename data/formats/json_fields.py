"""Typed access to the JSON of other tools: an invalid field becomes one clear `InputError`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ..codebook import Codebook
from ..errors import InputError, foreign_character
from ..files.reading import SURROGATE

T = TypeVar("T")
NAMES = {dict: "an object", list: "a list", str: "text", int: "a whole number", bool: "true or false"}
# The fields of an article except its sentences.
ARTICLE_FIELDS = (
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
    """Check the type of a value, and return it.

    Args:
        name: the name of the field, for the error message.

    Raises:
        InputError: it has another type, or is text with an unpaired surrogate, which UTF-8 cannot encode.
    """
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(
            f"{name} must be {NAMES[kind]}, not {json.dumps(value, default=str)[:60]}",
            where=where,
            hint="fix this field",
        )
    if isinstance(value, str) and SURROGATE.search(value):
        raise InputError(
            f"{name} contains an unpaired surrogate",
            where=where,
            hint="remove the character from \\ud800 to \\udfff",
        )
    return value


def required(raw: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    """A required field.

    Raises:
        InputError: it is missing or has another type.
    """
    if key not in raw:
        raise InputError(f"no field {key!r}", where=where, hint="add this field")
    return typed(raw[key], kind, where, key)


def optional(raw: Mapping[str, Any], key: str, kind: type[T], where: str) -> T | None:
    """An optional field; None if it is missing or null.

    Raises:
        InputError: it has another type.
    """
    return None if raw.get(key) is None else typed(raw[key], kind, where, key)


def known_label(name: str, where: str, codebook: Codebook | None) -> None:
    """Reject a label that is not in the codebook; without a codebook every label is accepted.

    Raises:
        InputError: the label is unknown.
    """
    if codebook and name not in codebook.label_names:
        known = ", ".join(codebook.label_names) or "none"
        raise InputError(
            f"unknown label {name!r}{foreign_character(name)}; the codebook has {known}",
            where=where,
            hint="use one of these, or another codebook with --codebook",
        )


def unknown_annotator(name: str | None, known: Sequence[str], where: str) -> InputError:
    """The error for an annotator without any annotation in a file."""
    who = ", ".join(known) or "none"
    return InputError(
        f"nothing by {name!r}; the annotators are {who}",
        where=where,
        hint="name one with --annotator, or give all",
    )


def objects(raw: Mapping[str, Any], key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a list with their locations; none if the list is missing.

    Raises:
        InputError: the field is not a list of objects.
    """
    for n, one in enumerate(optional(raw, key, list, where) or ()):
        yield f"{where}: {key}.{n}", typed(one, dict, where, f"{key}.{n}")
