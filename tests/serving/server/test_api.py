"""The API of a running service: replies, errors, limits, and what it logs and counts."""

from __future__ import annotations

import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from running import RunningServer
from stancewire.data.record import Record
from stancewire.training.decoding.statement_finder import StatementFinder

TEXT = (
    "Kenya accused Somalia of shelling a border town on Monday. The minister said that the attack broke the "
    "agreement, and urged the United Nations to act."
)


def _post(service: RunningServer, path: str, body: Any, **more: Any) -> httpx.Response:
    return httpx.post(f"{service.url}{path}", json=body, timeout=60, **more)


def _error(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    found = response.json()
    assert isinstance(found["error"], str) and "hint" in found
    return str(found["error"])


def test_the_record_of_a_text_is_that_of_the_command_line(
    service: RunningServer, tiny_labeller: StatementFinder
) -> None:
    reply = _post(service, "/score", {"text": TEXT, "title": "Border"})
    assert reply.status_code == 200
    body = reply.json()
    record = Record.from_dict(body["records"][0])
    expected = tiny_labeller.label(TEXT)
    assert record.statements == expected.statements and record.sentences == expected.sentences
    assert record.title == "Border" and record.text_sha256 == expected.text_sha256
    assert body["errors"] == [] and body["model"] == record.model == "tiny"


def test_articles_are_answered_in_order_and_an_invalid_one_does_not_fail_the_others(
    service: RunningServer,
) -> None:
    articles = [{"text": f"{TEXT} It was attack {n}.", "id": f"a{n}", "outlet": "Paper"} for n in range(3)]
    articles.insert(1, {"text": "Das ist ein deutscher Text über den Krieg an der Grenze. " * 4})
    body = _post(service, "/score", {"articles": articles}).json()
    assert [r and r["id"] for r in body["records"]] == ["a0", None, "a1", "a2"]
    assert body["records"][0]["outlet"] == "Paper"
    [error] = body["errors"]
    assert error["index"] == 1 and "not in English" in error["error"]


def test_no_article_can_be_scored(service: RunningServer) -> None:
    reply = _post(
        service, "/score", {"text": "Das ist ein deutscher Text über den Krieg an der Grenze. " * 4}
    )
    assert "not in English" in _error(reply, 422)
    assert reply.json()["errors"][0]["index"] == 0
    body = {"text": "Das ist ein deutscher Text über den Krieg an der Grenze. " * 4, "any_language": True}
    assert _post(service, "/score", body).status_code == 200


def test_statements_are_explained_by_words(service: RunningServer) -> None:
    body = _post(service, "/explain", {"text": TEXT, "min_score": 0.05}).json()
    assert body["statements"], "the tiny model finds something"
    for statement in body["statements"]:
        assert all(statement["sentence"][w["start"] : w["end"]] == w["text"] for w in statement["words"])
        assert statement["reasons"] and 0 <= statement["score"] <= 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "either text or articles is needed"),
        ({"text": TEXT, "articles": [{"text": TEXT}]}, "either text or articles is needed"),
        ({"text": ""}, "at least 1 character"),
        ({"text": "  \n "}, "no text"),
        ({"articles": []}, "at least 1 item"),
        ({"text": TEXT, "min_score": 2}, "less than or equal to 1"),
        ({"text": TEXT, "model": "other"}, "the service does not have this model"),
        ({"text": TEXT, "unknown": 1}, "Extra inputs are not permitted"),
        ({"text": 3}, "valid string"),
        ([], "body"),
        ({"articles": [{"text": TEXT}] * 6}, "more than 5 articles"),
        ({"text": "\ud800 lone surrogate"}, ""),
    ],
)
def test_invalid_bodies_are_refused_without_quoting_the_text(
    body: Any, words: str, service: RunningServer
) -> None:
    reply = httpx.post(f"{service.url}/score", content=json.dumps(body).encode(), headers=JSON, timeout=60)
    assert words in _error(reply, 422)
    assert "Kenya" not in reply.text


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("raw", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"text": NaN}', b"1" * 5000])
def test_what_is_not_json_is_refused(raw: bytes, service: RunningServer) -> None:
    reply = httpx.post(f"{service.url}/score", content=raw, headers=JSON, timeout=60)
    _error(reply, 400 if reply.status_code == 400 else 422)


def test_a_large_body_is_refused_with_and_without_its_length(service: RunningServer) -> None:
    large = json.dumps({"text": "x" * 300_000}).encode()
    assert "too large" in _error(httpx.post(f"{service.url}/score", content=large, headers=JSON), 413)
    chunks = (large[i : i + 10_000] for i in range(0, len(large), 10_000))
    assert "too large" in _error(httpx.post(f"{service.url}/score", content=chunks, headers=JSON), 413)


def test_a_client_that_leaves_while_it_sends_is_logged_without_reply(service: RunningServer) -> None:
    name, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((name, int(port))) as connection:
        lines = (
            "POST /score HTTP/1.1",
            "Host: localhost",
            "Content-Length: 1000",
            "X-Request-ID: gone",
            "",
            "{",
        )
        connection.sendall("\r\n".join(lines).encode())
        time.sleep(0.3)
    end = time.monotonic() + 20
    while not any(line.startswith("gone POST /score no reply ") for line in service.lines):
        assert time.monotonic() < end, service.lines[-3:]
        time.sleep(0.05)


