"""Check raw values against the corpus models. Invalid values become an `InputError` with their location."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from .codebook import Codebook
from .errors import InputError, validated
from .schema import Article

Checked = TypeVar("Checked", bound=BaseModel)


def checked(
    kind: type[Checked], raw: Any, where: str, codebook: Codebook | None = None, hint: str = "fix this field"
) -> Checked:
    """Validate raw fields as an article, or as a part of one.

    Args:
        kind: the pydantic model.
        raw: the values, usually a dict.
        where: file and line, for the error message.
        codebook: if given, stances and labels must be among its names.
        hint: for the error message.

    Raises:
        InputError: a field is missing, unknown or invalid; the message names the first such field.
    """
    context = {"stances": codebook.stance_names, "labels": codebook.label_names} if codebook else {}
    return validated(kind, raw, where=where, hint=hint, context=context)


def duplicate_doc_id(doc_id: str, where: str, note: str = "") -> InputError:
    """The error for a doc_id that is not unique.

    Args:
        where: file and line of the duplicate.
        note: continues the message.
    """
    return InputError(
        f"duplicate doc_id {doc_id!r}{note}", where=where, hint="give each article its own doc_id"
    )


def refuse_duplicates(articles: Iterable[Article], file: Path, seen: dict[str, Path]) -> None:
    """Reject duplicate doc_ids.

    Args:
        articles: the articles of one file.
        file: the file, for the error message.
        seen: the file of each doc_id so far; the new ones are added.

    Raises:
        InputError: a doc_id is in `seen` already.
    """
    for article in articles:
        if article.doc_id in seen:
            raise duplicate_doc_id(article.doc_id, str(file), f", also in {seen[article.doc_id]}")
        seen[article.doc_id] = file
