"""Run the service until a signal: it finishes what it has accepted, then ends its processes."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from ...data.errors import InputError
from ..pool.errors import JobError
from .app import create_app
from .request_log import RequestLog
from .served_models import ServedModels
from .settings import ServerSettings

# Seconds between the end of listening and that of idle connections: a request that was on its way when the
# signal came is read, and answered as the last of its connection.
LINGER = 1.0
_BACKLOG = 2048


class _Server(uvicorn.Server):
    """A server that stops at the first signal as soon as all requests are answered, at the second at once."""

    def __init__(self, config: uvicorn.Config, app: RequestLog, say: Callable[[str], None]) -> None:
        super().__init__(config)
        self._app, self._say = app, say
        self._waiting: set[asyncio.Task[Any]] = set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self._app.draining
        self.should_exit = self._app.draining = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._say("stopping: finishing the requests that were accepted")
        for listener in sockets or []:
            self._accept_waiting(listener)
        for server in self.servers:
            server.close()
        if not self.force_exit:
            await asyncio.sleep(LINGER)
        await super().shutdown(sockets)

    def _accept_waiting(self, listener: socket.socket) -> None:
        """Accept the connections that the system has completed; it resets those that are left."""
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setblocking(False)
            self._waiting.add(loop.create_task(loop.connect_accepted_socket(self._protocol, connection)))

    def _protocol(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        made: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def serve(
    settings: ServerSettings,
    models: Sequence[str],
    actors: Sequence[Path],
    *,
    say: Callable[[str], None],
    log: Callable[[str], None],
) -> None:
    """Run the service until SIGTERM, SIGINT or SIGHUP.

    Args:
        settings: where it listens, who may use it, and its limits.
        models: see `--model`; empty for the champion, and the challenger if there is one.
        actors: CSV tables of parties that extend the shipped ones.
        say: called with remarks, such as the address.
        log: called with one line for each request.

    Raises:
        InputError: a setting or model is invalid, or the address cannot be used.
    """
    settings.check()
    with _listening(settings) as listener:
        try:
            served = ServedModels(models, actors, settings.workers)
        except JobError as error:
            raise InputError(f"a worker process did not start: {error}") from None
        try:
            names = ", ".join(f"{m.name} ({m.title})" for m in served.by_name.values())
            say(f"serving {names} at {_address(listener)}; stop with Ctrl-C")
            _run(settings, create_app(settings, served, log), listener, say)
            served.close()
        finally:
            served.kill()
    say("stopped")


def _run(
    settings: ServerSettings, app: RequestLog, listener: socket.socket, say: Callable[[str], None]
) -> None:
    """Answer requests until a signal, and those that were accepted."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(settings.timeout) + 5,
    )
    server = _Server(config, app, say)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, server.handle_exit)
    server.run(sockets=[listener])


def _listening(settings: ServerSettings) -> socket.socket:
    """The socket to listen on.

    Raises:
        InputError: the address or port cannot be used.
    """
    where = f"{settings.host}:{settings.port}"
    try:
        found = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else "not an address"
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        hint = "choose another with --port" if taken else None
        raise InputError(f"cannot listen: {what}", where=where, hint=hint) from None
    listener.set_inheritable(False)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
