"""Errors of the tracking store, as one line without passwords."""

from __future__ import annotations

import sqlite3
import sys

from ....data.errors import InputError
from .addresses import redacted, tracking_uri
from .database import schema_error

CHECK = "check MLFLOW_TRACKING_URI"


def failures() -> tuple[type[Exception], ...]:
    """The exceptions that mean that the store failed, and not the program."""
    if "mlflow" not in sys.modules:  # importing it takes seconds, and it has raised nothing
        return OSError, sqlite3.Error
    from mlflow.exceptions import MlflowException
    from requests.exceptions import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    return MlflowException, RequestException, SQLAlchemyError, sqlite3.Error, OSError


def reason(error: BaseException) -> str:
    """The first line of an exception, of at most 200 characters and without passwords."""
    lines = redacted(str(error)).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def store_error(error: BaseException, where: str, hint: str = CHECK) -> InputError:
    """What to show when the store raised an exception.

    Args:
        error: of MLflow, SQLAlchemy, requests or the file system.
        where: the store, without its password.
        hint: what to do where the exception does not say more.
    """
    if isinstance(error, InputError):
        return error
    text = str(error)
    if "out-of-date database schema" in text:
        return schema_error(where, redacted(tracking_uri()), older=True)
    if "Can't locate revision" in text:
        return schema_error(where, where, older=False)
    name = type(error).__name__
    if name in ("NoSuchModuleError", "ModuleNotFoundError", "UnsupportedModelRegistryStoreURIException"):
        hint = "install the driver of this database, or use sqlite:///FILE"
    return InputError(f"the tracking store cannot be used: {reason(error)}", where=where, hint=hint)
