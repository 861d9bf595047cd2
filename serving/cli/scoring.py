"""Score articles and write their records: to standard output, to a file, or appended to one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from .articles.page import score_to_page
from .console import ErrorCount, detail, note, plural, progress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from ...training.decoding.labeller import Labeller
    from ..articles.source import SourceArticle
    from ..batch.scored import Scored, Scorer
    from ..output.appending import AppendingWriter
    from ..output.writers import Writer
    from ..pool.model_source import ModelSource


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
        min_score: minimum score of a statement in [0, 1]; None for the tuned thresholds.
        text: whether records keep the sentences.
        score: scores the articles; by default in this process, one after another.
        source: the files of the model, if records are written to a file.
    """

    labeller: Labeller
    errors: ErrorCount
    min_score: float | None = None
    text: bool = True
    score: Scorer | None = None
    source: ModelSource | None = None

    def scored(self, articles: Iterable[SourceArticle]) -> Generator[Scored, None, None]:
        """The articles with their records, in order."""
        from ..batch.scorers import score_here

        score = self.score or partial(score_here, self.labeller, min_score=self.min_score)
        return score(articles)


def opened_model(model: str, actors: Sequence[Path], *, gate: bool = False) -> tuple[ModelSource, Labeller]:
    """The files of the model that `--model` names, and the model.

    Raises:
        InputError: there is no such model, or it is damaged.
    """
    from ..pool.model_source import ModelSource

    began = perf_counter()
    with progress("loading the model"):
        source = ModelSource.find(model, actors, gate=gate)
        labeller = source.load()
    if gate and labeller.gate is None:
        note("this model has no gate: every sentence is read")
    detail(f"model {source.title} loaded in {perf_counter() - began:.1f} s")
    return source, labeller


def scorer(labeller: Labeller, source: ModelSource, workers: int, min_score: float | None) -> Scorer:
    """What scores articles: this process, or with several workers others too, once there are many."""
    from ..batch.scorers import WorkersScorer, score_here

    if workers == 1:
        return partial(score_here, labeller, min_score=min_score)
    return WorkersScorer(labeller, source, workers, min_score, note)


@contextmanager
def _writer(out: Path | None, kind: str) -> Iterator[Writer]:
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


def score_to(out: Path | None, kind: str, articles: Iterator[SourceArticle], scoring: Scoring) -> None:
    """Score articles and write their records to a file or standard output.

    Raises:
        InputError: the file cannot be written, or there is nothing to write to it.
    """
    from ...data.errors import InputError

    if kind == "html":
        page = (out, articles, scoring.labeller, scoring.errors, scoring.min_score)
        score_to_page(*page, text=scoring.text)
        return
    with _writer(out, kind) as writer:
        done, statements = _write(writer, articles, scoring)
        if not done and out:
            raise InputError("nothing could be scored; not written", where=str(out))
    if out:
        note(f"{plural(done, 'article')}, {plural(statements, 'statement')} written to {out}")


def score_to_output(out: Path | None, kind: str, articles: Iterator[SourceArticle], scoring: Scoring) -> None:
    """Like `score_to`; an interrupted run to a file is continued, and leaves its progress beside the file.

    Raises:
        InputError: see `score_to`.
    """
    from ...data.files.atomic import is_stream
    from ..batch.resuming import ResumableScorer, settings_of

    # A page is made of all articles at the end.
    if out is None or is_stream(out) or kind == "html" or scoring.source is None:
        score_to(out, kind, articles, scoring)
        return
    settings = settings_of(scoring.source, scoring.min_score)
    resumable = ResumableScorer(out, scoring.scored, settings, note)
    with closing(resumable):
        score_to(out, kind, articles, replace(scoring, score=resumable))
        resumable.finish()


def append_to(appending: AppendingWriter, articles: Iterator[SourceArticle], scoring: Scoring) -> None:
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
