"""What worker processes of the service do: read uploaded files, check, score, explain, and prepare pages."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from ...data.errors import InputError
from ...data.reporting import guarded, input_error, raise_error
from ..articles.checks import check_article
from ..articles.inputs import parts_of
from ..articles.registry import ENDINGS, read_source
from ..articles.selecting.seen import SeenIds
from ..articles.source import ReadOptions, ReadReport, Source, SourceArticle
from ..pool.errors import error_to_dict
from ..pool.model_source import ModelSource
from ..pool.tasks import article_from_dict, article_to_dict

if TYPE_CHECKING:
    from ...training.decoding.labeller import Labeller
    from ..pool.worker import Handler

T = TypeVar("T")
# Errors and remarks about a file that its page shows.
MAX_LISTED = 20
WARM_UP = (
    "Kenya accused Somalia of shelling a border town on Monday, and said that it would respond to the attack."
)


def load(source: dict[str, Any]) -> tuple[Handler, dict[str, Any]]:
    """The loader of worker processes; see `pool.worker.run`. Parses of requests are not kept on disk."""
    from ..output.article_page.scoring import thresholds_of

    labeller = ModelSource.from_dict(source).load()
    _warm_up(labeller)

    def handle(job: dict[str, Any]) -> Any:
        if job["task"] == "read":
            return _read(job["name"], b64decode(job["data"]), job["limit"], job["any_language"])
        article = article_from_dict(job["article"])
        try:
            _check(article, job["any_language"])
            return _TASKS[job["task"]](labeller, article, job["min_score"])
        except Exception as error:  # whatever a text makes a library raise; the others are scored
            raise input_error(error, article.where) from None

    about = {
        "mentions": labeller.mentions,
        "codebook": labeller.codebook.model_dump(mode="json"),
        "thresholds": dict(thresholds_of(labeller)),
    }
    return handle, about


def _warm_up(labeller: Labeller) -> None:
    """Load what is loaded on first use, so that the first request does not wait for it."""
    actor, target = ("Kenya", "Somalia") if labeller.mentions == "known" else (None, None)
    _check(SourceArticle(id="", text=WARM_UP, source=""), False)
    labeller.label(WARM_UP, actor=actor, target=target)


def _check(article: SourceArticle, any_language: bool) -> None:
    """The same checks as when a file is read.

    Raises:
        InputError: it is too large, not running text, or not in English.
    """
    if not article.text.strip():
        raise InputError("no text", where=article.where)
    check_article(article, ReadOptions(any_language=any_language), ReadReport(article.source), SeenIds())


def _score(labeller: Labeller, article: SourceArticle, min_score: float | None) -> dict[str, Any]:
    from ..articles.scoring import score_article

    return score_article(labeller, article, min_score, None).to_dict()


def _explain(labeller: Labeller, article: SourceArticle, min_score: float | None) -> list[dict[str, Any]]:
    from ...training.explanation import explain

    found = explain(labeller, article.text, min_score, actor=article.actor, target=article.target)
    return [asdict(one) for one in found]


def _show(labeller: Labeller, article: SourceArticle, min_score: float | None) -> dict[str, Any]:
    """A record with the reasons of its statements, for the article page."""
    from ..output.article_page.scoring import shown_articles

    [shown] = shown_articles(labeller, [article], raise_error, min_score)
    reasons = [asdict(one) if one is not None else None for one in shown.reasons]
    return {"record": shown.record.to_dict(), "reasons": reasons}


_TASKS = {"score": _score, "explain": _explain, "show": _show}


def _read(name: str, data: bytes, limit: int, any_language: bool) -> dict[str, Any]:
    """The articles of an uploaded or fetched file.

    Returns:
        `articles`, at most `limit`; `errors`; and `notes`, one of which says if there were more articles.
    """
    options = ReadOptions(any_language=any_language)
    errors: list[InputError] = []
    notes: list[str] = []
    articles: list[SourceArticle] = []
    on_error, on_note = _keep_first(errors), _keep_first(notes)
    with guarded(name, on_error):
        found = (
            article
            for part in parts_of(Source(name, data=data), ENDINGS, on_error, on_note)
            for article in read_source(
                part, options, ReadReport(part.name, on_error=on_error, on_note=on_note)
            )
        )
        for article in found:
            if len(articles) == limit:
                notes.append(f"more than {limit} articles; the first {limit} were read")
                break
            articles.append(article)
    return {
        "articles": [article_to_dict(article) for article in articles],
        "errors": [error_to_dict(error) for error in errors],
        "notes": notes,
    }


def _keep_first(kept: list[T]) -> Callable[[T], None]:
    """A function that adds to a list, which stays short however many rows of a file are invalid."""

    def keep(one: T) -> None:
        if len(kept) < MAX_LISTED:
            kept.append(one)

    return keep
