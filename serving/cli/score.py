"""`stancewire score`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import IO, TYPE_CHECKING, Annotated, Literal

import typer

from .console import ErrorCount, detail, note, plural, progress
from .options import (
    Actors,
    AllowPrivate,
    AnyLanguage,
    Dedupe,
    Fetch,
    Inputs,
    MinScore,
    Model,
    OutFile,
    UrlPattern,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...training.decoding.labeller import Labeller
    from ..articles.source import ReadOptions

Format = Literal["table", "jsonl", "csv"]
FORMATS: dict[str, Format] = {".jsonl": "jsonl", ".csv": "csv", ".txt": "table"}


def score(
    inputs: Inputs,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, jsonl or csv. Default: table; with --out, inferred from its extension.",
        ),
    ] = None,
    out: OutFile = None,
    model: Model = "champion",
    min_score: MinScore = None,
    actors: Actors = None,
    any_language: AnyLanguage = False,
    dedupe: Dedupe = False,
    fetch: Fetch = False,
    allow_private: AllowPrivate = False,
    url_pattern: UrlPattern = None,
) -> None:
    """Score articles: who takes which stance towards whom.

    Each statement comes with its actor, target and score; loaded sentences are marked. Sentences are numbered
    from 0 in all formats.

    Example: stancewire score article.txt

    Example: stancewire score articles/ -o scores.csv

    Example: cat article.txt | stancewire score - --format jsonl
    """
    from ..articles.source import ReadOptions
    from ..models import open_model

    kind = format_ or _format_of(out)
    began = perf_counter()
    with progress("loading the model"):
        labeller, name = open_model(model, actors or ())
    detail(f"model {name} loaded in {perf_counter() - began:.1f} s")
    options = ReadOptions(
        any_language=any_language, fetch=fetch, allow_private=allow_private, url_pattern=url_pattern
    )
    score_to(out, kind, inputs, labeller, min_score, options, dedupe).exit_if_any()


def _format_of(out: Path | None) -> Format:
    """The format of an output file by its extension.

    Raises:
        InputError: the extension is of another format.
    """
    from ...data.errors import InputError

    if out is None or not out.suffix:
        return "table"
    if (kind := FORMATS.get(out.suffix.lower())) is None:
        hint = "use .jsonl, .csv or .txt, or name the format with --format"
        raise InputError(f"unknown output format {out.suffix!r}", where=str(out), hint=hint)
    return kind


def _opened(out: Path, stack: ExitStack) -> IO[str]:
    """Open the output file, which appears, complete, when the stack is closed without an error."""
    from ...data.errors import InputError
    from ...data.files.atomic import atomic_write

    try:
        return stack.enter_context(atomic_write(out))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(out)) from None


def score_to(
    out: Path | None,
    kind: Format,
    inputs: Sequence[str],
    labeller: Labeller,
    min_score: float | None = None,
    options: ReadOptions | None = None,
    dedupe: bool = False,
) -> ErrorCount:
    """Score articles and write their records to a file or standard output.

    Returns:
        The number of invalid inputs; the others are written.

    Raises:
        InputError: the file cannot be written, or there is nothing to write to it.
    """
    from ...data.errors import InputError
    from ..articles.checks import noting_misdecoded
    from ..articles.duplicates import deduplicated
    from ..articles.registry import read_articles
    from ..articles.scoring import score_articles
    from ..articles.unread_pairs import UnreadPairs
    from ..output.writers import open_writer

    errors, done, statements, began = ErrorCount(), 0, 0, perf_counter()
    with ExitStack() as stack:
        stream = _opened(out, stack) if out else sys.stdout
        writer = open_writer(kind, stream, to_file=out is not None)
        bar = stack.enter_context(progress("scoring"))
        articles = read_articles(inputs, options, report_error=errors, note=note)
        if dedupe:
            articles = deduplicated(articles, note)
        pairs = UnreadPairs(labeller)
        articles = pairs.count(noting_misdecoded(articles, note))
        for record in score_articles(labeller, articles, errors, min_score):
            with bar.paused():
                writer.write(record)
            done, statements = done + 1, statements + len(record.statements)
            bar.update(done)
        writer.close()
        if not done and out:
            raise InputError("nothing could be scored; not written", where=str(out))
    pairs.report(note, labeller.name or "")
    if out:
        note(f"{plural(done, 'article')}, {plural(statements, 'statement')} written to {out}")
    detail(f"{plural(done, 'article')} scored in {perf_counter() - began:.1f} s")
    return errors
