"""Error replies, the same everywhere: JSON with what is wrong and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

# Seconds after which a client may try again.
RETRY_AFTER = {429: "1", 503: "5"}


def error_response(status: int, what: str, hint: str | None = None, **more: Any) -> JSONResponse:
    """The reply to a request that fails.

    Args:
        status: the HTTP status.
        what: what is wrong; never a text of the request.
        hint: what to do about it.
        more: other fields.
    """
    headers = {"Retry-After": RETRY_AFTER[status]} if status in RETRY_AFTER else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="stancewire: any name, the token as password"'
    return JSONResponse({"error": what, "hint": hint, **more}, status, headers)


async def send_error(
    scope: Scope, receive: Receive, send: Send, status: int, what: str, hint: str | None = None
) -> None:
    """Send an error reply from a middleware."""
    await error_response(status, what, hint)(scope, receive, send)
