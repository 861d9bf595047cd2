"""The outermost layer: an id and a log line for each request, counts, and security headers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter
from typing import TYPE_CHECKING

from .metrics import Metrics
from .replies import send_error

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What a request was about, for its line in the log: numbers of articles, never their texts.
remarks: ContextVar[list[str]] = ContextVar("remarks")
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class RequestLog:
    """Logs each request as `ID METHOD PATH STATUS TIME`, without its body, query or headers.

    Args:
        app: the rest of the service.
        metrics: receives the counts.
        log: called with each line.

    Attributes:
        paths: the known paths; others are logged and counted as `other`.
        draining: whether the service is being stopped: connections are closed after their next reply.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, log: Callable[[str], None]) -> None:
        self._app, self._metrics, self._log = app, metrics, log
        self.paths: frozenset[str] = frozenset()
        self.draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 0
        identity = self._identity(scope)
        remarks.set([])

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                more = [*HEADERS, (b"x-request-id", identity)]
                more += [(b"connection", b"close")] if self.draining else []
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            # Only the type: the message of an exception may quote a text.
            remarks.get().append(f"{type(error).__name__} in {_place(error)}")
            if not status:
                await send_error(scope, receive, sending, 500, "internal error; the log has its id")
        finally:
            self._finish(scope, identity, status, perf_counter() - began)

    @staticmethod
    def _identity(scope: Scope) -> bytes:
        """The id that the client chose, otherwise a new one."""
        chosen = next((v for k, v in scope["headers"] if k == b"x-request-id"), b"")
        return chosen if _ID.fullmatch(chosen) else secrets.token_hex(8).encode()

    def _finish(self, scope: Scope, identity: bytes, status: int, seconds: float) -> None:
        path = scope["path"] if scope["path"] in self.paths else "other"
        self._metrics.request(path, status, seconds)
        about = ", ".join((f"{seconds * 1000:.0f} ms", *remarks.get()))
        method = scope["method"] if re.fullmatch("[A-Z]{1,10}", scope["method"]) else "?"
        self._log(f"{identity.decode()} {method} {path} {status or 'no reply'} {about}")


def _place(error: Exception) -> str:
    """The function in which an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace is not None else "?"
