"""Download one large file: over HTTPS, of bounded size, resumed where it broke off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import InputError

if TYPE_CHECKING:
    from requests import Response

CHUNK = 1 << 16
# Seconds to wait for a connection, and for the next bytes.
TIMEOUT = (10, 60)
ATTEMPTS = 3
_AGAIN = "run it again: it goes on from there"


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    ):
        raise InputError("only https is downloaded from", where=url, hint="give an https:// address")


class _Partial:
    """A file on its way: its bytes so far, and the mark (ETag or date) by which the server knows the version they are of."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".part")
        self._mark = path.with_name(path.name + ".part.version")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def headers(self) -> dict[str, str]:
        """Ask for the rest only of the very version that the bytes at hand are of."""
        # Bytes as they are: a server's own packing would count others.
        plain = {"Accept-Encoding": "identity"}
        if self.size and self._mark.exists():
            return plain | {
                "Range": f"bytes={self.size}-",
                "If-Range": self._mark.read_text(encoding="utf-8"),
            }
        return plain

    def begin(self, response: Response) -> bool:
        """Whether to append to the bytes at hand; otherwise they are dropped."""
        resumed = response.status_code == 206 and response.headers.get("Content-Range", "").startswith(
            f"bytes {self.size}-"
        )
        if not resumed:
            self.drop()
            # A weak ETag names no bytes, and If-Range must not have it.
            mark = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
            if mark and not mark.startswith("W/"):
                self._mark.write_text(mark, encoding="utf-8")
        return resumed

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)

    def become(self, path: Path) -> None:
        self.path.replace(path)
        self._mark.unlink(missing_ok=True)


def _receive(
    url: str, partial: _Partial, max_bytes: int, advance: Callable[[int, int | None], None] | None
) -> None:
    import requests

    with requests.get(url, stream=True, timeout=TIMEOUT, headers=partial.headers()) as response:
        if urlsplit(response.url).scheme != urlsplit(url).scheme:
            raise InputError(
                f"leads on to {urlsplit(response.url).scheme}, which is not downloaded from", where=url
            )
        if response.status_code == 416:  # nothing after what is at hand, which may be of another version
            partial.drop()
            raise requests.ConnectionError("the part at hand does not fit")
        if response.status_code >= 400:
            raise InputError(
                f"the server answers {response.status_code} {response.reason}",
                where=url,
                hint="see whether the address still holds",
            )
        resumed = partial.begin(response)
        done = partial.size
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdigit() else None
        too_large = InputError(
            f"larger than {max_bytes / 1e6:.0f} MB; nothing was kept",
            where=url,
            hint="allow more, if you trust it",
        )
        if total is not None and total > max_bytes:
            partial.drop()
            raise too_large
        with partial.path.open("ab" if resumed else "wb") as out:
            for chunk in response.iter_content(CHUNK):
                done += len(chunk)
                if done > max_bytes:
                    partial.drop()
                    raise too_large
                out.write(chunk)
                if advance:
                    advance(done, total)
        if total is not None and done < total:
            raise requests.ConnectionError("the connection closed early")


def download(
    url: str, path: Path, max_bytes: int, advance: Callable[[int, int | None], None] | None = None
) -> Path:
    """Download a file to `path`, which appears when it is whole.

    A download that broke off is tried again, and goes on from what is there where the server has parts of files and the
    same version; so does the next call.

    Args:
        max_bytes: of a larger file nothing is kept.
        advance: told the bytes that are there, and of how many where the server says it.

    Raises:
        InputError: no https, not to be reached, refused, too large, or broken off.
    """
    import requests

    _check_url(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _Partial(path)
    for attempt in range(1, ATTEMPTS + 1):
        before = partial.size
        try:
            _receive(url, partial, max_bytes, advance)
            break
        except requests.RequestException as fault:
            # Nothing new came: trying on at once is of no use.
            if attempt == ATTEMPTS or partial.size == before == 0:
                if partial.size:
                    raise InputError(
                        f"broke off after {partial.size / 1e6:.1f} MB", where=url, hint=_AGAIN
                    ) from None
                kind = "took too long" if isinstance(fault, requests.Timeout) else "cannot be reached"
                raise InputError(
                    kind, where=url, hint="connect to the network, or give a copy that you have with --from"
                ) from None
    partial.become(path)
    return path
