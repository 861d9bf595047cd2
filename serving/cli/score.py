"""`stancewire score`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .articles.reading import Reading, reads_articles
from .console import ErrorCount, detail, note, plural, progress
from .options import (
    Actors,
    Inputs,
    MinScore,
    Model,
    OutFile,
)
from .score_page import score_to_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...training.decoding.labeller import Labeller
    from ..articles.source import ReadOptions, SourceArticle
    from ..output.appending import AppendingWriter
    from ..output.writers import Writer

Format = Literal["table", "jsonl", "csv", "parquet", "xlsx", "html"]
FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".html": "html",
    ".txt": "table",
}
NoText = Annotated[
    bool,
    typer.Option("--no-text", help="Leave out the sentences, for articles that may not be passed on."),
]

AppendOption = Annotated[
    bool,
    typer.Option(
        "--append",
        help="Add to the JSONL or CSV file of --out; articles that it has already (same id and text) are "
        "skipped.",
    ),
]

FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table, jsonl, csv, parquet, xlsx or html. Default: table; with --out, by its extension.",
    ),
]


@reads_articles
def score(
    inputs: Inputs,
    format_: FormatOption = None,
    out: OutFile = None,
    model: Model = "champion",
    min_score: MinScore = None,
    actors: Actors = None,
    append: AppendOption = False,
    no_text: NoText = False,
    *,
    reading: Reading,
) -> None:
    """Score articles: who takes which stance towards whom.

    Each statement comes with its actor, target and score; loaded sentences are marked. Sentences are numbered
    from 0 in all formats.

    Example: stancewire score article.txt

    Example: stancewire score articles/ -o scores.jsonl --append

    Example: stancewire score nexis.docx --since 2024-05 -o statements.xlsx

    Example: stancewire score articles/ -o page.html

    Example: cat article.txt | stancewire score - --format jsonl
    """
    kind = format_ or _format_of(out)
    reading.options()  # an invalid option is reported before the model is loaded
    appending = _appending(out, kind) if append else None
    labeller = _opened_model(model, actors or ())
    errors = ErrorCount()
    articles = reading.articles(inputs, errors)
    if appending:
        _append_to(appending, articles, labeller, errors, min_score, text=not no_text)
    else:
        score_to(out, kind, articles, labeller, errors, min_score, text=not no_text)
    reading.finish()
    errors.exit_if_any()


def _opened_model(model: str, actors: Sequence[Path]) -> Labeller:
    from ..models import open_model

    began = perf_counter()
    with progress("loading the model"):
        labeller, name = open_model(model, actors)
    detail(f"model {name} loaded in {perf_counter() - began:.1f} s")
    return labeller


def _format_of(out: Path | None) -> Format:
    """The format of an output file by its extension.

    Raises:
        InputError: the extension is of another format.
    """
    from ...data.files.atomic import is_stream
    from ...data.files.outputs import check_suffix

    if out is None or not out.suffix or is_stream(out):
        return "table"
    check_suffix(out, tuple(FORMATS), ", or name the format with --format")
    return FORMATS[out.suffix.lower()]


def _appending(out: Path | None, kind: Format) -> AppendingWriter:
    """The writer of `--append`.

    Raises:
        InputError: there is no output file, it is a pipe or device, or the format is for people.
    """
    from ...data.errors import InputError
    from ...data.files.atomic import is_stream
    from ..output.appending import AppendingWriter

    if out is None:
        raise InputError("no file to append to", where="--append", hint="name it with -o")
    if kind == "table":
        raise InputError("a table cannot be appended to", where=str(out), hint="use .jsonl or .csv")
    if kind in ("parquet", "xlsx", "html"):
        raise InputError(f"{kind} cannot be appended to", where=str(out), hint="use .jsonl or .csv")
    if is_stream(out):
        raise InputError("not a file, so nothing can be appended", where=str(out), hint="leave out --append")
    return AppendingWriter(out, kind)


@contextmanager
def _writer(out: Path | None, kind: Format) -> Iterator[Writer]:
    """A writer on standard output, or on a file that appears, complete, when the block ends without an error.

    Raises:
        InputError: the file cannot be written, or the format needs one.
    """
    from ...data.errors import InputError
    from ...data.files.atomic import atomic_write, atomic_write_bytes
    from ..output.writers import BINARY, open_binary_writer, open_writer

    if out is None and kind in BINARY:
        raise InputError(f"{kind} needs a file", where="--format", hint="name it with -o")
    if out is None:
        yield open_writer(kind, sys.stdout, to_file=False)
        return
    try:
        if kind in BINARY:
            with atomic_write_bytes(out) as file:
                yield open_binary_writer(kind, file)
            return
        with atomic_write(out) as stream:
            yield open_writer(kind, stream, to_file=True)
    except OSError as error:
        if error.filename != str(out):
            raise
        raise InputError(f"cannot be written: {error.strerror}", where=str(out)) from None


def score_to(
    out: Path | None,
    kind: Format,
    articles: Iterator[SourceArticle],
    labeller: Labeller,
    errors: ErrorCount,
    min_score: float | None = None,
    *,
    text: bool = True,
) -> None:
    """Score articles and write their records to a file or standard output.

    Raises:
        InputError: the file cannot be written, or there is nothing to write to it.
    """
    from ...data.errors import InputError

    if kind == "html":
        score_to_page(out, articles, labeller, errors, min_score, text=text)
        return
    with _writer(out, kind) as writer:
        done, statements = _write(writer, articles, labeller, errors, min_score, text)
        if not done and out:
            raise InputError("nothing could be scored; not written", where=str(out))
    if out:
        note(f"{plural(done, 'article')}, {plural(statements, 'statement')} written to {out}")


def _append_to(
    appending: AppendingWriter,
    articles: Iterator[SourceArticle],
    labeller: Labeller,
    errors: ErrorCount,
    min_score: float | None,
    *,
    text: bool,
) -> None:
    """Score the articles that a file does not have yet, and add their records to it.

    Raises:
        InputError: the file cannot be written.
    """
    out = appending.path
    if appending.repaired:
        note(f"{out}: the last line is incomplete; its article is scored again")
    with appending:
        done, statements = _write(appending, appending.missing(articles), labeller, errors, min_score, text)
    if appending.skipped:
        note(f"{plural(appending.skipped, 'article')} skipped: already in {out}")
    note(f"{plural(done, 'article')}, {plural(statements, 'statement')} added to {out}")


def articles_of(
    inputs: Sequence[str], options: ReadOptions, errors: ErrorCount, dedupe: bool = False
) -> Iterator[SourceArticle]:
    """The articles to score; near-identical ones once if `dedupe`."""
    from ..articles.checks import noting_misdecoded
    from ..articles.registry import read_articles
    from ..articles.selecting.duplicates import deduplicated

    articles = read_articles(inputs, options, report_error=errors, note=note)
    if dedupe:
        articles = deduplicated(articles, note)
    return noting_misdecoded(articles, note)


def _write(
    writer: Writer,
    articles: Iterator[SourceArticle],
    labeller: Labeller,
    errors: ErrorCount,
    min_score: float | None,
    text: bool,
) -> tuple[int, int]:
    """Score and write articles.

    Returns:
        The number of articles and of statements.
    """
    from ..articles.scoring import score_articles
    from ..articles.selecting.unread_pairs import UnreadPairs

    done, statements, began = 0, 0, perf_counter()
    pairs = UnreadPairs(labeller)
    with progress("scoring") as bar:
        for record in score_articles(labeller, pairs.count(articles), errors, min_score):
            with bar.paused():
                writer.write(record if text else record.without_text())
            done, statements = done + 1, statements + len(record.statements)
            bar.update(done)
        writer.close()
    pairs.report(note, labeller.name or "")
    detail(f"{plural(done, 'article')} scored in {perf_counter() - began:.1f} s")
    return done, statements
