"""Limits of requests: how many at a time (429) and how large (413). What is too large is not kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from .replies import send_error
from .settings import ServerSettings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Seconds in which the body of a request has to arrive.
BODY_SECONDS = 30.0
# A body that is refused is read up to this many times the limit, so that the client reads the reply.
_DISCARDED = 4


class Limits:
    """Reads the body of a request up to the limit, and passes the request on if there is room for it.

    Attributes:
        active: the number of requests that are running or waiting.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app, self._settings = app, settings
        self.active = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        limit = self._settings.max_body
        if self.active >= self._settings.max_requests:
            await self._discard(receive, 0)
            hint = "try again in a moment"
            await send_error(scope, receive, send, 429, "too many requests at a time", hint)
            return
        self.active += 1
        try:
            try:
                body = await asyncio.wait_for(self._body(receive), BODY_SECONDS)
            except TimeoutError:
                await send_error(scope, receive, send, 408, "the body of the request did not arrive in time")
                return
            except ClientDisconnect:  # the log has it as a request without reply
                return
            if body is None:
                hint = f"the limit is {limit / 1e6:g} MB; score large files with `stancewire score`"
                await send_error(scope, receive, send, 413, "the request is too large", hint)
                return
            await self._app(scope, _replay(body, receive), send)
        finally:
            self.active -= 1

    async def _body(self, receive: Receive) -> bytes | None:
        """The body; None if it is too large.

        Raises:
            ClientDisconnect: the client is gone.
        """
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > self._settings.max_body:
                if message.get("more_body"):
                    await self._discard(receive, len(body))
                return None
            if not message.get("more_body"):
                return bytes(body)

    async def _discard(self, receive: Receive, n: int) -> None:
        """Read the rest of a body without keeping it, `n` bytes of which were read."""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while n <= _DISCARDED * self._settings.max_body:
                    message = await receive()
                    n += len(message.get("body", b""))
                    if message["type"] != "http.request" or not message.get("more_body"):
                        return
        except TimeoutError:
            return


def _replay(body: bytes, receive: Receive) -> Receive:
    """Receive a body that was read already, then what follows it."""
    left = [body]

    async def again() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return again
