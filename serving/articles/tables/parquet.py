"""Parquet: one article per row, read in small batches."""

from __future__ import annotations

import io
from collections.abc import Iterator

from ....data.errors import InputError
from ....data.reporting import guarded
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .acled import with_title
from .rows import Rows

BATCH_ROWS = 256
# A file that is not on disk, such as a member of an archive, is held in memory.
MAX_IN_MEMORY = 200_000_000
ENDINGS = (".parquet",)


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
        import pyarrow.parquet as pq

        if source.head.startswith(b"PARE"):
            raise InputError("encrypted", where=source.label, hint="export it without encryption")
        on_disk = source.path is not None and not source.is_compressed
        content = source.path if on_disk else io.BytesIO(source.read(MAX_IN_MEMORY, "a Parquet file"))
        rows = Rows(source, options, report)
        try:
            file = pq.ParquetFile(content, buffer_size=1 << 16)
        except (OSError, ValueError) as error:
            message = str(error).split("\n", 1)[0][:100]
            raise InputError(
                "damaged or incomplete" if "encrypt" not in message.casefold() else "encrypted",
                where=source.label,
                hint="export it again",
            ) from None
        with file:
            names = file.schema_arrow.names
            rows.header(names)
            used = sorted({*rows.columns(names).values(), *_acled(names)}, key=names.index)
            n = 0
            for batch in file.iter_batches(BATCH_ROWS, columns=used, use_threads=False):
                for row in batch.to_pylist():
                    n += 1
                    article = None
                    with guarded(f"{source.label}, row {n}", report.error):
                        article = rows.article(with_title(row), f"row {n}", f"{source.stem}-{n}")
                    if article is not None:
                        yield article
        rows.finish()


def _acled(names: list[str]) -> list[str]:
    used = ("event_id_cnty", "event_type", "sub_event_type", "location", "country")
    return [name for name in names if name.casefold() in used]
