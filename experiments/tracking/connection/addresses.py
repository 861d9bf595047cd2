"""Tracking URIs: which one is used, how it is shown without its password, and whether it is well formed."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ....data.errors import InputError

DEFAULT_URI = "sqlite:///mlflow.db"
HIDDEN = "***"
_VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")
_SECRETS = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")
# Shorter passwords are hidden inside URIs only: elsewhere they would be replaced within ordinary words.
_SHORTEST = 4
_CREDENTIALS = re.compile(
    r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*://)(?P<user>[^\s/:@'\"]*)(?P<password>:[^\s'\"@]*)?@"
)
_PARAMETER = re.compile(r"(?i)([?&;](?:\w*password|passwd|pwd|\w*token|\w*secret|\w*key)=)[^&\s'\"]+")


def tracking_uri() -> str:
    """The URI of the tracking store, with its password: never show it, see `shown_uri`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI


def shown_uri() -> str:
    """The URI of the tracking store for messages."""
    return redacted(tracking_uri())


def redacted(text: str) -> str:
    """Hide the passwords of all URIs in a text, and those of the tracking store wherever they occur.

    Used for all that may contain a URI: messages, log lines, tags, exceptions of MLflow and SQLAlchemy.
    """
    for uri in filter(None, map(os.environ.get, _VARIABLES)):
        scheme, separator, rest = uri.partition("://")
        # The last "@" ends the credentials: a password may contain "@" or "/" that nobody escaped.
        credentials, at, place = rest.rpartition("@")
        if not separator or not at:
            continue
        user, colon, password = credentials.partition(":")
        text = text.replace(uri, f"{scheme}://{f'{user}:' if colon else ''}{HIDDEN}@{place}")
        text = _without(text, password if colon else user)
    for secret in filter(None, map(os.environ.get, _SECRETS)):
        text = _without(text, secret)
    return _PARAMETER.sub(rf"\1{HIDDEN}", _CREDENTIALS.sub(_hide, text))


def _hide(match: re.Match[str]) -> str:
    # A user name without a password may be a token.
    user = f"{match['user']}:" if match["password"] else ""
    return f"{match['scheme']}{user}{HIDDEN}@"


def _without(text: str, secret: str) -> str:
    for form in {secret, unquote(secret)}:
        if len(form) >= _SHORTEST:
            text = text.replace(form, HIDDEN)
    return text


def is_http(uri: str) -> bool:
    """Whether a URI names a tracking server."""
    return uri.lower().startswith(("http://", "https://"))


def server_address(uri: str) -> tuple[str, int]:
    """Host and port of a tracking server.

    Raises:
        InputError: the URI is not well formed.
    """
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        reason = f": {error}"
    else:
        if host and port != 0:
            return host, port or (443 if parts.scheme == "https" else 80)
        reason = "" if host else ": it has no host"
    raise InputError(
        f"not a valid address{redacted(reason)}",
        where=redacted(uri),
        hint="set MLFLOW_TRACKING_URI to http://HOST:PORT with a port from 1 to 65535",
    )


def sqlite_file(uri: str) -> Path | None:
    """The database file of a plain `sqlite:///FILE`; None for any other store."""
    if not uri.startswith("sqlite:///") or "?" in uri or uri == "sqlite:///:memory:":
        return None
    return Path(uri.removeprefix("sqlite:///"))
