"""The MLflow tracking store: SQLite in the working folder unless `MLFLOW_TRACKING_URI` names another."""

from __future__ import annotations

import logging
import os
import socket
from types import ModuleType
from urllib.parse import urlsplit

from ...data.errors import InputError

DEFAULT_URI = "sqlite:///mlflow.db"
CONNECT_SECONDS = 5.0


def tracking_uri() -> str:
    """The URI of the tracking store."""
    return os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI


def _check_server(uri: str) -> None:
    """Check that the server answers, because MLflow would retry for minutes."""
    parts = urlsplit(uri)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise InputError(
            f"the tracking server does not answer: {error}",
            where=uri,
            hint="start it, or unset MLFLOW_TRACKING_URI to use a local mlflow.db",
        ) from None


def connect() -> ModuleType:
    """Import MLflow and point it at the tracking store.

    Raises:
        InputError: the server is down, or the store cannot be used.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    uri = tracking_uri()
    check_uri(uri)
    import mlflow

    if not logging.getLogger("stancewire").isEnabledFor(logging.DEBUG):  # `--verbose` lets them through
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
    mlflow.set_tracking_uri(uri)
    try:
        mlflow.search_experiments(max_results=1)
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"the tracking store cannot be used: {first[:200]}", where=uri, hint="check MLFLOW_TRACKING_URI"
        ) from None
    return mlflow


def check_uri(uri: str) -> None:
    """Reject a tracking URI that cannot work.

    Raises:
        InputError: it names a server that is down, or a folder (MLflow 3 no longer writes to one).
    """
    if uri.startswith(("http://", "https://")):
        _check_server(uri)
    elif "://" not in uri or uri.startswith("file:"):
        raise InputError(
            "a folder cannot be a tracking store",
            where=uri,
            hint="set MLFLOW_TRACKING_URI to sqlite:///FILE or to a server",
        )
