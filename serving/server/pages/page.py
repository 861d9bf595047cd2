"""The page of the service: paste a text, drop a file or name a URL, see the article page, correct labels."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, Response

from ....data.errors import InputError
from ....data.printable import one_line
from ....data.record import Record
from ....experiments.pages.page import PageKind, render_page
from ...articles.source import SourceArticle
from ...articles.web.fetcher import shared_fetcher
from ...output.article_page.page import TEMPLATES as ARTICLE_TEMPLATES
from ...output.article_page.page import render_articles
from ...output.article_page.shown import Reasons, ShownArticle
from ...pool.errors import JobError, TimedOut
from ...pool.tasks import article_from_dict
from ..requests import Options
from ..served_models import ServedModel, ServedModels
from ..settings import ServerSettings
from ..work import Work
from .corrections import Row, correction_sheet, rows_of, sentences_of

TEMPLATES = Path(__file__).parent / "templates"
START = PageKind("start.html", (TEMPLATES,), styles=("service.css",), scripts=("start.js",), connects=True)
RESULT = PageKind(
    "result.html",
    (TEMPLATES, ARTICLE_TEMPLATES),
    styles=("articles.css", "service.css"),
    scripts=("articles.js",),
    connects=True,
)
# Pages that are fetched at the same time; others wait.
FETCHES = 2
# Empty rows of the form, to add statements.
ADDED_ROWS = 3
MAX_FIELDS = 60_000
# JSON can have it, UTF-8 cannot.
_SURROGATE = re.compile("[\ud800-\udfff]")


class Page:
    """The page: its parts are ordinary forms, which work without a script."""

    def __init__(self, settings: ServerSettings, models: ServedModels, work: Work) -> None:
        self._settings, self._models, self._work = settings, models, work
        self._fetches: CapacityLimiter | None = None

    def start(self, error: str | None = None, status: int = 200, chosen: str | None = None) -> Response:
        """The start page, perhaps with the error of what was sent from it."""
        models = list(self._models.by_name.values())
        html = render_page(
            START,
            title="Who blames whom, who appeals to whom",
            models=models,
            chosen=chosen or models[0].name,
            error=error,
            limits=self._settings,
        )
        return HTMLResponse(html, status, {"Retry-After": "5"} if status == 503 else None)

    async def view(self, request: Request) -> Response:
        """The article page of what the form has: a text, a file or a URL."""
        chosen = None
        try:
            limit = self._settings.max_body
            async with request.form(max_files=1, max_fields=20, max_part_size=limit) as form:
                chosen = _field(form, "model") or None
                model = self._models.get(chosen)
                any_language = bool(_field(form, "any_language"))
                options = Options(model=chosen, min_score=None, any_language=any_language)
                articles, errors, notes = await self._articles(form, model, options)
                results = await self._work.each("show", model, articles, options)
        except InputError as error:
            return self.start(str(error), 422, chosen)
        except JobError as error:
            return self.start(f"not scored: {error}", 503, chosen)
        errors += [r for r in results if isinstance(r, InputError)]
        shown = [
            _shown(article, result)
            for article, result in zip(articles, results, strict=True)
            if not isinstance(result, InputError)
        ]
        if not shown:
            return self.start(str(errors[0]) if errors else "no article was found", 422, chosen)
        remarks = [str(e) for e in errors] + notes
        return HTMLResponse(await run_in_threadpool(_result_page, shown, model, remarks))

    async def _articles(
        self, form: FormData, model: ServedModel, options: Options
    ) -> tuple[list[SourceArticle], list[InputError], list[str]]:
        """The articles of the form, what could not be read, and remarks.

        Raises:
            InputError: the form has none of text, file and URL, or several; or the URL cannot be fetched.
            JobError: reading takes too long.
        """
        text, url, file = _field(form, "text"), _field(form, "url").strip(), form.get("file")
        upload = file if isinstance(file, UploadFile) and (file.filename or file.size) else None
        if bool(text.strip()) + bool(url) + (upload is not None) != 1:
            raise InputError("paste a text, choose a file or name a URL: one of them")
        if text.strip():
            title = _field(form, "title").strip()[:2000] or None
            return [SourceArticle(id="text", text=text, source="article 1", title=title)], [], []
        if upload is not None:
            # The end of a long name: its extension says what the file is.
            name, data = Path(upload.filename or "").name[-200:] or "file", await upload.read()
        else:
            name, data = url, await self._fetched(url)
        found = await self._work.read(model, name, data, options.any_language)
        errors = [InputError(**error) for error in found["errors"]]
        return [article_from_dict(raw) for raw in found["articles"]], errors, found["notes"]

    async def _fetched(self, url: str) -> bytes:
        """The content behind a URL, by the rules of `stancewire score`: public addresses only.

        Raises:
            InputError: it may not or cannot be fetched.
            JobError: it takes too long.
        """
        if not re.match(r"https?://", url, re.I):
            raise InputError("not a URL of http or https", where=url[:200])
        self._fetches = self._fetches or CapacityLimiter(FETCHES)
        try:
            async with asyncio.timeout(self._settings.timeout):
                answer = await anyio.to_thread.run_sync(
                    shared_fetcher(False).get, url, limiter=self._fetches, abandon_on_cancel=True
                )
        except TimeoutError:
            raise TimedOut(self._settings.timeout) from None
        except InputError as error:  # its hint is about the command line
            raise InputError(error.what, where=error.where) from None
        return answer.content

    async def correct(self, request: Request) -> Response:
        """The corrected labels as a sheet to download."""
        limit = self._settings.max_body
        async with request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=limit) as form:
            try:
                article = _posted_article(_field(form, "article"))
                model = self._models.get(article.get("model"))
                sheet = await run_in_threadpool(
                    correction_sheet, article["text"], _rows(form), model.codebook, article
                )
            except InputError as error:
                return self.start(f"no sheet was made: {error}", 422)
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", article["doc_id"] or "").strip("-.")[:80] or "article"
        headers = {"Content-Disposition": f'attachment; filename="{name}.sheet"'}
        return Response(sheet, 200, headers, "text/plain; charset=utf-8")


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _posted_article(raw: str) -> dict[str, Any]:
    """The article of a correction.

    Raises:
        InputError: it is not what the page sends.
    """
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    names = ("text", "doc_id", "outlet", "date", "model")
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise InputError("the form is not complete", where="article")
    if any(not isinstance(found.get(n), str | None) for n in names):
        raise InputError("the form is not valid", where="article")
    if any(_SURROGATE.search(found.get(n) or "") for n in names):
        raise InputError("the form contains an unpaired surrogate", where="article")
    return {n: found.get(n) for n in names}


def _rows(form: FormData) -> list[Row]:
    """The rows of the form: each has all fields, so that the nth of each belong together.

    Raises:
        InputError: it is not what the page sends.
    """
    names = ("sentence", "kind", "actor", "actor_id", "target", "target_id")
    columns = [[v for v in form.getlist(n) if isinstance(v, str)] for n in names]
    if len({len(c) for c in columns}) != 1 or any(not re.fullmatch("[0-9]{1,7}", v) for v in columns[0]):
        raise InputError("the form is not complete", where="correction")
    return [Row(int(row[0]), *(v.strip() for v in row[1:])) for row in zip(*columns, strict=True)]


def _shown(article: SourceArticle, result: dict[str, Any]) -> ShownArticle:
    reasons = tuple(
        None if r is None else Reasons(*(tuple((w, x) for w, x in r[n]) for n in ("supporting", "opposing")))
        for r in result["reasons"]
    )
    return ShownArticle(Record.from_dict(result["record"]), article.text, reasons)


def _result_page(shown: Sequence[ShownArticle], model: ServedModel, remarks: Sequence[str]) -> str:
    forms = [form for article in shown if (form := _correction_form(article, model)) is not None]
    return render_articles(
        shown,
        codebook=model.codebook,
        thresholds=model.thresholds,
        kind=RESULT,
        forms=forms,
        remarks=[one_line(r) for r in remarks],
        stances=model.codebook.stance_names,
        labels=model.codebook.label_names,
        added=range(ADDED_ROWS),
    )


def _correction_form(article: ShownArticle, model: ServedModel) -> dict[str, Any] | None:
    """What the template needs to correct an article; None if its labels cannot be corrected."""
    record, text = article.record, article.text or ""
    rows = rows_of(record, text)
    if rows is None:
        return None
    about = {
        "doc_id": record.id,
        "outlet": record.outlet,
        "date": record.date,
        "model": model.name,
        "text": text,
    }
    return {
        "article": json.dumps(about),
        "title": one_line(record.title or record.id),
        "sentences": [words for _, words, _ in sentences_of(text)],
        "rows": rows,
    }


def add_page(api: FastAPI, settings: ServerSettings, models: ServedModels, work: Work) -> None:
    """Add the page at `/`, and what its forms send."""
    page = Page(settings, models, work)

    @api.get("/", include_in_schema=False)
    def start() -> Response:
        return page.start()

    @api.post("/view", include_in_schema=False)
    async def view(request: Request) -> Response:
        return await page.view(request)

    @api.post("/corrections", include_in_schema=False)
    async def correct(request: Request) -> Response:
        return await page.correct(request)