def test_unknown_paths_and_methods(service: RunningServer) -> None:
    assert _error(httpx.get(f"{service.url}/nothing"), 404) == "Not Found"
    _error(httpx.put(f"{service.url}/score"), 405)


def test_health_names_the_models(service: RunningServer) -> None:
    found = httpx.get(f"{service.url}/health").json()
    assert found["status"] == "ok"
    assert [(m["version"], m["workers"]) for m in found["models"]] == [("tiny", 2)]


def test_metrics_are_counted_in_the_format_of_prometheus(service: RunningServer) -> None:
    def counted() -> dict[str, float]:
        text = httpx.get(f"{service.url}/metrics").text
        rows = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        assert all(re.fullmatch(r'stancewire_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})?', name) for name, _ in rows)
        return {name: float(value) for name, value in rows}

    before = counted()
    assert _post(service, "/score", {"text": TEXT}).status_code == 200
    after = counted()
    name = 'stancewire_requests_total{path="/score",status="200"}'
    assert after[name] == before.get(name, 0) + 1
    articles = [k for k in after if k.startswith("stancewire_articles_total")]
    assert sum(after[k] for k in articles) == sum(before.get(k, 0) for k in articles) + 1
    assert after['stancewire_resident_memory_bytes{process="workers"}'] > 10_000_000


def test_the_log_has_the_id_of_each_request_and_never_its_text(service: RunningServer) -> None:
    reply = _post(
        service, "/score", {"text": f"{TEXT} Zanzibarian secret."}, headers={"X-Request-ID": "my-id.7"}
    )
    assert reply.headers["x-request-id"] == "my-id.7"
    other = _post(service, "/score?q=Zanzibarian", {"text": 1}, headers={"X-Request-ID": "bad id\x7f"})
    time.sleep(0.3)
    assert any(line.startswith("my-id.7 POST /score 200 ") for line in service.lines)
    identity = other.headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", identity)
    assert any(line.startswith(f"{identity} POST /score 422 ") for line in service.lines)
    assert not any("Zanzibarian" in line or "Kenya" in line for line in service.lines)


def test_the_documentation_needs_no_network(service: RunningServer) -> None:
    schema = httpx.get(f"{service.url}/openapi.json").json()
    assert set(schema["paths"]) == {"/score", "/explain", "/health", "/metrics"}
    page = httpx.get(f"{service.url}/docs")
    assert page.status_code == 200 and "/score" in page.text and "ArticleIn" in page.text
    assert not re.search(r"(src|href)=\"https?://", page.text)


def test_a_computation_that_takes_too_long_is_ended_with_503(tiny_model: Path) -> None:
    running = RunningServer(tiny_model, "--workers", "1", "--timeout", "1")
    try:
        body = {
            "text": " ".join(f"Kenya accused Somalia of attack {n} near the town." for n in range(30_000))
        }
        [before] = _workers(running)
        reply = _post(running, "/score", body)
        assert "took longer than 1 s" in _error(reply, 503)
        assert reply.headers["retry-after"]
        assert _ended(before), "the computation goes on"
        end = time.monotonic() + 60
        while (reply := _post(running, "/score", {"text": TEXT})).status_code != 200:
            assert time.monotonic() < end and reply.status_code == 503, reply.text
    finally:
        running.stop()


def _ended(pid: int) -> bool:
    """Whether a process has ended; its parent may not have noticed yet."""
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _workers(running: RunningServer) -> list[int]:
    """The processes that score: those that are forked from the one that multiprocessing keeps."""
    children = psutil.Process(running.process.pid).children()
    return [w.pid for child in children for w in child.children()]


def test_more_requests_than_allowed_are_refused_with_429(tiny_model: Path) -> None:
    running = RunningServer(tiny_model, "--workers", "1", "--max-requests", "2")
    try:
        body = {"text": " ".join(f"Kenya accused Somalia of attack {n} near the town." for n in range(300))}
        with ThreadPoolExecutor(12) as threads:
            replies = list(threads.map(lambda _: _post(running, "/score", body), range(12)))
        statuses = {r.status_code for r in replies}
        assert statuses == {200, 429}, statuses
        refused = next(r for r in replies if r.status_code == 429)
        assert refused.headers["retry-after"] and "too many" in _error(refused, 429)
    finally:
        running.stop()


def test_a_killed_worker_is_replaced_and_its_request_answered(service: RunningServer) -> None:
    body = {"text": " ".join(f"Kenya accused Somalia of attack {n} near the town." for n in range(400))}
    with ThreadPoolExecutor(2) as threads:
        replies = [threads.submit(_post, service, "/score", body) for _ in range(2)]
        time.sleep(0.3)
        psutil.Process(_workers(service)[0]).kill()
        assert [r.result().status_code for r in replies] == [200, 200]
    assert _post(service, "/score", {"text": TEXT}).status_code == 200
