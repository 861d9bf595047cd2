"""The MLflow tracking store: SQLite in the working folder unless `MLFLOW_TRACKING_URI` names another."""

from __future__ import annotations

import logging
import os
from contextlib import nullcontext
from types import ModuleType
from typing import Any

from ...data.errors import InputError
from .connection.addresses import is_http, redacted, sqlite_file, tracking_uri
from .connection.database import check_database, check_schema
from .connection.failures import store_error
from .connection.lock import store_lock
from .connection.server import ANSWER_SECONDS, check_listening, check_mlflow, within


class _Redacting(logging.Filter):
    """Removes passwords from log lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
        return True


_REDACTING = _Redacting()


def connect(write: bool = False) -> ModuleType:
    """Import MLflow and point it at the tracking store.

    Args:
        write: whether the command will write to the store; a SQLite database is created if needed.

    Raises:
        InputError: the server is down, or the store cannot be used.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # the URL may have a password
    # Models are logged with requirements of their own, not with those of a project in the working folder.
    os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    uri = tracking_uri()
    check_uri(uri)
    path = sqlite_file(uri)
    has_tables = check_database(path, write) if path is not None else True
    import mlflow

    _configure_logging()
    mlflow.set_tracking_uri(uri)
    # Two processes that create the tables at the same time would both fail.
    with nullcontext() if has_tables else store_lock():
        if path is not None and (has_tables or check_database(path, write)):
            check_schema(path)
        _try(mlflow, uri)
    return mlflow


def _try(mlflow: Any, uri: str) -> None:
    def search() -> None:
        mlflow.search_experiments(max_results=1)

    try:
        if is_http(uri):
            check_mlflow(uri)
            within(ANSWER_SECONDS, search, redacted(uri))
        else:
            search()
    except Exception as error:
        raise store_error(error, redacted(uri)) from None


def _configure_logging() -> None:
    """Show MLflow's log lines with `--verbose` only, and never a password in them."""
    verbose = logging.getLogger("stancewire").isEnabledFor(logging.DEBUG)
    for name in ("mlflow", "alembic", "sqlalchemy"):
        logger = logging.getLogger(name)
        if not verbose:
            logger.setLevel(logging.ERROR)
        for handler in logger.handlers:
            handler.addFilter(_REDACTING)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_REDACTING)
    if logging.lastResort is not None:
        logging.lastResort.addFilter(_REDACTING)


def store_exists() -> bool:
    """Whether there may be something in the store: False for a SQLite file that does not exist yet."""
    path = sqlite_file(tracking_uri())
    return path is None or path.exists()


def check_uri(uri: str) -> None:
    """Reject a tracking URI that cannot work.

    Raises:
        InputError: it names a server that is down, or a folder (MLflow 3 no longer writes to one).
    """
    if is_http(uri):
        check_listening(uri)
    elif "://" not in uri or uri.startswith("file:"):
        raise InputError(
            "a folder cannot be a tracking store",
            where=redacted(uri),
            hint="set MLFLOW_TRACKING_URI to sqlite:///FILE or to a server",
        )
