"""Articles as files: JSON Lines, CSV and Parquet, which can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import IO, Any, BinaryIO, Protocol

from ....data.errors import plural
from ....data.files.csv_writing import SafeCsv
from ....data.printable import json_line
from ..selecting.seen import SeenIds
from ..source import SourceArticle

COLUMNS = (
    "id", "date", "outlet", "title", "author", "language", "url", "date_original", "actor", "target", "text",
)  # fmt: skip
# Rows that a Parquet file gets at once.
_BATCH = 500


def with_distinct_ids(
    articles: Iterable[SourceArticle], note: Callable[[str], None]
) -> Iterator[SourceArticle]:
    """The same articles; an id that an earlier article has gets the name of its file: `export:17`.

    Args:
        articles: of several sources, within each of which ids are unique.
        note: called once with the number of ids that were changed, if there are any.
    """
    seen, n_changed = SeenIds(), 0
    for article in articles:
        identity, k = article.id, 1
        while not seen.add(identity):
            again = "" if k == 1 else f"-{k}"
            identity, k = f"{PurePath(article.source).stem}:{article.id}{again}", k + 1
        if identity != article.id:
            n_changed += 1
            article = replace(article, id=identity)
        yield article
    if n_changed:
        note(f"{plural(n_changed, 'id')} of earlier files; written as FILE:ID")


class ArticleWriter(Protocol):
    """Writes one article after another, then is closed."""

    def write(self, article: SourceArticle) -> None:
        """Write one article."""

    def close(self) -> None:
        """Write what is left; the stream stays open."""


def _row(article: SourceArticle) -> dict[str, str | None]:
    """The article; `file` is where it was read."""
    return {**{name: getattr(article, name) for name in COLUMNS}, "file": article.source}


class JsonLinesArticles:
    """One article per line; what is not known is left out."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out

    def write(self, article: SourceArticle) -> None:
        self._out.write(json_line({k: v for k, v in _row(article).items() if v is not None}) + "\n")

    def close(self) -> None:
        self._out.flush()


class CsvArticles:
    """One article per row. Cells that a spreadsheet would take for formulas get an apostrophe."""

    def __init__(self, out: IO[str]) -> None:
        self._table = SafeCsv(out)
        self._table.row((*COLUMNS, "file"))

    def write(self, article: SourceArticle) -> None:
        self._table.row(_row(article).values())

    def close(self) -> None:
        """Do nothing: everything is written."""


class ParquetArticles:
    """One article per row, all columns text."""

    def __init__(self, out: BinaryIO) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._schema = pa.schema([(name, pa.string()) for name in (*COLUMNS, "file")])
        self._table = pq.ParquetWriter(out, self._schema)
        self._rows: list[dict[str, Any]] = []

    def write(self, article: SourceArticle) -> None:
        self._rows.append(_row(article))
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        self._table.write_batch(pa.RecordBatch.from_pylist(self._rows, schema=self._schema))
        self._rows.clear()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._table.close()


# The writer of each extension, and whether it writes bytes.
WRITERS: dict[str, tuple[Callable[[Any], ArticleWriter], bool]] = {
    ".jsonl": (JsonLinesArticles, False),
    ".csv": (CsvArticles, False),
    ".parquet": (ParquetArticles, True),
}
