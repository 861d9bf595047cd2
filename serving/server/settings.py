"""Settings of the service: where it listens, who may use it, and its limits."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from ...data.errors import InputError

MIN_TOKEN = 16
TOKEN_VARIABLE = "STANCEWIRE_TOKEN"
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings of the service.

    Attributes:
        host: the address to listen on.
        port: 0 for any free one.
        allowed_hosts: the names under which it may be called, besides those of this machine.
        token: what clients have to send; None if none is needed.
        workers: processes of the first model.
        max_body: bytes of a request.
        max_articles: articles of a request, and of a file.
        timeout: seconds that a request may take, waiting included.
        max_requests: requests that are running or waiting at the same time.
    """

    host: str = "127.0.0.1"
    port: int = 8470
    allowed_hosts: tuple[str, ...] = ()
    token: str | None = None
    workers: int = 1
    max_body: int = 5_000_000
    max_articles: int = 100
    timeout: float = 60.0
    max_requests: int = 100

    @property
    def names(self) -> frozenset[str]:
        """All names under which it may be called, in lower case, without a port."""
        return frozenset((*(LOCAL_NAMES if is_local(self.host) else ()), *self.allowed_hosts))

    def check(self) -> None:
        """Check who may use the service.

        Raises:
            InputError: it listens to other machines without a token or an allowed host, or one is invalid.
        """
        for name in self.allowed_hosts:
            if not _HOST_NAME.fullmatch(name):
                hint = "a host name or address without a port: news.example.org"
                raise InputError(f"{name!r} is not a host name", where="--allowed-host", hint=hint)
        if self.token is not None and not re.fullmatch(rf"[!-~]{{{MIN_TOKEN},200}}", self.token):
            raise InputError(
                f"not {MIN_TOKEN} to 200 printable ASCII characters without spaces",
                where=TOKEN_VARIABLE,
                hint="make one with: openssl rand -hex 24",
            )
        if is_local(self.host):
            return
        if self.token is None:
            hint = f"put it into {TOKEN_VARIABLE} or --token-file; make one with: openssl rand -hex 24"
            raise InputError("other machines may call it, so it needs a token", where=self.host, hint=hint)
        if not self.allowed_hosts:
            hint = "name it with --allowed-host"
            raise InputError("the name under which it is called is unknown", where=self.host, hint=hint)


def is_local(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_token(path: Path) -> str:
    """The token in a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not ASCII"
        raise InputError(f"cannot be read: {reason}", where=str(path)) from None
