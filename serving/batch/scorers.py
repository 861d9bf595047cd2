"""Score a stream of articles in this process, or in several. Both keep the order, and little in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from ...data.errors import InputError
from ...data.record import Record
from ...data.reporting import Note, input_error
from ...data.text.spacy_parser import ParseCache
from ...training.decoding.labeller import Labeller
from ..articles.scoring import score_article
from ..articles.source import SourceArticle
from ..pool.errors import JobError, WorkerDied
from ..pool.model_source import ModelSource
from ..pool.pool import Pool
from ..pool.tasks import open_pool, score_job
from .scored import Scored

# Characters that this process scores before it starts others, which load the model for about 2 s.
ALONE = 200_000
# A job has at most this many articles, and ends with the article that reaches this many characters.
JOB_ARTICLES, JOB_CHARACTERS = 16, 20_000
# Jobs that are read ahead, per worker.
_AHEAD = 4


def score_here(
    labeller: Labeller, articles: Iterable[SourceArticle], min_score: float | None = None
) -> Generator[Scored, None, None]:
    """Score articles in this process, each as soon as it is read."""
    cache = ParseCache()
    for article in articles:
        try:
            scored = Scored(article, score_article(labeller, article, min_score, cache))
        except Exception as error:  # whatever a text makes a library raise; the others are scored
            scored = Scored(article, None, input_error(error, article.where))
        yield scored


class WorkersScorer:
    """Scores articles in worker processes, which are started once there are enough articles.

    This process scores the first articles itself, and goes on until the others are ready.

    Args:
        labeller: the model, in this process.
        source: the same model, for the others.
        workers: number of processes, 2 or more.
        min_score: minimum score of a statement in [0, 1]; None for the tuned thresholds.
        note: called with a remark if the processes cannot be started.
    """

    def __init__(
        self, labeller: Labeller, source: ModelSource, workers: int, min_score: float | None, note: Note
    ) -> None:
        self._labeller, self._source, self._workers = labeller, source, workers
        self._min_score, self._note = min_score, note
        self._pool: Pool | None = None

    def __call__(self, articles: Iterable[SourceArticle]) -> Generator[Scored, None, None]:
        rest = iter(articles)
        try:
            yield from score_here(self._labeller, self._until_ready(rest), self._min_score)
            if self._pool is None:
                return
            try:
                self._pool.wait_until_ready()
            except (JobError, InputError) as error:
                self._note(f"scoring in one process: the others did not start ({error})")
                yield from score_here(self._labeller, rest, self._min_score)
                return
            yield from score_in_pool(self._pool, rest, self._min_score)
        finally:
            if self._pool is not None:
                self._pool.kill()

    def _until_ready(self, rest: Iterator[SourceArticle]) -> Iterator[SourceArticle]:
        """The articles that this process scores."""
        characters = 0
        while not (self._pool and self._pool.is_ready) and (article := next(rest, None)) is not None:
            yield article
            characters += len(article.text)
            if characters >= ALONE and self._pool is None:
                self._pool = open_pool(self._source, self._workers)


def score_in_pool(
    pool: Pool, articles: Iterable[SourceArticle], min_score: float | None = None
) -> Iterator[Scored]:
    """Score articles in worker processes, several to a job.

    An article whose process dies is tried again alone; if that process dies too, it is reported.
    """
    jobs: deque[tuple[list[SourceArticle], Future[Any]]] = deque()
    ahead = _AHEAD * max(len(pool.pids), 1)
    for batch in _batches(articles):
        jobs.append((batch, pool.submit(score_job(batch, min_score), retries=int(len(batch) == 1))))
        if len(jobs) >= ahead:
            yield from _finished(pool, *jobs.popleft(), min_score)
    while jobs:
        yield from _finished(pool, *jobs.popleft(), min_score)


def _batches(articles: Iterable[SourceArticle]) -> Iterator[list[SourceArticle]]:
    batch: list[SourceArticle] = []
    characters = 0
    for article in articles:
        batch.append(article)
        characters += len(article.text)
        if characters >= JOB_CHARACTERS or len(batch) >= JOB_ARTICLES:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _finished(
    pool: Pool, batch: list[SourceArticle], future: Future[Any], min_score: float | None
) -> Iterator[Scored]:
    """The results of one job."""
    try:
        answers = future.result()
    except WorkerDied as error:
        if len(batch) == 1:
            yield Scored(batch[0], None, _lost(batch[0], error))
            return
        futures = [pool.submit(score_job([article], min_score), retries=0) for article in batch]
        for article, own in zip(batch, futures, strict=True):
            yield from _finished(pool, [article], own, min_score)
        return
    except JobError as error:
        yield from (Scored(article, None, _lost(article, error)) for article in batch)
        return
    for article, answer in zip(batch, answers, strict=True):
        if "error" in answer:
            yield Scored(article, None, InputError(**answer["error"]))
        else:
            yield Scored(article, Record.from_dict(answer["record"]))


def _lost(article: SourceArticle, error: JobError) -> InputError:
    return InputError(f"{article.id}: not scored: {error}", where=article.where)
