"""What the workers read: rows of files become articles, with the same checks as on one machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ....data.errors import InputError
from ....data.reporting import guarded
from ...articles.checks import check_article, without_nul
from ...articles.selecting.seen import SeenIds
from ...articles.source import ReadOptions, ReadReport, Source, SourceArticle
from ...articles.tables.json_lines import MAX_ROW_BYTES, LineReader
from ...articles.tables.layouts import table_row
from ...articles.tables.rows import Rows
from ...pool.errors import error_to_dict
from ...pool.tasks import article_to_dict
from .files import Kind, key_of

if TYPE_CHECKING:
    from pyarrow import RecordBatch

# Of a row: its number in all files, the number of the article in the row, and the file. Then one of these:
# the article, with its id if that is from the source; an error; the reason for which it is left out.
PARSED = "at long, part int, file int, id string, article string, error string, reason string"
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Plan:
    """What the workers know about the files.

    Attributes:
        kind: of all files.
        options: how they are read.
        files: the index and the name of each file, by its key.
        starts: how many rows all files before have, by the index of the file.
        blocks: how many lines a file has before a part of it, by the index of the file and the offset of the
            part in bytes. Spark splits large files.
    """

    kind: Kind
    options: ReadOptions
    files: Mapping[str, tuple[int, str]]
    starts: Mapping[int, int] = field(default_factory=dict)
    blocks: Mapping[tuple[int, int], int] = field(default_factory=dict)


def parse(batches: Iterator[RecordBatch], plan: Plan) -> Iterator[RecordBatch]:
    """Read rows of Spark as articles; runs on a worker, on one partition.

    Args:
        batches: the columns `path` and, of JSON Lines, `block` and `line`; of Parquet, `row` (its index in
            the file) and those of the file, in the struct `cells`.
        plan: the files.

    Yields:
        Batches with the columns of `PARSED`.
    """
    import pyarrow as pa

    readers: dict[int, _FileReader] = {}
    numbers: dict[tuple[int, int], int] = {}
    for batch in batches:
        found: list[dict[str, Any]] = []
        for row in batch.to_pylist():
            index, name = plan.files[key_of(row["path"])]
            if plan.kind == "jsonl":
                block = (index, row["block"])
                number = numbers.get(block, plan.blocks[block])
                numbers[block] = number + 1
            else:
                number = row["row"]
            reader = readers.get(index) or readers.setdefault(index, _FileReader(index, name, plan))
            found += reader.read(row, number)
        yield pa.RecordBatch.from_pylist(found, schema=_schema())


def _schema() -> Any:
    import pyarrow as pa

    numbers = [("at", pa.int64()), ("part", pa.int32()), ("file", pa.int32())]
    return pa.schema([*numbers, *((name, pa.string()) for name in ("id", "article", "error", "reason"))])


class _FileReader:
    """Reads rows of one file."""

    def __init__(self, index: int, name: str, plan: Plan) -> None:
        self._index, self._plan = index, plan
        self._source = Source(name, data=b"")
        self._report = ReadReport(name)
        self._lines = LineReader(self._source, plan.options, self._report)
        self._rows = Rows(self._source, plan.options, self._report)

    def read(self, row: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
        """What a row has, as rows of `PARSED`.

        Args:
            row: see `parse`.
            number: its index in the file.
        """
        report, options = self._report, self._plan.options
        articles = []
        for article in map(without_nul, self._articles(row, number + 1)):
            with guarded(article.where, report.error):
                # Ids that occur twice may be on different machines: they are found later.
                if check_article(article, options, report, SeenIds()):
                    articles.append(article)
        found: list[dict[str, Any]] = [
            {"id": a.id if a.given_id else None, "article": json.dumps(article_to_dict(a))} for a in articles
        ]
        found += [{"error": json.dumps(error_to_dict(error))} for error in report.errors]
        found += [{"reason": reason} for reason in report.reasons.elements()]
        for kept in (report.errors, report.reasons, report.skipped):
            kept.clear()
        about = {"at": self._plan.starts[self._index] + number, "file": self._index}
        return [{**about, "part": part, **one} for part, one in enumerate(found)]

    def _articles(self, row: Mapping[str, Any], n: int) -> Iterator[SourceArticle]:
        source = self._source
        if self._plan.kind == "parquet":
            article = self._rows.read(table_row(row["cells"]), f"row {n}", f"{source.stem}-{n}")
            yield from [article] if article is not None else []
            return
        line: bytes = row["line"].removeprefix(_MARK) if n == 1 else row["line"]
        if len(line) > MAX_ROW_BYTES:
            hint = f"a row has at most {MAX_ROW_BYTES // 1_000_000} MB"
            self._report.error(InputError("too large", where=f"{source.label}:{n}", hint=hint))
        elif line.strip():
            yield from self._lines.articles(n, line)
