"""What worker processes of `score` do with a model. Their jobs are made here too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ...data.record import Carrier
from ...data.reporting import input_error
from ..articles.source import SourceArticle
from .errors import error_to_dict
from .model_source import ModelSource
from .pool import Pool

if TYPE_CHECKING:
    from .worker import Handler

_LOADER = "stancewire.serving.pool.tasks:load"


def open_pool(source: ModelSource, workers: int, *, cache: bool = True) -> Pool:
    """A pool of processes that load a model.

    Args:
        source: the model.
        workers: number of processes.
        cache: whether parses are kept in the user's cache folder.

    Returns:
        The pool, while its processes still start; `wait_until_ready` says what the model is.
    """
    return Pool(_LOADER, {"source": source.to_dict(), "cache": cache}, workers)


def load(source: dict[str, Any], cache: bool) -> tuple[Handler, dict[str, Any]]:
    """The loader of worker processes; see `worker.run`."""
    from ...data.text.spacy_parser import ParseCache
    from ..articles.scoring import score_article

    labeller = ModelSource.from_dict(source).load()
    parses = ParseCache() if cache else None

    def scored(article: SourceArticle, min_score: float | None) -> dict[str, Any]:
        try:
            return {"record": score_article(labeller, article, min_score, parses).to_dict()}
        except Exception as error:
            return {"error": error_to_dict(input_error(error, article.where))}

    def handle(job: dict[str, Any]) -> Any:
        return [scored(article_from_dict(raw), job["min_score"]) for raw in job["articles"]]

    return handle, {"model": labeller.name}


def score_job(articles: Sequence[SourceArticle], min_score: float | None) -> dict[str, Any]:
    """The job to score articles; its result has one dict for each, with a `record` or an `error`."""
    raw = [article_to_dict(article) for article in articles]
    return {"articles": raw, "min_score": min_score}


def article_to_dict(article: SourceArticle) -> dict[str, Any]:
    """Plain values, ready for `json.dumps`."""
    raw = asdict(replace(article, also_in=()))
    return raw | {"also_in": [carrier.model_dump() for carrier in article.also_in]}


def article_from_dict(raw: dict[str, Any]) -> SourceArticle:
    """The inverse of `article_to_dict`."""
    return SourceArticle(**raw | {"also_in": tuple(Carrier(**carrier) for carrier in raw["also_in"])})
