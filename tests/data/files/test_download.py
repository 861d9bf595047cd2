"""Downloads from a local server: complete, limited in size, resumed, with one clear line on failure."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.data.files.download import CHUNK, download

CONTENT = bytes(range(256)) * 4000


class Site(ThreadingHTTPServer):
    """Serves CONTENT; closes the first `broken` connections after `break_after` bytes."""

    daemon_threads = True
    content = CONTENT
    etag: str | None = '"1"'
    ranges = announces_length = True
    status = 200
    break_after, broken = 4 * CHUNK, 0
    requested_ranges: list[str | None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/data.zip"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site, requested_range = self.server, self.headers.get("Range")
        site.requested_ranges.append(requested_range)
        start = 0
        if requested_range and site.ranges and self.headers.get("If-Range") == site.etag:
            start = int(requested_range.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(site.content) - 1}/{len(site.content)}")
        else:
            self.send_response(site.status)
        body = site.content[start:]
        if site.announces_length:
            self.send_header("Content-Length", str(len(body)))
        if site.etag:
            self.send_header("ETag", site.etag)
        self.end_headers()
        if site.broken:
            site.broken -= 1
            body = body[: site.break_after]
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(("127.0.0.1", 0), Handler) as server:
        server.requested_ranges = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_complete_download_leaves_no_other_files(site: Site, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = download(
        site.url, tmp_path / "new" / "data.zip", 2_000_000, lambda done, total: seen.append((done, total))
    )
    assert path.read_bytes() == CONTENT and list(path.parent.iterdir()) == [path]
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_an_interrupted_download_is_resumed(site: Site, tmp_path: Path) -> None:
    site.broken = 1
    assert download(site.url, tmp_path / "data.zip", 2_000_000).read_bytes() == CONTENT
    assert site.requested_ranges == [None, f"bytes={4 * CHUNK}-"]


def test_the_next_call_resumes_too(site: Site, tmp_path: Path) -> None:
    site.broken, site.break_after = 3, CHUNK
    with pytest.raises(InputError, match=r"interrupted after 0\.2 MB \(run it again to resume\)"):
        download(site.url, tmp_path / "data.zip", 2_000_000)
    assert not (tmp_path / "data.zip").exists()
    assert download(site.url, tmp_path / "data.zip", 2_000_000).read_bytes() == CONTENT
    assert site.requested_ranges[-1] == f"bytes={3 * CHUNK}-"


@pytest.mark.parametrize("change", ["version", "no parts", "no validator"])
def test_parts_of_two_versions_are_never_mixed(change: str, site: Site, tmp_path: Path) -> None:
    site.broken = 3
    site.break_after = CHUNK
    if change == "no validator":
        site.etag = None
    with pytest.raises(InputError, match="interrupted"):
        download(site.url, tmp_path / "data.zip", 2_000_000)
    if change == "version":
        site.content, site.etag = CONTENT[::-1], '"2"'
    elif change == "no parts":
        site.ranges = False
    assert download(site.url, tmp_path / "data.zip", 2_000_000).read_bytes() == site.content


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_files_are_not_kept(announced: bool, site: Site, tmp_path: Path) -> None:
    site.announces_length = announced
    with pytest.raises(InputError, match="larger than 0 MB; nothing was kept"):
        download(site.url, tmp_path / "data.zip", 200_000)
    assert list(tmp_path.iterdir()) == []


def test_http_errors_are_reported(site: Site, tmp_path: Path) -> None:
    site.status = 404
    with pytest.raises(InputError, match="the server answers 404"):
        download(site.url, tmp_path / "data.zip", 2_000_000)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_error_says_what_to_do(site: Site, tmp_path: Path) -> None:
    url = site.url
    site.shutdown()
    site.server_close()
    with pytest.raises(
        InputError,
        match=r"cannot be reached \(check the network, or pass a copy of the file with --from\)",
    ):
        download(url, tmp_path / "data.zip", 2_000_000)


@pytest.mark.parametrize(
    "url", ["http://example.org/a.zip", "ftp://example.org/a.zip", "file:///etc/hostname"]
)
def test_only_https_is_allowed(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only https"):
        download(url, tmp_path / "data.zip", 2_000_000)
