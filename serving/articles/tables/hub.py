"""Datasets of the Hugging Face hub, `hf:owner/name`, read row by row without downloading them whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ....data.errors import InputError
from ....data.formats.hugging_face import check_reachable, quiet_libraries
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .layouts import table_row
from .rows import Rows

_NAME = re.compile(r"hf:(?P<name>[\w.-]+/[\w.-]+)(?::(?P<split>[\w.-]+))?\Z")
_HINT = "the form is hf:owner/name or hf:owner/name:split"


class HubDataset:
    """A dataset of the hub: one article per row."""

    name = "hub"
    what = "a dataset of the Hugging Face hub"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether the user named it so; there is no content yet."""
        return name.startswith("hf:")

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The rows that have text.

        Raises:
            InputError: the name is malformed, the hub cannot be reached, there is no such dataset, or it has
                no column with text.
        """
        match = _NAME.match(source.name)
        if match is None:
            raise InputError("not a name of a dataset", where=source.name, hint=_HINT)
        rows = Rows(source, options, report)
        for n, row in enumerate(_reached(match["name"], match["split"], source.name), 1):
            cells = {str(name): value for name, value in dict(row).items()}
            if n == 1:
                rows.header(tuple(cells))
            article = rows.read(table_row(cells), f"row {n}", f"{_stem(source)}-{n}")
            if article is not None:
                yield article
        rows.finish()


def _stem(source: Source) -> str:
    """The name of the dataset without its owner, the beginning of ids."""
    return source.name.partition("/")[2].replace(":", "-")


def _reached(name: str, split: str | None, where: str) -> Iterator[Any]:
    """The rows, with the errors of the hub as one line."""
    try:
        yield from streamed_rows(name, split)
    except InputError:
        raise
    except Exception as error:
        kind = type(error).__name__
        if kind in ("DatasetNotFoundError", "RepositoryNotFoundError", "GatedRepoError"):
            raise InputError(
                "no such public dataset", where=where, hint="check the name on the hub"
            ) from None
        raise InputError(
            f"the Hugging Face hub cannot be read ({kind})",
            where=where,
            hint="check the network; or download the dataset and name its files",
        ) from None


def streamed_rows(name: str, split: str | None) -> Iterable[Any]:
    """The rows of one split; of the first one if none is named. No code of the dataset is run."""
    from datasets import load_dataset

    # Otherwise the library tries again for half a minute, and prints each attempt.
    check_reachable(name, None, f"hf:{name}")
    with quiet_libraries():
        found = load_dataset(name, split=split, streaming=True)
    if split is not None:
        only: Iterable[Any] = found
        return only
    splits: dict[str, Iterable[Any]] = dict(found)
    return next(iter(splits.values()))
