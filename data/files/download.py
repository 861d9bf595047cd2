"""Downloads of large files: HTTPS only, with a size limit, resumed after an interruption.

This is our own code because pooch, the usual library, does not resume downloads.
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
# Called with the number of bytes so far, and the total if it is known.
Advance = Callable[[int, int | None], None]
_RESUME_HINT = "run it again to resume"


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    ):
        raise InputError("only https:// URLs are allowed", where=url, hint="use an https:// URL")


class _Partial:
    """An incomplete file, and the validator (ETag or date) of the version that it belongs to."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".part")
        self._validator = path.with_name(path.name + ".part.version")

    @property
    def size(self) -> int:
        """The number of bytes received so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def headers(self) -> dict[str, str]:
        """Request headers: ask for the rest, but only of the same version."""
        # No compression: it would change the offsets.
        headers = {"Accept-Encoding": "identity"}
        if self.size and self._validator.exists():
            headers |= {
                "Range": f"bytes={self.size}-",
                "If-Range": self._validator.read_text(encoding="utf-8"),
            }
        return headers

    def resumes(self, response: Response) -> bool:
        """Whether the response continues the incomplete file. If not, that is deleted."""
        resumed = response.status_code == 206 and response.headers.get("Content-Range", "").startswith(
            f"bytes {self.size}-"
        )
        if not resumed:
            self.delete()
            # A weak ETag does not identify the bytes, and is not allowed in If-Range.
            validator = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
            if validator and not validator.startswith("W/"):
                self._validator.write_text(validator, encoding="utf-8")
        return resumed

    def delete(self) -> None:
        """Delete the incomplete file."""
        self.path.unlink(missing_ok=True)
        self._validator.unlink(missing_ok=True)

    def move_to(self, path: Path) -> None:
        """Move the complete file to its destination."""
        self.path.replace(path)
        self._validator.unlink(missing_ok=True)


def _receive(url: str, partial: _Partial, max_bytes: int, advance: Advance | None) -> None:
    """One attempt: append to the partial file until the response ends."""
    import requests

    with requests.get(url, stream=True, timeout=TIMEOUT, headers=partial.headers()) as response:
        _check_response(response, url, partial)
        resumed = partial.resumes(response)
        done = partial.size
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdigit() else None
        too_large = InputError(
            f"larger than {max_bytes / 1e6:.0f} MB; nothing was kept",
            where=url,
            hint="raise the limit if you trust the source",
        )
        if total is not None and total > max_bytes:
            partial.delete()
            raise too_large
        with partial.path.open("ab" if resumed else "wb") as out:
            for chunk in response.iter_content(CHUNK):
                done += len(chunk)
                if done > max_bytes:
                    partial.delete()
                    raise too_large
                out.write(chunk)
                if advance:
                    advance(done, total)
        if total is not None and done < total:
            raise requests.ConnectionError("the connection closed early")


def _check_response(response: Response, url: str, partial: _Partial) -> None:
    """Raise an error if the server redirected to another scheme or reported an error."""
    import requests

    scheme = urlsplit(response.url).scheme
    if scheme != urlsplit(url).scheme:
        raise InputError(
            f"redirects to a {scheme}:// URL, which is not allowed",
            where=url,
            hint="use the address that it redirects to",
        )
    if response.status_code == 416:  # Range Not Satisfiable: the bytes so far may be of another version.
        partial.delete()
        raise requests.ConnectionError("the bytes so far are of another version")
    if response.status_code >= 400:
        raise InputError(
            f"the server answers {response.status_code} {response.reason}",
            where=url,
            hint="check that the address is still valid",
        )


def download(url: str, path: Path, max_bytes: int, advance: Advance | None = None) -> Path:
    """Download a file. It appears at `path` when it is complete.

    An interrupted download is retried, and resumed if the server supports that and still has the same
    version. The next call also resumes it.

    Args:
        url: an https:// URL, or an http:// URL of the local machine.
        path: the file to write.
        max_bytes: larger files are rejected, and deleted.
        advance: called with the number of bytes so far, and the total if the server announces it.

    Returns:
        `path`.

    Raises:
        InputError: the URL is not allowed or cannot be reached, the server rejects it, the file is too large,
            or the download was interrupted.
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
            # If not a single byte arrived, there is no point in trying again at once.
            if attempt == ATTEMPTS or partial.size == before == 0:
                raise _interrupted(error, url, partial) from None
    partial.move_to(path)
    return path


def _interrupted(error: Exception, url: str, partial: _Partial) -> InputError:
    import requests

    if partial.size:
        return InputError(f"interrupted after {partial.size / 1e6:.1f} MB", where=url, hint=_RESUME_HINT)
    what = "took too long" if isinstance(error, requests.Timeout) else "cannot be reached"
    return InputError(what, where=url, hint="check the network, or pass a copy of the file with --from")
