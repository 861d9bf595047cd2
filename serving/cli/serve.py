"""`stancewire serve`."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from .console import note
from .options import MODEL_HELP, Actors, workers_option
from .scoring import available_cores

_NEEDED = ("fastapi", "uvicorn", "python_multipart")

Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help=f"Model to serve; repeatable, the first is the default: {MODEL_HELP} Default: the champion, and "
        "the challenger if there is one.",
    ),
]
Host = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on; 0.0.0.0 is all of them.")
]
Port = Annotated[
    int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="Port; 0 chooses a free one.")
]
AllowedHosts = Annotated[
    list[str] | None,
    typer.Option(
        "--allowed-host",
        metavar="NAME",
        help="Host name under which clients call the service; needed if other machines can reach it; "
        "repeatable.",
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        metavar="FILE",
        help="File with the token that clients send; needed if other machines can reach the service. "
        "Default: the environment variable STANCEWIRE_TOKEN.",
    ),
]
Workers = Annotated[
    int | None,
    workers_option("Number of worker processes of the first model; every other model has one."),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="S",
        min=0.1,
        max=3600,
        help="Time limit of a request in seconds; after it, the computation is stopped (503).",
    ),
]
MaxBody = Annotated[
    float,
    typer.Option(
        "--max-body", metavar="MB", min=0.01, max=100, help="Maximum size of a request in MB (413)."
    ),
]
MaxArticles = Annotated[
    int,
    typer.Option(
        "--max-articles", metavar="N", min=1, max=10_000, help="Maximum number of articles per request (422)."
    ),
]
MaxRequests = Annotated[
    int,
    typer.Option(
        "--max-requests",
        metavar="N",
        min=1,
        max=10_000,
        help="Maximum number of requests at the same time (429).",
    ),
]


def serve(
    model: Models = None,
    host: Host = "127.0.0.1",
    port: Port = 8470,
    allowed_host: AllowedHosts = None,
    token_file: TokenFile = None,
    workers: Workers = None,
    timeout: Timeout = 60.0,
    max_body: MaxBody = 5.0,
    max_articles: MaxArticles = 100,
    max_requests: MaxRequests = 100,
    actors: Actors = None,
) -> None:
    """Score articles over HTTP, and on a page in the browser.

    Listens on this machine only, unless a token and the name of the service are set. After SIGTERM or Ctrl-C,
    the requests that were accepted are still answered. The numbers in brackets are the HTTP status of a
    request that exceeds a limit. The log on standard error never contains texts.

    Example: stancewire serve

    Example: stancewire serve --host 0.0.0.0 --allowed-host news.example.org --token-file token.txt
    """
    _check_extra()
    from ..server.running import serve as run
    from ..server.settings import TOKEN_VARIABLE, ServerSettings, read_token

    token = read_token(token_file) if token_file else os.environ.get(TOKEN_VARIABLE) or None
    settings = ServerSettings(
        host=host,
        port=port,
        allowed_hosts=tuple(name.lower() for name in allowed_host or ()),
        token=token,
        workers=workers or available_cores(),
        max_body=int(max_body * 1_000_000),
        max_articles=max_articles,
        timeout=timeout,
        max_requests=max_requests,
    )
    run(settings, model or [], actors or [], say=note, log=note)


def _check_extra() -> None:
    """Check that what the service needs is installed.

    Raises:
        InputError: something is missing.
    """
    from ...data.errors import InputError

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        what = f"stancewire serve needs {', '.join(missing).replace('_', '-')}"
        raise InputError(what, hint="install it with: pip install 'stancewire[serve]'")
