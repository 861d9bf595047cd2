"""`stancewire score`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
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

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from ...training.decoding.labeller import Labeller
    from ..articles.source import ReadOptions, SourceArticle
    from ..batch.scored import Scored, Scorer
    from ..output.appending import AppendingWriter
    from ..output.writers import Writer
    from ..pool.model_source import ModelSource

Format = Literal["table", "jsonl", "csv", "parquet", "xlsx"]
FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".txt": "table",
}
MAX_WORKERS = 256
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

Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        min=1,
        max=MAX_WORKERS,
        help="Processes that score many articles; a few are always scored in one. Default: one per core.",
    ),
]

FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table, jsonl, csv, parquet or xlsx. Default: table; with --out, by its extension.",
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
    workers: Workers = None,
    *,
    reading: Reading,
) -> None:
    """Score articles: who takes which stance towards whom.

    Each statement comes with its actor, target and score; loaded sentences are marked. Sentences are numbered
    from 0 in all formats. With --out, the same command continues a run that was interrupted.

    Example: stancewire score article.txt

    Example: stancewire score articles/ -o scores.jsonl --append

    Example: stancewire score nexis.docx --since 2024-05 -o statements.xlsx

    Example: cat article.txt | stancewire score - --format jsonl
    """
    kind = format_ or _format_of(out)
    reading.options()  # an invalid option is reported before the model is loaded
    appending = _appending(out, kind) if append else None
    source, labeller = _opened_model(model, actors or ())
    scoring = Scoring(labeller, ErrorCount(), not no_text)
    scoring.score = _scorer(labeller, source, workers or available_cores(), min_score)
    articles = reading.articles(inputs, scoring.errors)
    if appending:
        _append_to(appending, articles, scoring)
    elif out is None:
        score_to(None, kind, articles, scoring)
    else:
        _score_to_file(out, kind, articles, scoring, source, min_score)
    reading.finish()
    scoring.errors.exit_if_any()


def available_cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class Scoring:
    """How articles are scored and written.

    Attributes:
        labeller: the model.
        errors: receives the error of each article that cannot be scored.
        text: whether records keep the sentences.
        score: scores the articles; by default in this process, one after another.
    """

    labeller: Labeller
    errors: ErrorCount
    text: bool = True
    score: Scorer | None = None

    def scored(self, articles: Iterable[SourceArticle]) -> Generator[Scored, None, None]:
        """The articles with their records, in order."""
        from ..batch.scorers import score_here

        return self.score(articles) if self.score else score_here(self.labeller, articles)


def _opened_model(model: str, actors: Sequence[Path]) -> tuple[ModelSource, Labeller]:
    from ..pool.model_source import ModelSource

    began = perf_counter()
    with progress("loading the model"):
        source = ModelSource.find(model, actors)
        labeller = source.load()
    detail(f"model {source.title} loaded in {perf_counter() - began:.1f} s")
    return source, labeller


def _scorer(labeller: Labeller, source: ModelSource, workers: int, min_score: float | None) -> Scorer:
    from ..batch.scorers import WorkersScorer, score_here

    if workers == 1:
        return partial(score_here, labeller, min_score=min_score)
    return WorkersScorer(labeller, source, workers, min_score, note)


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
    if kind in ("parquet", "xlsx"):
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


def score_to(out: Path | None, kind: Format, articles: Iterator[SourceArticle], scoring: Scoring) -> None:
    """Score articles and write their records to a file or standard output.

    Raises:
        InputError: the file cannot be written, or there is nothing to write to it.
    """
    from ...data.errors import InputError

    with _writer(out, kind) as writer:
        done, statements = _write(writer, articles, scoring)
        if not done and out:
            raise InputError("nothing could be scored; not written", where=str(out))
    if out:
        note(f"{plural(done, 'article')}, {plural(statements, 'statement')} written to {out}")


def _score_to_file(
    out: Path,
    kind: Format,
    articles: Iterator[SourceArticle],
    scoring: Scoring,
    source: ModelSource,
    min_score: float | None,
) -> None:
    """Score articles to a file. An interrupted run is continued, and leaves its progress beside the file.

    Raises:
        InputError: see `score_to`.
    """
    from ...data.files.atomic import is_stream
    from ..batch.resuming import ResumableScorer, settings_of

    if is_stream(out) or scoring.score is None:
        score_to(out, kind, articles, scoring)
        return
    resumable = ResumableScorer(out, scoring.score, settings_of(source, min_score), note)
    with closing(resumable):
        score_to(out, kind, articles, replace(scoring, score=resumable))
        resumable.finish()


def _append_to(appending: AppendingWriter, articles: Iterator[SourceArticle], scoring: Scoring) -> None:
    """Score the articles that a file does not have yet, and add their records to it.

    Raises:
        InputError: the file cannot be written.
    """
    out = appending.path
    if appending.repaired:
        note(f"{out}: the last line is incomplete; its article is scored again")
    with appending:
        done, statements = _write(appending, appending.missing(articles), scoring)
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


def _write(writer: Writer, articles: Iterator[SourceArticle], scoring: Scoring) -> tuple[int, int]:
    """Score and write articles.

    Returns:
        The number of articles and of statements.
    """
    from ..articles.selecting.unread_pairs import UnreadPairs

    done, statements, began = 0, 0, perf_counter()
    labeller, pairs = scoring.labeller, UnreadPairs(scoring.labeller)
    with progress("scoring") as bar, closing(scoring.scored(pairs.count(articles))) as results:
        for result in results:
            if result.error is not None:
                scoring.errors(result.error)
            if (record := result.record) is None:
                continue
            with bar.paused():
                writer.write(record if scoring.text else record.without_text())
            done, statements = done + 1, statements + len(record.statements)
            bar.update(done)
        writer.close()
    pairs.report(note, labeller.name or "")
    detail(f"{plural(done, 'article')} scored in {perf_counter() - began:.1f} s")
    return done, statements
