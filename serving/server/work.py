"""From a request to the worker processes and back."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from ...data.errors import InputError
from ..articles.source import SourceArticle
from ..pool.errors import JobError
from ..pool.tasks import article_to_dict
from .metrics import Metrics
from .request_log import remarks
from .requests import Options
from .served_models import ServedModel
from .settings import ServerSettings

Result = dict[str, Any] | InputError


class Work:
    """Jobs of requests. A request has one time limit for all its jobs; what is late is ended."""

    def __init__(self, settings: ServerSettings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics

    async def each(
        self, task: str, model: ServedModel, articles: Sequence[SourceArticle], options: Options
    ) -> list[Any]:
        """The results of a task for each article; an `InputError` for one that is invalid.

        Args:
            task: `score`, `explain` or `show`, see `worker_tasks`.

        Raises:
            InputError: there are too many articles.
            JobError: an article has no result: it took too long, or killed its process twice.
        """
        limit = self._settings.max_articles
        if len(articles) > limit:
            hint = "send several requests, or use `stancewire score`"
            raise InputError(f"more than {limit} articles", where="articles", hint=hint)
        jobs = [
            {
                "task": task,
                "article": article_to_dict(article),
                "min_score": options.min_score,
                "any_language": options.any_language,
            }
            for article in articles
        ]
        results = await self._all(model, jobs)
        done = [r for r in results if not isinstance(r, InputError)]
        remarks.get().append(f"{len(done)} of {len(jobs)} articles by {model.title}")
        for result in done:
            if task != "explain":
                self._metrics.record(model.name, result["record"] if task == "show" else result)
        return results

    async def read(self, model: ServedModel, name: str, data: bytes, any_language: bool) -> dict[str, Any]:
        """The articles of a file, see `worker_tasks`. A file that takes too long ends its process.

        Raises:
            JobError: it takes too long.
        """
        job = {
            "task": "read",
            "name": name,
            "data": b64encode(data).decode(),
            "limit": self._settings.max_articles,
            "any_language": any_language,
        }
        [found] = await self._all(model, [job])
        if isinstance(found, InputError):
            raise found
        return dict(found)

    async def _all(self, model: ServedModel, jobs: Sequence[dict[str, Any]]) -> list[Any]:
        """The results of jobs. If one of them has none, those that still wait are cancelled."""
        futures: list[asyncio.Future[Any]] = []
        try:
            for job in jobs:
                future = model.pool.submit(job, timeout=self._settings.timeout)
                futures.append(asyncio.wrap_future(future))
            return await asyncio.gather(*map(_result, futures))
        except JobError as error:
            self._metrics.failures[type(error).__name__] += 1
            raise
        finally:
            for waiting in futures:
                waiting.cancel()


async def _result(future: asyncio.Future[Any]) -> Any:
    """The result of a job, or the error in its input."""
    try:
        return await future
    except InputError as error:
        return error
