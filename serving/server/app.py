"""The service as an ASGI application: its API, its page, and what stands in front of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ... import __version__
from ...data.errors import InputError
from ..pool.errors import JobError
from .access import Access
from .limits import Limits
from .metrics import MEDIA_TYPE, Metrics
from .replies import error_response
from .request_log import RequestLog
from .requests import (
    ArticleIn,
    ErrorReply,
    ExplainedStatement,
    ExplainReply,
    ExplainRequest,
    Health,
    ModelHealth,
    ScoreReply,
    ScoreRequest,
)
from .served_models import ServedModels
from .settings import ServerSettings
from .work import Work

DESCRIPTION = """\
Finds in news articles who blames whom, who claims a ceasefire and who appeals to whom.

Errors are JSON: `error`, and `hint` with what to do. Every reply has its id in the header `X-Request-ID`.
"""
Replies = dict[int | str, dict[str, Any]]
ERRORS: Replies = {
    400: {"model": ErrorReply, "description": "Not a valid HTTP request, or not JSON."},
    401: {"model": ErrorReply, "description": "The token is missing or wrong."},
    403: {"model": ErrorReply, "description": "The Host or the Origin is not allowed."},
    408: {"model": ErrorReply, "description": "The body did not arrive in time."},
    413: {"model": ErrorReply, "description": "The request is too large."},
    422: {"model": ErrorReply, "description": "The input is invalid, or no article could be scored."},
    429: {"model": ErrorReply, "description": "Too many requests at a time."},
    503: {"model": ErrorReply, "description": "It took too long, or the service is being stopped."},
}


def create_app(settings: ServerSettings, models: ServedModels, log: Callable[[str], None]) -> RequestLog:
    """The service, whose outermost layer is the log of requests.

    Args:
        settings: limits, and who may use it.
        models: the models, whose processes the caller ends.
        log: called with one line for each request.
    """
    from .pages.api_docs import add_docs
    from .pages.page import add_page

    metrics = Metrics()
    work = Work(settings, metrics)
    api = FastAPI(
        title="stancewire", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None
    )
    _add_errors(api)
    _add_scoring(api, models, work)
    limits = Limits(api, settings)
    app = RequestLog(Access(limits, settings), metrics, log)
    _add_state(api, models, metrics, limits, app)
    add_page(api, settings, models, work)
    add_docs(api, settings)
    app.paths = frozenset(getattr(route, "path", "") for route in api.routes)
    return app


def _add_errors(api: FastAPI) -> None:
    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, InputError)
        what = f"{error.where}: {error.what}" if error.where else error.what
        return error_response(422, what, error.hint)

    async def failed(_: Request, error: Exception) -> Response:
        return error_response(503, str(error))

    async def not_valid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        # Without `input`, which is the text.
        where = ".".join(str(x) for x in first["loc"])
        reason = str(first["msg"]).removeprefix("Value error, ")[:300]
        return error_response(422, f"{where}: {reason}", "see /docs")

    async def status(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = error_response(error.status_code, str(error.detail))
        response.headers.update(error.headers or {})
        return response

    api.add_exception_handler(InputError, invalid)
    api.add_exception_handler(JobError, failed)
    api.add_exception_handler(RequestValidationError, not_valid)
    api.add_exception_handler(HTTPException, status)


def _add_scoring(api: FastAPI, models: ServedModels, work: Work) -> None:
    @api.post("/score", responses={200: {"model": ScoreReply}, **ERRORS}, summary="Score articles")
    async def score(request: ScoreRequest) -> Response:
        """Find the statements of a text, or of several articles.

        An article that cannot be scored has a null record and an entry in `errors`; if none can, the status
        is 422.
        """
        model = models.get(request.model)
        results = await work.each("score", model, request.to_articles(), request)
        errors = [
            {"index": n, "error": r.what, "hint": r.hint}
            for n, r in enumerate(results)
            if isinstance(r, InputError)
        ]
        if len(errors) == len(results):
            first = results[0]
            return error_response(422, first.what, first.hint, errors=errors)
        records = [None if isinstance(r, InputError) else r for r in results]
        return JSONResponse({"model": model.title, "records": records, "errors": errors})

    @api.post("/explain", responses={200: {"model": ExplainReply}, **ERRORS}, summary="Explain statements")
    async def explain(request: ExplainRequest) -> Response:
        """Find the statements of a text, and the words that support each of them."""
        model = models.get(request.model)
        raw = ArticleIn(text=request.text, actor=request.actor, target=request.target)
        article = raw.to_article(1)
        [found] = await work.each("explain", model, [article], request)
        if isinstance(found, InputError):
            raise found
        statements = [ExplainedStatement.from_dict(one) for one in found]
        return JSONResponse(ExplainReply(model=model.title, statements=statements).model_dump(mode="json"))


def _add_state(api: FastAPI, models: ServedModels, metrics: Metrics, limits: Limits, app: RequestLog) -> None:
    own: Replies = {k: v for k, v in ERRORS.items() if k in (400, 401, 403)}

    @api.get("/health", responses={200: {"model": Health}, **own}, summary="Whether the service works")
    async def health() -> Response:
        """The models of the service and their state. Needs no token."""
        listed = [
            ModelHealth(name=m.name, version=m.title, workers=len(m.pool.pids), pending=m.pool.pending)
            for m in models.by_name.values()
        ]
        status = "stopping" if app.draining else "ok"
        reply = Health(status=status, stancewire=__version__, models=listed)
        return JSONResponse(reply.model_dump(mode="json"))

    @api.get("/metrics", response_class=Response, responses=own, summary="Counts for Prometheus")
    async def counts() -> Response:
        """Requests, articles, statements, failures, processes and memory, in Prometheus' text format."""
        pools = [(m.name, len(m.pool.pids), m.pool.pending, m.pool.replaced) for m in models.by_name.values()]
        return Response(metrics.text(pools, limits.active), media_type=MEDIA_TYPE)
