"""Data sets of the Hugging Face hub, `hf:owner/name`, read row by row without downloading them whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ....data.errors import InputError
from ....data.reporting import guarded
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .json_lines import article_of

_NAME = re.compile(r"hf:(?P<name>[\w.-]+/[\w.-]+)(?::(?P<split>[\w.-]+))?\Z")
_TEXT = ("text", "content", "body", "article", "maintext")
_HINT = "the form is hf:owner/name or hf:owner/name:split"


class HubDataset:
    """A data set of the hub: one article per row."""

    name = "hub"
    what = "a data set of the Hugging Face hub"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether the user named it so; there is no content yet."""
        return name.startswith("hf:")

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The rows that have text.

        Raises:
            InputError: the name is malformed, the hub cannot be reached, or there is no such data set.
        """
        match = _NAME.match(source.name)
        if match is None:
            raise InputError("not a name of a data set", where=source.name, hint=_HINT)
        for n, row in enumerate(_reached(match["name"], match["split"], source.name), 1):
            article = None
            with guarded(f"{source.name}, row {n}", report.error):
                article = _article(row, n, source, options)
            if article is not None:
                yield article


def _article(row: Any, n: int, source: Source, options: ReadOptions) -> SourceArticle:
    values = {str(k): v for k, v in dict(row).items()}
    text = options.columns.get("text") or next((c for c in _TEXT if isinstance(values.get(c), str)), "text")
    values["text"] = values.get(text)
    for role, column in options.columns.items():
        values[role] = values.get(column)
    if values["text"] is None:
        del values["text"]
    kept = {k: str(v) if hasattr(v, "isoformat") else v for k, v in values.items()}
    return article_of(kept, f"{source.name}, row {n}", source, f"row {n}", f"{_stem(source)}-{n}")


def _stem(source: Source) -> str:
    """The name of the data set without its owner, the beginning of ids."""
    return source.name.partition("/")[2].replace(":", "-")


def _reached(name: str, split: str | None, where: str) -> Iterator[Any]:
    """The rows, with the errors of the hub as one line."""
    try:
        yield from rows(name, split)
    except InputError:
        raise
    except Exception as error:
        kind = type(error).__name__
        if kind in ("DatasetNotFoundError", "RepositoryNotFoundError", "GatedRepoError"):
            raise InputError(
                "no such public data set", where=where, hint="check the name on the hub"
            ) from None
        raise InputError(
            f"the Hugging Face hub cannot be read ({kind})",
            where=where,
            hint="check the network; or download the data set and name its files",
        ) from None


def rows(name: str, split: str | None) -> Iterable[Any]:
    """The rows of one split; of the first one if none is named. No code of the data set is run."""
    from datasets import load_dataset

    found = load_dataset(name, split=split, streaming=True)
    if split is not None:
        only: Iterable[Any] = found
        return only
    splits: dict[str, Iterable[Any]] = dict(found)
    return next(iter(splits.values()))
