"""Who may call the service: Host, Origin, token, and the settings that it refuses to start with."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import Result
from running import RunningServer
from stancewire.data.errors import InputError
from stancewire.serving.server.settings import ServerSettings, is_local

TOKEN = "a-token-of-sufficient-length"
Cli = Callable[..., Result]


def _get(service: RunningServer, **headers: str) -> int:
    return httpx.get(f"{service.url}/health", headers=headers).status_code


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8470", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:80", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.nip.io:8470", 403),
        ("localhost@evil.example", 400),
        ("evil.example/localhost", 400),
        ("localhost:x", 400),
        ("", 400),
    ],
)
def test_a_name_that_a_rebinding_site_would_have_is_refused(
    host: str, status: int, service: RunningServer
) -> None:
    assert _get(service, Host=host) == status


def test_a_request_without_or_with_two_hosts_is_refused(service: RunningServer) -> None:
    name, port = service.url.removeprefix("http://").split(":")
    for hosts in (b"", b"Host: localhost\r\nHost: evil.example\r\n"):
        with socket.create_connection((name, int(port))) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n")
            assert connection.recv(100).split()[1] == b"400"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 422),
        ({"Origin": "SAME"}, 422),
        ({"Origin": "SAME", "Sec-Fetch-Site": "same-origin"}, 422),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[localhost"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/score", "/explain", "/view", "/corrections"])
def test_forms_and_scripts_of_other_sites_are_refused(
    headers: dict[str, str], status: int, path: str, service: RunningServer
) -> None:
    sent = {k: service.url if v == "SAME" else v for k, v in headers.items()}
    reply = httpx.post(f"{service.url}{path}", data={"x": "1"}, headers=sent)
    assert reply.status_code == status


def test_no_reply_may_be_read_or_framed_by_other_sites(service: RunningServer) -> None:
    for path in ("/", "/health", "/docs", "/metrics", "/openapi.json"):
        headers = httpx.get(f"{service.url}{path}", headers={"Origin": "http://evil.example"}).headers
        assert "access-control-allow-origin" not in headers
        assert headers["x-frame-options"] == "DENY" and headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


@pytest.fixture(scope="module")
def protected(tiny_model: Path) -> Iterator[RunningServer]:
    options = ("--host", "0.0.0.0", "--allowed-host", "News.Example.org", "--workers", "1")
    running = RunningServer(tiny_model, *options, STANCEWIRE_TOKEN=TOKEN)
    running.url = running.url.replace("0.0.0.0", "127.0.0.1")
    yield running
    running.stop()


def _basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"me:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("Bearer wrong", 401),
        (f"Bearer {TOKEN}x", 401),
        (TOKEN, 401),
        ("Basic !!!", 401),
        (_basic("wrong"), 401),
        (_basic(TOKEN), 200),
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
    ],
)
def test_other_machines_need_the_token(
    authorization: str | None, status: int, protected: RunningServer
) -> None:
    headers = {"Host": "news.example.org"} | ({"Authorization": authorization} if authorization else {})
    reply = httpx.get(f"{protected.url}/metrics", headers=headers)
    assert reply.status_code == status
    assert ("www-authenticate" in reply.headers) == (status == 401)
    assert not any(TOKEN in line for line in protected.lines)


def test_only_the_allowed_host_is_served_and_health_needs_no_token(protected: RunningServer) -> None:
    assert _get(protected, Host="news.example.org") == 200
    assert _get(protected, Host="127.0.0.1") == 403


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--host", "0.0.0.0"), "needs a token"),
        (("--host", "::"), "needs a token"),
        (("--host", "192.0.2.1", "--token-file", "good"), "name it with --allowed-host"),
        (("--host", "0.0.0.0", "--token-file", "short"), "not 16 to 200 printable"),
        (("--host", "0.0.0.0", "--token-file", "missing"), "cannot be read"),
        (("--allowed-host", "http://x"), "is not a host name"),
        (("--host", "192.0.2.1", "--token-file", "good", "--allowed-host", "x"), "cannot listen"),
        (("--model", "missing-folder/x"), ""),
    ],
)
def test_what_it_refuses_to_start_with(
    arguments: tuple[str, ...],
    words: str,
    cli: Cli,
    one_line: Callable[[Result], str],
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STANCEWIRE_TOKEN", raising=False)
    (tmp_path / "good").write_text(TOKEN, encoding="ascii")
    (tmp_path / "short").write_text("short", encoding="ascii")
    model = () if "--model" in arguments else ("--model", tiny_model)
    assert words in one_line(cli("serve", *model, *arguments))


def test_a_port_that_is_taken_is_one_line(
    cli: Cli, one_line: Callable[[Result], str], tiny_model: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = one_line(cli("serve", "--model", tiny_model, "--port", taken.getsockname()[1]))
    assert "already in use (choose another with --port)" in line


def test_a_missing_extra_is_one_line(
    cli: Cli, one_line: Callable[[Result], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stancewire.serving.cli.serve._NEEDED", ("fastapi", "not_installed"))
    line = one_line(cli("serve"))
    assert line == (
        "error: stancewire serve needs not-installed (install it with: pip install 'stancewire[serve]')"
    )


def test_local_addresses() -> None:
    assert all(map(is_local, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_local, ("0.0.0.0", "::", "192.168.0.1", "example.org", "")))
    with pytest.raises(InputError, match="not a host name"):
        ServerSettings(allowed_hosts=("a b",)).check()
