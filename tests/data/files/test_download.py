"""Downloads against a server on this machine: whole, bounded, resumed, and one clear line where it fails."""

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
    """Serves CONTENT; breaks off after `breaks` bytes as many times as `broken` says."""

    daemon_threads = True
    content = CONTENT
    etag: str | None = '"1"'
    ranges = tells_length = True
    status = 200
    breaks, broken = 4 * CHUNK, 0
    asked: list[str | None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/data.zip"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site, wanted = self.server, self.headers.get("Range")
        site.asked.append(wanted)
        start = 0
        if wanted and site.ranges and self.headers.get("If-Range") == site.etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(site.content) - 1}/{len(site.content)}")
        else:
            self.send_response(site.status)
        body = site.content[start:]
        if site.tells_length:
            self.send_header("Content-Length", str(len(body)))
        if site.etag:
            self.send_header("ETag", site.etag)
        self.end_headers()
        if site.broken:
            site.broken -= 1
            body = body[: site.breaks]
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_file_comes_whole_and_leaves_nothing_beside_it(site: Site, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = download(
        site.url, tmp_path / "new" / "data.zip", 2_000_000, lambda done, total: seen.append((done, total))
    )
    assert path.read_bytes() == CONTENT and list(path.parent.iterdir()) == [path]
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_a_broken_download_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    site.broken = 1
    assert download(site.url, tmp_path / "data.zip", 2_000_000).read_bytes() == CONTENT
    assert site.asked == [None, f"bytes={4 * CHUNK}-"]


def test_the_next_call_goes_on_too(site: Site, tmp_path: Path) -> None:
    site.broken, site.breaks = 3, CHUNK
    with pytest.raises(InputError, match=r"broke off after 0\.2 MB \(run it again: it goes on from there\)"):
        download(site.url, tmp_path / "data.zip", 2_000_000)
    assert not (tmp_path / "data.zip").exists()
    assert download(site.url, tmp_path / "data.zip", 2_000_000).read_bytes() == CONTENT
    assert site.asked[-1] == f"bytes={3 * CHUNK}-"


@pytest.mark.parametrize("change", ["version", "no parts", "no mark"])
def test_parts_of_two_versions_are_never_mixed(change: str, site: Site, tmp_path: Path) -> None:
    site.broken = 3
    site.breaks = CHUNK
    if change == "no mark":
        site.etag = None
    with pytest.raises(InputError, match="broke off"):
        download(site.url, tmp_path / "data.zip", 2_000_000)
    if change == "version":
        site.content, site.etag = CONTENT[::-1], '"2"'
    elif change == "no parts":
        site.ranges = False
    assert download(site.url, tmp_path / "data.zip", 2_000_000).read_bytes() == site.content


@pytest.mark.parametrize("told", [True, False])
def test_what_is_too_large_is_not_kept(told: bool, site: Site, tmp_path: Path) -> None:
    site.tells_length = told
    with pytest.raises(InputError, match="larger than 0 MB; nothing was kept"):
        download(site.url, tmp_path / "data.zip", 200_000)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_told(site: Site, tmp_path: Path) -> None:
    site.status = 404
    with pytest.raises(InputError, match="the server answers 404"):
        download(site.url, tmp_path / "data.zip", 2_000_000)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_one_line_says_what_to_do(site: Site, tmp_path: Path) -> None:
    url = site.url
    site.shutdown()
    site.server_close()
    with pytest.raises(
        InputError,
        match=r"cannot be reached \(connect to the network, or give a copy that you have with --from\)",
    ):
        download(url, tmp_path / "data.zip", 2_000_000)


@pytest.mark.parametrize(
    "url", ["http://example.org/a.zip", "ftp://example.org/a.zip", "file:///etc/hostname"]
)
def test_only_https_is_downloaded_from(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only https"):
        download(url, tmp_path / "data.zip", 2_000_000)
