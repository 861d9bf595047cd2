"""A web server of this machine, pages, and the reading of inputs, as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.source import ReadOptions, ReadReport, SourceArticle
from synthetic.web_server import Web

TEXT = (
    "The government of Lunde accused the port authority on Tuesday of breaking the ferry truce that both "
    "sides had signed in March, and said that it would close two harbours until the dispute was settled."
)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    from stancewire.serving.articles.web import fetcher

    monkeypatch.setattr(fetcher.shared_fetcher(True), "delay", 0.0)
    monkeypatch.setattr(fetcher.shared_fetcher(False), "delay", 0.0)
    server = Web()
    yield server
    server.close()


def page(title: str = "Ferry reopens", body: str | None = None, head: str = "", extra: str = "") -> str:
    """A page with one article."""
    paragraphs = body or "".join(f"<p>{TEXT} ({n})</p>" for n in range(1, 4))
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title>{head}</head><body>"
        f"<article><h1>{title}</h1>{paragraphs}</article>{extra}</body></html>"
    )


class Reading:
    """What was read of some inputs: articles, errors and notes as lines, reports."""

    def __init__(self, *inputs: Path | str, **options: Any) -> None:
        errors: list[InputError] = []
        self.notes: list[str] = []
        self.reports: list[ReadReport] = []
        self.articles: list[SourceArticle] = list(
            read_articles(
                [str(i) for i in inputs],
                ReadOptions(**options),
                report_error=errors.append,
                note=self.notes.append,
                reports=self.reports,
            )
        )
        self.errors = [str(e) for e in errors]


@pytest.fixture
def read() -> type[Reading]:
    return Reading


@pytest.fixture(name="page")
def make_page() -> Any:
    return page


@pytest.fixture(name="text")
def article_text() -> str:
    return TEXT
