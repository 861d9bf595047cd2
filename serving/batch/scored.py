"""Scored articles, and the type of the functions that score."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

from ...data.errors import InputError
from ...data.record import Record
from ..articles.source import SourceArticle


@dataclass(frozen=True, slots=True)
class Scored:
    """An article with its record, or with the error why it has none."""

    article: SourceArticle
    record: Record | None
    error: InputError | None = None


# Scores articles, which are read lazily; the results are in the order of the articles.
Scorer = Callable[[Iterable[SourceArticle]], Generator[Scored, None, None]]
