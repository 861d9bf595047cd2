"""What is fetched and what is refused: addresses, redirects, limits, robots.txt."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from stancewire.serving.articles.web import addresses
from stancewire.serving.articles.web.fetcher import Fetcher, shared_fetcher

_REFUSED = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fd00::1]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://10.0.0.1:{port}/",
    "http://100.64.0.1:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://224.0.0.1:{port}/",
    "http://240.0.0.1:{port}/",
    "http://rebound.example:{port}/",
    "http://mixed.example:{port}/",
    "http://news.example@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@news.example/",
    "http://127.0.0.1:99999/",
    "http:///etc/hostname",
    "file:///etc/hostname",
    "gopher://127.0.0.1:{port}/_GET",
    "ftp://127.0.0.1:{port}/",
]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two names that lead, or may lead, to this machine."""
    real = socket.getaddrinfo
    known = {"rebound.example": ["127.0.0.1"], "mixed.example": ["93.184.216.34", "10.0.0.1"]}

    def fake(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in known[host]]
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", fake)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("url", _REFUSED)
def test_addresses_that_are_not_public_are_refused(web: Any, read: Any, page: Any, url: str) -> None:
    web.add("/", page())
    found = read(url.format(port=web.port))
    assert not found.articles and not web.requests
    [error] = found.errors
    assert "\n" not in error and len(error) < 300


@pytest.mark.parametrize(
    "location",
    [
        *(
            "http://127.0.0.2:{port}/",
            "http://[::1]:{port}/",
            "http://2130706434:{port}/",
            "//0.0.0.0:{port}/",
        ),
        *(
            "file:///etc/hostname",
            "gopher://127.0.0.1/",
            "http://169.254.169.254/",
            "http://a@127.0.0.1:{port}/",
        ),
    ],
)
def test_redirects_are_checked_like_the_first_address(
    web: Any, read: Any, page: Any, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = addresses.refusal
    monkeypatch.setattr(addresses, "refusal", lambda a: None if a == "127.0.0.1" else real(a))
    web.add("/", page())
    url = web.add("/moved", "", status=302, Location=location.format(port=web.port))
    found = read(url)
    assert not found.articles and len(found.errors) == 1 and "redirects to" in found.errors[0]
    assert web.requests == ["/robots.txt", "/moved"]


def test_the_connection_goes_to_the_address_that_was_checked(
    web: Any, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["127.0.0.1"] * 2 + ["127.0.0.66"] * 10)
    asked: list[str] = []
    real = socket.getaddrinfo

    def changing(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "changing.example":
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    web.add("/", page())
    answer = Fetcher(allow_private=True, delay=0).get(f"http://changing.example:{web.port}/")
    assert b"Ferry reopens" in answer.content
    assert len(asked) == 2  # once for the page and once for robots.txt


def test_private_addresses_are_read_on_request(web: Any, read: Any, page: Any) -> None:
    found = read(web.add("/news/1", page()), allow_private=True)
    assert [a.title for a in found.articles] == ["Ferry reopens"] and not found.errors
    assert found.articles[0].url == f"{web.url}/news/1" and web.agent.startswith("stancewire/")


def test_robots_txt_is_respected_and_read_once(web: Any, read: Any, page: Any) -> None:
    web.add("/robots.txt", "User-agent: *\nDisallow: /private/\n")
    urls = [web.add(path, page()) for path in ("/private/1", "/public/1", "/public/2")]
    found = read(*urls, allow_private=True)
    assert len(found.articles) == 2 and len(found.errors) == 1
    assert "robots.txt forbids" in found.errors[0] and web.requests.count("/robots.txt") == 1


def test_rules_are_read_again_after_a_day_and_kept_of_a_limited_number_of_servers(
    web: Any, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stancewire.serving.articles.web import fetcher

    url = web.add("/1", page())
    polite = Fetcher(allow_private=True, delay=0)
    for age, reads in ((86_400.0, 1), (-1.0, 2)):
        monkeypatch.setattr(fetcher, "_MAX_AGE", age)
        polite.get(url)
        assert web.requests.count("/robots.txt") == reads
    monkeypatch.setattr(fetcher, "_MAX_AGE", 86_400.0)
    monkeypatch.setattr(fetcher, "_MAX_SERVERS", 1)
    polite.get(url.replace("127.0.0.1", "127.1"))
    assert len(polite._rules) == len(polite._last) == 1


def test_a_server_that_fails_to_give_its_rules_is_not_read(web: Any, read: Any, page: Any) -> None:
    web.add("/robots.txt", "", status=503)
    found = read(web.add("/1", page()), allow_private=True)
    assert not found.articles and "robots.txt: the server answers 503" in found.errors[0]


def test_limits_of_size_and_redirects(web: Any, monkeypatch: pytest.MonkeyPatch, read: Any) -> None:
    monkeypatch.setattr(shared_fetcher(True), "max_bytes", 100_000)
    large = web.add("/large", "x" * 100_001)
    loop = web.add("/loop", "", status=301, Location="/loop")
    gone = web.add("/gone", "", status=410)
    found = read(large, loop, gone, f"{web.url}/none", allow_private=True)
    assert not found.articles
    parts = ("too large", "more than 5 redirects", "answers 410", "answers 404")
    assert all(part in error for part, error in zip(parts, found.errors, strict=True))


def test_a_bomb_of_compression_is_stopped(web: Any, read: Any) -> None:
    import gzip

    bomb = gzip.compress(b" " * 50_000_000)
    found = read(web.add("/bomb", bomb, **{"Content-Encoding": "gzip"}), allow_private=True)
    assert not found.articles and len(found.errors) == 1 and "too large" in found.errors[0]


def test_a_list_of_urls_is_fetched_only_on_request(web: Any, read: Any, page: Any, tmp_path: Any) -> None:
    lines = [
        "# stories",
        *(web.add(f"/{n}", page(f"Story number {n}")) for n in range(20)),
        f"{web.url}/none",
    ]
    (tmp_path / "urls.txt").write_text("\n".join(lines), encoding="utf-8")
    found = read(tmp_path / "urls.txt")
    assert not found.articles and not web.requests
    assert "a list of 21 URLs; nothing was fetched (--fetch downloads the pages)" in found.errors[0]
    found = read(tmp_path / "urls.txt", fetch=True, allow_private=True)
    assert [a.title for a in found.articles] == [f"Story number {n}" for n in range(20)]
    assert len(found.errors) == 1 and found.reports[0].announced == 21
