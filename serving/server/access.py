"""Who may call the service: checks of Host, Origin and token, before anything else reads the request.

A page of another site cannot use the service through the browser of its user: with DNS rebinding, the Host
header still has the name of that site; with a forged form (CSRF), the Origin header has it.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .replies import send_error
from .settings import ServerSettings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+?)\.?(:[0-9]{1,5})?")
_SAFE = ("GET", "HEAD", "OPTIONS")
# Needs no token, so that a service manager can ask it.
_OPEN = ("/health",)


class Access:
    """Refuses requests with an unknown Host (403), another site's Origin (403) or without the token (401)."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refused = self._refusal(scope)
            if refused is not None:
                await send_error(scope, receive, send, *refused)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str, str | None] | None:
        """Status, reason and hint; None if the request is allowed."""
        hosts = _values(scope, b"host")
        if len(hosts) != 1 or (host := _HOST.fullmatch(hosts[0])) is None:
            return 400, "one valid Host header is needed", None
        if host[1].lower() not in self._settings.names:
            return 403, "this name of the service is not allowed", "start it with --allowed-host"
        if scope["method"] not in _SAFE and not _same_origin(scope, hosts[0]):
            return 403, "requests from pages of other sites are not allowed", None
        token = self._settings.token
        if token is not None and scope["path"] not in _OPEN and not _has_token(scope, token):
            return 401, "the token is missing or wrong", "send it as: Authorization: Bearer TOKEN"
        return None


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _same_origin(scope: Scope, host: str) -> bool:
    """Whether a request is from a page of the service, or not from a browser (which always says)."""
    for origin in _values(scope, b"origin"):
        try:
            own = urlsplit(origin).netloc.lower() == host.lower()
        except ValueError:  # not an address
            own = False
        if not own:
            return False
    return all(site in ("same-origin", "none") for site in _values(scope, b"sec-fetch-site"))


def _has_token(scope: Scope, token: str) -> bool:
    """Whether the request has the token: as `Bearer`, or as the password of `Basic`, as browsers send it."""
    for value in _values(scope, b"authorization"):
        kind, _, rest = value.partition(" ")
        sent = rest.strip()
        if kind.lower() == "basic":
            try:
                sent = b64decode(sent, validate=True).decode("ascii").partition(":")[2]
            except (binascii.Error, UnicodeError, ValueError):
                continue
        elif kind.lower() != "bearer":
            continue
        if compare_digest(sent.encode("latin-1"), token.encode("latin-1")):
            return True
    return False
