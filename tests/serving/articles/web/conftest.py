"""A web server of this machine, pages, and the reading of inputs, as fixtures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.source import ReadOptions, ReadReport, SourceArticle

TEXT = (
    "The government of Lunde accused the port authority on Tuesday of breaking the ferry truce that both "
    "sides had signed in March, and said that it would close two harbours until the dispute was settled."
)


class Web:
    """A server on a free port of 127.0.0.1. `pages` maps paths to (status, headers, body)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.requests: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.requests.append(self.path)
                web.agent = self.headers["User-Agent"]
                status, headers, body = web.pages.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.agent = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        """Add a page; returns its URL."""
        content = body.encode() if isinstance(body, str) else body
        self.pages[path] = (status, {"Content-Type": "text/html", **headers}, content)
        return self.url + path


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    from stancewire.serving.articles.web import fetcher

    monkeypatch.setattr(fetcher.shared_fetcher(True), "delay", 0.0)
    monkeypatch.setattr(fetcher.shared_fetcher(False), "delay", 0.0)
    server = Web()
    yield server
    server.server.shutdown()
    server.server.server_close()


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
