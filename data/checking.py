"""Check raw values against the corpus models: a problem becomes one `InputError` that says where it is."""

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
        raw: usually a dict.
        where: file and line, for the error message.
        codebook: if given, stances and labels must be among its names.
        hint: for the error message.

    Raises:
        InputError: a field is missing, unknown or invalid; the message names the first such field.
    """
    context = {"stances": codebook.stance_names, "labels": codebook.label_names} if codebook else {}
    return validated(kind, raw, where=where, hint=hint, context=context)


def refuse_duplicates(articles: Iterable[Article], file: Path, seen: dict[str, Path]) -> None:
    """Refuse a doc_id that occurred before, and record in `seen` which file each doc_id comes from.

    Raises:
        InputError: a doc_id is in `seen` already.
    """
    for article in articles:
        if article.doc_id in seen:
            raise InputError(
                f"duplicate doc_id {article.doc_id!r}, also in {seen[article.doc_id]}",
                where=str(file),
                hint="give each article its own doc_id",
            )
        seen[article.doc_id] = file
