"""`stancewire articles`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import ErrorCount, note, plural, progress
from ..options import Inputs
from ..output_options import Output
from .reading import Reading, reads_articles

if TYPE_CHECKING:
    from ...articles.listing.conversion import ArticleWriter
    from ...articles.source import SourceArticle

ArticlesFile = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Write the articles to a .jsonl, .parquet or .csv file instead."
    ),
    Output("file", (".jsonl", ".parquet", ".csv")),
]


@reads_articles
def articles(inputs: Inputs, out: ArticlesFile = None, *, reading: Reading) -> None:
    """List the articles that would be read, or convert them.

    Nothing is scored: see what is in an export, and what was skipped and why.

    Example: stancewire articles nexis.docx

    Example: stancewire articles exports/ --since 2024-05 --report report.csv

    Example: stancewire articles events.csv --text-column notes -o articles.jsonl
    """
    errors = ErrorCount()
    found = reading.articles(inputs, errors)
    if out is None:
        _list(found)
    else:
        n = _convert(found, out)
        note(f"{plural(n, 'article')} written to {out}")
    reading.finish()
    errors.exit_if_any()


def _list(found: Iterator[SourceArticle]) -> None:
    from ...output.console import stdout_console
    from ...output.tables.article_table import ArticleTable

    table = None
    for article in found:
        table = table or ArticleTable(stdout_console())
        words = len(article.text.split())
        table.row(article.id, article.date or article.date_original, article.outlet, article.title, words)


def _convert(found: Iterator[SourceArticle], out: Path) -> int:
    """Write the articles; returns their number.

    Raises:
        InputError: the file cannot be written, or there are no articles.
    """
    from ....data.errors import InputError
    from ...articles.listing.conversion import with_distinct_ids

    n = 0
    with _writer(out) as writer, progress("reading") as bar:
        for n, article in enumerate(with_distinct_ids(found, note), start=1):
            writer.write(article)
            bar.update(n)
        writer.close()
        if n == 0:
            raise InputError("no articles; not written", where=str(out))
    return n


@contextmanager
def _writer(out: Path) -> Iterator[ArticleWriter]:
    """A writer to a file that appears, complete, when the block ends without an error.

    Raises:
        InputError: the extension is of another format.
    """
    from ....data.errors import InputError
    from ....data.files.atomic import atomic_write, atomic_write_bytes
    from ...articles.listing.conversion import WRITERS

    known = WRITERS.get(out.suffix.lower())
    if known is None:
        hint = f"use {', '.join(WRITERS)}"
        raise InputError(f"unknown output format {out.suffix!r}", where=str(out), hint=hint)
    make, binary = known
    with (atomic_write_bytes if binary else atomic_write)(out) as stream:
        yield make(stream)
