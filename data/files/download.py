"""Download one large file: over HTTPS, of limited size, resumed after an interruption.

Our own code because pooch, the usual library, does not resume.
"""

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
# Called with the bytes so far, and their total if it is known.
Advance = Callable[[int, int | None], None]
_AGAIN = "run it again to resume"


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    ):
        raise InputError("only https:// URLs are allowed", where=url)


class _Partial:
    """An incomplete file, and the validator (ETag or date) of the version that its bytes belong to."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".part")
        self._validator = path.with_name(path.name + ".part.version")

    @property
    def size(self) -> int:
        """The number of bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def headers(self) -> dict[str, str]:
        """Request headers: ask for the rest, but only of the same version."""
        # Without compression, which would change the offsets.
        plain = {"Accept-Encoding": "identity"}
        if self.size and self._validator.exists():
            return plain | {
                "Range": f"bytes={self.size}-",
                "If-Range": self._validator.read_text(encoding="utf-8"),
            }
        return plain

    def begin(self, response: Response) -> bool:
        """Whether the response continues the bytes so far; otherwise they are deleted."""
        resumed = response.status_code == 206 and response.headers.get("Content-Range", "").startswith(
            f"bytes {self.size}-"
        )
        if not resumed:
            self.drop()
            # A weak ETag does not identify the bytes, and is not allowed in If-Range.
            validator = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
            if validator and not validator.startswith("W/"):
                self._validator.write_text(validator, encoding="utf-8")
        return resumed

    def drop(self) -> None:
        """Delete the bytes so far."""
        self.path.unlink(missing_ok=True)
        self._validator.unlink(missing_ok=True)

    def move_to(self, path: Path) -> None:
        """The file is complete: move it to its place."""
        self.path.replace(path)
        self._validator.unlink(missing_ok=True)


def _receive(url: str, partial: _Partial, max_bytes: int, advance: Advance | None) -> None:
    """One attempt: append to the partial file until the response ends."""
    import requests

    with requests.get(url, stream=True, timeout=TIMEOUT, headers=partial.headers()) as response:
        _check_response(response, url, partial)
        resumed = partial.begin(response)
        done = partial.size
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdigit() else None
        too_large = InputError(
            f"larger than {max_bytes / 1e6:.0f} MB; nothing was kept",
            where=url,
            hint="raise the limit if you trust the source",
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


def _check_response(response: Response, url: str, partial: _Partial) -> None:
    """Refuse redirections to another scheme, and HTTP errors."""
    import requests

    scheme = urlsplit(response.url).scheme
    if scheme != urlsplit(url).scheme:
        raise InputError(f"redirects to a {scheme}:// URL, which is not allowed", where=url)
    if response.status_code == 416:  # Range Not Satisfiable: the bytes so far may be of another version.
        partial.drop()
        raise requests.ConnectionError("the bytes so far are of another version")
    if response.status_code >= 400:
        raise InputError(
            f"the server answers {response.status_code} {response.reason}",
            where=url,
            hint="check that the address is still valid",
        )


def download(url: str, path: Path, max_bytes: int, advance: Advance | None = None) -> Path:
    """Download a file to `path`, where it appears once it is complete.

    An interrupted download is retried, and resumed where the server supports it and still has the same
    version. The next call resumes it, too.

    Args:
        url: an https:// URL, or an http:// URL of this machine.
        path: the file to write.
        max_bytes: nothing of a larger file is kept.
        advance: called with the bytes so far and their total, if the server gives it.

    Returns:
        `path`.

    Raises:
        InputError: the URL is not allowed, cannot be reached or is refused, the file is too large, or the
            download
            was interrupted.
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
        except requests.RequestException as error:
            # Without a single byte another attempt right away is useless.
            if attempt == ATTEMPTS or partial.size == before == 0:
                raise _interrupted(error, url, partial) from None
    partial.move_to(path)
    return path


def _interrupted(error: Exception, url: str, partial: _Partial) -> InputError:
    import requests

    if partial.size:
        return InputError(f"interrupted after {partial.size / 1e6:.1f} MB", where=url, hint=_AGAIN)
    what = "took too long" if isinstance(error, requests.Timeout) else "cannot be reached"
    return InputError(what, where=url, hint="check the network, or give a copy of the file with --from")
