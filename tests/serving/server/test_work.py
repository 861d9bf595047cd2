"""Jobs of a request, with a pool whose results the tests decide."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any, cast

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.source import SourceArticle
from stancewire.serving.pool.errors import JobError, TimedOut
from stancewire.serving.server.metrics import Metrics
from stancewire.serving.server.request_log import remarks
from stancewire.serving.server.requests import Options
from stancewire.serving.server.served_models import ServedModel
from stancewire.serving.server.settings import ServerSettings
from stancewire.serving.server.work import Work


class Model:
    """A model whose pool does nothing by itself."""

    name = title = "m"

    def __init__(self) -> None:
        self.pool = self
        self.futures: list[Future[Any]] = []

    def submit(self, _: object, timeout: float) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]


async def _scored(model: Model, metrics: Metrics, *results: object) -> list[Any]:
    """Score three articles, the first of which have these results."""
    remarks.set([])
    articles = [SourceArticle(id=str(n), text="x", source="s") for n in range(3)]
    work = Work(ServerSettings(), metrics)
    options = Options(model=None, min_score=None)
    each = asyncio.create_task(work.each("score", cast(ServedModel, model), articles, options))
    await asyncio.sleep(0)
    for future, result in zip(model.futures, results, strict=False):
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)
    return await asyncio.wait_for(each, 10)


def test_an_invalid_article_is_an_error_in_its_place() -> None:
    record, invalid = {"statements": [{"stance": "blame"}]}, InputError("no text")
    metrics = Metrics()
    assert asyncio.run(_scored(Model(), metrics, record, invalid, record)) == [record, invalid, record]
    assert metrics.articles["m"] == 2 and metrics.statements["m", "blame"] == 2


def test_jobs_that_wait_are_cancelled_when_another_has_no_result() -> None:
    model, metrics = Model(), Metrics()
    with pytest.raises(JobError, match="took longer than 1 s"):
        asyncio.run(_scored(model, metrics, TimedOut(1)))
    assert [future.cancelled() for future in model.futures] == [False, True, True]
    assert metrics.failures == {"TimedOut": 1}
