"""Fetch pages and feeds that the user named: checked addresses, limits of time, size and redirects."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ....data.errors import InputError
from .addresses import Target, target

if TYPE_CHECKING:
    from urllib.robotparser import RobotFileParser

    from urllib3 import BaseHTTPResponse

AGENT = "stancewire"
MAX_BYTES = 10_000_000
MAX_REDIRECTS = 5
# Seconds: to connect, to wait for the next bytes, and for the whole response.
CONNECT, READ, TOTAL = 10.0, 20.0, 60.0
# Seconds between two requests to the same server, and the longest delay that its robots.txt may ask for.
DELAY, MAX_DELAY = 1.0, 30.0
# Larger files of rules are cut, as RFC 9309 allows.
_MAX_ROBOTS = 500_000
# Rules are read again after a day, as RFC 9309 asks for, and kept of this many servers: a service fetches for
# as long as it runs.
_MAX_AGE, _MAX_SERVERS = 86_400.0, 1000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered: the URL after redirects, the media type and the content."""

    url: str
    media_type: str
    content: bytes


class Fetcher:
    """Fetches URLs politely. Keeps the rules of each server and when it was last asked.

    Args:
        allow_private: whether addresses of the own network are allowed.
        delay: seconds between two requests to the same server.
        max_bytes: the limit of a response, after decompression.
    """

    def __init__(self, allow_private: bool = False, delay: float = DELAY, max_bytes: int = MAX_BYTES) -> None:
        self.allow_private, self.delay, self.max_bytes = allow_private, delay, max_bytes
        self._rules: dict[str, RobotFileParser] = {}
        self._last: dict[str, float] = {}

    def get(self, url: str) -> Response:
        """Fetch one URL, following redirects; each of them is checked like the first.

        Raises:
            InputError: the URL, an address or the server's robots.txt does not allow it, or the server does
                not answer as it should.
        """
        response = self._follow(url, self.max_bytes, robots=True)
        if isinstance(response, int):
            raise InputError(f"the server answers {response}", where=url, hint="check the address")
        return response

    def _follow(self, url: str, limit: int, *, robots: bool) -> Response | int:
        """The response after redirects, or the status of a failure."""
        here = url
        for _ in range(MAX_REDIRECTS + 1):
            to = self._checked(here, url)
            if robots:
                self._check_robots(to)
            with _Request(to, limit) as answer:
                location = answer.headers.get("Location")
                if answer.status in _REDIRECTS and location:
                    here = urljoin(here, location)
                    continue
                if answer.status != 200:
                    return int(answer.status)
                media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                return Response(here, media_type, answer.content(url))
        raise InputError(f"more than {MAX_REDIRECTS} redirects", where=url)

    def _checked(self, here: str, first: str) -> Target:
        try:
            return target(here, self.allow_private)
        except InputError as error:
            if here == first:
                raise
            what = f"redirects to {here}: {error.what}"
            raise InputError(what, where=first, hint=error.hint) from None

    def _check_robots(self, to: Target) -> None:
        """Wait as long as the server's rules ask for, or refuse.

        Raises:
            InputError: robots.txt forbids it, or cannot be read because the server fails (RFC 9309).
        """
        rules = self._rules.get(to.origin)
        if rules is None or time.time() - rules.mtime() > _MAX_AGE:
            if len(self._rules) >= _MAX_SERVERS:
                self._rules.clear()
                self._last.clear()
            rules = self._rules[to.origin] = self._robots(to)
        if not rules.can_fetch(AGENT, to.url):
            raise InputError(
                "robots.txt forbids programs to fetch it",
                where=to.url,
                hint="save the page with a browser and name the file",
            )
        asked = float(str(rules.crawl_delay(AGENT) or 0))
        wait = min(max(self.delay, asked), MAX_DELAY)
        if (last := self._last.get(to.origin)) is not None:
            time.sleep(max(0.0, last + wait - time.monotonic()))
        self._last[to.origin] = time.monotonic()

    def _robots(self, to: Target) -> RobotFileParser:
        from urllib.robotparser import RobotFileParser

        rules = RobotFileParser()
        answer = self._follow(f"{to.origin}/robots.txt", _MAX_ROBOTS, robots=False)
        if isinstance(answer, Response):
            rules.parse(answer.content.decode("utf-8", errors="replace").splitlines())
        elif answer >= 500:
            raise InputError(f"robots.txt: the server answers {answer}", where=to.url, hint="try again later")
        else:
            rules.parse([])
        return rules


class _Request:
    """One request to a checked address. The certificate is checked for the name, not for the address."""

    def __init__(self, to: Target, limit: int) -> None:
        self._to, self._limit = to, limit
        self._end = time.monotonic() + TOTAL

    def __enter__(self) -> _Request:
        import urllib3

        to, timeout = self._to, urllib3.Timeout(connect=CONNECT, read=READ)
        common: dict[str, Any] = {"port": to.port, "timeout": timeout, "retries": False}
        if to.scheme == "https":
            import certifi

            self._pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(
                to.address,
                cert_reqs="CERT_REQUIRED",
                ca_certs=certifi.where(),
                assert_hostname=to.host,
                server_hostname=to.host,
                **common,
            )
        else:
            self._pool = urllib3.HTTPConnectionPool(to.address, **common)
        try:
            self._answer: BaseHTTPResponse = self._pool.request(
                "GET", to.path, headers=_headers(to), redirect=False, preload_content=False
            )
        except Exception as error:
            self._pool.close()
            raise _failure(error, to.url) from None
        self.status, self.headers = self._answer.status, self._answer.headers
        return self

    def __exit__(self, *_: object) -> None:
        self._answer.close()
        self._pool.close()

    def content(self, where: str) -> bytes:
        """The content, decompressed.

        Raises:
            InputError: it is too large, takes too long or is damaged.
        """
        content = bytearray()
        try:
            for chunk in self._answer.stream(65_536, decode_content=True):
                content += chunk
                if len(content) > self._limit:
                    limit = f"the limit is {self._limit / 1e6:,.1f} MB"
                    raise InputError("the page is too large", where=where, hint=limit)
                if time.monotonic() > self._end:
                    raise InputError(f"took longer than {TOTAL:.0f} seconds", where=where)
        except InputError:
            raise
        except Exception as error:
            raise _failure(error, where) from None
        return bytes(content)


def _headers(to: Target) -> dict[str, str]:
    from .... import __version__

    return {
        "Host": to.host_header,
        "User-Agent": f"{AGENT}/{__version__} (reads single articles for a researcher; respects robots.txt)",
        "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }


def _failure(error: Exception, where: str) -> InputError:
    from urllib3 import exceptions

    if isinstance(error, exceptions.TimeoutError):
        return InputError("the server took too long", where=where, hint="try again later")
    if isinstance(error, exceptions.SSLError):
        return InputError("the certificate of the server is not valid", where=where)
    if isinstance(error, exceptions.NewConnectionError):
        return InputError("the server cannot be reached", where=where, hint="check the network")
    if isinstance(error, exceptions.HTTPError):
        return InputError("the server closed the connection or sent damaged data", where=where)
    return InputError(f"cannot be fetched: {type(error).__name__}", where=where)


@cache
def shared_fetcher(allow_private: bool) -> Fetcher:
    """The one fetcher of a run: it remembers the rules of each server."""
    return Fetcher(allow_private)
