"""Parquet: one article per row, read in small batches."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....data.errors import InputError
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from ..streams import MAX_ARTICLE_BYTES, too_large
from .columns import normalised
from .layouts import table_row
from .rows import Rows
from .text_stream import MAX_ROW

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyarrow.parquet import ParquetFile

# A batch has at most this many rows, and about this many bytes.
BATCH_ROWS, BATCH_BYTES = 256, 4_000_000
# A file that is not on disk, such as a member of an archive, is held in memory.
MAX_IN_MEMORY = 200_000_000


class Parquet:
    """A Parquet file."""

    name = "parquet"
    what = "a Parquet file"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins as Parquet does."""
        return head.startswith((b"PAR1", b"PARE"))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of all rows that can be read; the others are reported.

        Raises:
            InputError: damaged, encrypted, or without a column of text.
        """
        import pyarrow as pa

        if source.head.startswith(b"PARE"):
            raise InputError("encrypted", where=source.label, hint="export it without encryption")
        rows, pool = Rows(source, options, report), pa.default_memory_pool()
        with _opened(source) as file:
            names = file.schema_arrow.names
            rows.header(names)
            used = used_columns(names, rows)
            n = 0
            for batch in file.iter_batches(_batch_rows(file, used), columns=used, use_threads=False):
                for row in _rows(batch):
                    n += 1
                    if isinstance(row, int):
                        report.error(too_large(row, f"{source.label}, row {n}", MAX_ARTICLE_BYTES))
                        continue
                    article = rows.read(table_row(row), f"row {n}", f"{source.stem}-{n}")
                    if article is not None:
                        yield article
                # Otherwise the pool keeps the memory of all pages.
                pool.release_unused()
        rows.finish()


def used_columns(names: Sequence[str], rows: Rows) -> list[str]:
    """The columns from which articles are made, in their order in the file."""
    return sorted({*rows.columns(names).values(), *_of_events(names)}, key=list(names).index)


def _opened(source: Source) -> ParquetFile:
    """The file, to be read in parts.

    Raises:
        InputError: damaged or encrypted.
    """
    import pyarrow.parquet as pq

    content: Path | io.BytesIO
    if source.path is not None and not source.is_compressed:
        content = source.path
    else:
        content = io.BytesIO(source.read(MAX_IN_MEMORY, "a Parquet file"))
    try:
        # `pre_buffer`, the default, keeps the whole file in memory.
        return pq.ParquetFile(content, buffer_size=1 << 16, pre_buffer=False)
    except (OSError, ValueError) as error:
        what = "encrypted" if "encrypt" in str(error).casefold() else "damaged or incomplete"
        raise InputError(what, where=source.label, hint="export it again") from None


def _batch_rows(file: ParquetFile, used: Sequence[str]) -> int:
    """How many rows to read at once, so that long articles take no more memory than short ones."""
    rows = n_bytes = 0
    for i in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(i)
        rows += group.num_rows
        columns = (group.column(k) for k in range(group.num_columns))
        n_bytes += sum(c.total_uncompressed_size for c in columns if c.path_in_schema.split(".")[0] in used)
    return max(1, min(BATCH_ROWS, BATCH_BYTES * rows // max(n_bytes, 1)))


def _rows(batch: RecordBatch) -> Iterator[dict[str, Any] | int]:
    """The rows of a batch; of one that is much too large only its size in bytes."""
    if batch.nbytes <= MAX_ROW:
        yield from batch.to_pylist()
        return
    for i in range(batch.num_rows):
        row = batch.slice(i, 1)
        yield row.nbytes if row.nbytes > MAX_ROW else row.to_pylist()[0]


def _of_events(names: Sequence[str]) -> list[str]:
    """The columns from which the title of an event of ACLED is made."""
    used = ("event_id_cnty", "event_type", "sub_event_type", "location", "country")
    return [name for name in names if normalised(name) in used]
