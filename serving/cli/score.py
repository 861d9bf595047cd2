"""`stancewire score`."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .articles.reading import Reading, reads_articles
from .console import ErrorCount, detail, note, plural, progress
from .options import Actors, Inputs, MinScore, Model, OutFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...data.record import Record
    from ...training.decoding.labeller import Labeller
    from ..output.writers import Writer

Format = Literal["table", "jsonl", "csv", "parquet", "xlsx"]
FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".txt": "table",
}
NoText = Annotated[
    bool,
    typer.Option("--no-text", help="Leave out the sentences, for articles that may not be passed on."),
]


@reads_articles
def score(
    inputs: Inputs,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, jsonl, csv, parquet or xlsx. Default: table; with --out, by its extension.",
        ),
    ] = None,
    out: OutFile = None,
    model: Model = "champion",
    min_score: MinScore = None,
    actors: Actors = None,
    no_text: NoText = False,
    *,
    reading: Reading,
) -> None:
    """Score articles: who takes which stance towards whom.

    Each statement comes with its actor, target and score; loaded sentences are marked. Sentences are numbered
    from 0 in all formats.

    Example: stancewire score article.txt

    Example: stancewire score articles/ -o scores.csv

    Example: stancewire score nexis.docx --since 2024-05 -o statements.xlsx

    Example: cat article.txt | stancewire score - --format jsonl
    """
    from ..models import open_model

    kind = format_ or _format_of(out)
    reading.options()  # an invalid option is reported before the model is loaded
    began = perf_counter()
    with progress("loading the model"):
        labeller, name = open_model(model, actors or ())
    detail(f"model {name} loaded in {perf_counter() - began:.1f} s")
    score_to(out, kind, inputs, labeller, min_score, reading, text=not no_text).exit_if_any()


def _format_of(out: Path | None) -> Format:
    """The format of an output file by its extension.

    Raises:
        InputError: the extension is of another format.
    """
    from ...data.errors import InputError

    if out is None or not out.suffix:
        return "table"
    if (kind := FORMATS.get(out.suffix.lower())) is None:
        hint = "use .jsonl, .csv, .parquet, .xlsx or .txt, or name the format with --format"
        raise InputError(f"unknown output format {out.suffix!r}", where=str(out), hint=hint)
    return kind


@contextmanager
def _writer(out: Path | None, kind: Format) -> Iterator[Writer]:
    """A writer on standard output, or on a file that appears, complete, when the block ends without an error.

    Raises:
        InputError: the file cannot be written, or the format needs one.
    """
    from ...data.errors import InputError
    from ...data.files.atomic import atomic_write
    from ...data.files.binary import atomic_binary
    from ..output.writers import BINARY, open_binary_writer, open_writer

    if out is None and kind in BINARY:
        raise InputError(f"{kind} needs a file", where="--format", hint="name it with -o")
    if out is None:
        yield open_writer(kind, sys.stdout, to_file=False)
        return
    with ExitStack() as stack:
        try:
            if kind in BINARY:
                writer = open_binary_writer(kind, stack.enter_context(atomic_binary(out)))
            else:
                writer = open_writer(kind, stack.enter_context(atomic_write(out)), to_file=True)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", where=str(out)) from None
        yield writer


def score_to(
    out: Path | None,
    kind: Format,
    inputs: Sequence[str],
    labeller: Labeller,
    min_score: float | None = None,
    reading: Reading | None = None,
    *,
    text: bool = True,
) -> ErrorCount:
    """Score articles and write their records to a file or standard output.

    Args:
        text: whether to write the sentences.

    Returns:
        The number of invalid inputs; the others are written.

    Raises:
        InputError: the file cannot be written, or there is nothing to write to it.
    """
    from ...data.errors import InputError
    from ..articles.scoring import score_articles
    from ..articles.unread_pairs import UnreadPairs

    reading = reading or Reading()
    errors, began = ErrorCount(), perf_counter()
    pairs = UnreadPairs(labeller)
    articles = pairs.count(reading.articles(inputs, errors))
    with _writer(out, kind) as writer:
        records = score_articles(labeller, articles, errors, min_score)
        done, statements = _write(records if text else (r.without_text() for r in records), writer)
        if not done and out:
            raise InputError("nothing could be scored; not written", where=str(out))
    pairs.report(note, labeller.name or "")
    reading.finish()
    if out:
        note(f"{plural(done, 'article')}, {plural(statements, 'statement')} written to {out}")
    detail(f"{plural(done, 'article')} scored in {perf_counter() - began:.1f} s")
    return errors


def _write(records: Iterator[Record], writer: Writer) -> tuple[int, int]:
    """Write the records; returns the number of articles and of statements."""
    done = statements = 0
    with progress("scoring") as bar:
        for record in records:
            with bar.paused():
                writer.write(record)
            done, statements = done + 1, statements + len(record.statements)
            bar.update(done)
        writer.close()
    return done, statements
