"""WARC archives, and data sets of the hub."""

from __future__ import annotations

import gzip
import io
import re
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from stancewire.serving.articles.tables import hub


def warc(records: list[tuple[str, bytes, dict[str, str]]], compressed: bool = True) -> bytes:
    """An archive with a `warcinfo` record, and a request and a response for each of the records."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=compressed)
    writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "test"}))
    for url, body, headers in records:
        status = headers.pop("status", "200 OK")
        lines = StatusAndHeaders(
            status, list({"Content-Type": "text/html", **headers}.items()), protocol="HTTP/1.1"
        )
        asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "h.example")], is_http_request=True)
        writer.write_record(writer.create_warc_record(url, "request", http_headers=asked))
        writer.write_record(
            writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=lines)
        )
    return out.getvalue()


@pytest.mark.parametrize("compressed", [True, False])
def test_an_archive_of_twenty_pages_and_odd_records(
    tmp_path: Path, read: Any, page: Any, text: str, compressed: bool
) -> None:
    published = '<meta property="article:published_time" content="2026-05-12T09:30:00Z">'
    records = [
        (f"https://h.example/news/{n}", page(f"Story {n}", head=published).encode(), {}) for n in range(20)
    ]
    chunked = page("Chunked").encode()
    chunks = f"{len(chunked):x}\r\n".encode() + chunked + b"\r\n0\r\n\r\n"
    records += [
        ("https://h.example/news/chunked", chunks, {"Transfer-Encoding": "chunked"}),
        ("https://h.example/news/gzip", gzip.compress(page("Gzip").encode()), {"Content-Encoding": "gzip"}),
        ("https://h.example/image", b"GIF89a", {"Content-Type": "image/gif"}),
        ("https://h.example/moved", b"", {"status": "301 Moved", "Location": "/"}),
        ("https://h.example/news/0", page("Story 0").encode(), {}),
        ("https://h.example/news/short", b"<html></html>", {}),
        ("https://h.example/news/de", page("Deutsch").replace('lang="en"', 'lang="de"').encode(), {}),
        ("https://h.example/shop/1", page("Shop").encode(), {}),
        ("https://h.example/news/form", b"<html><form>" + b"<input>" * 200 + b"</form></html>", {}),
    ]
    file = tmp_path / "CC-NEWS.warc.gz"
    file.write_bytes(warc(records, compressed))
    found = read(file, url_pattern="/news/")
    assert not found.errors
    assert [a.title for a in found.articles] == [*(f"Story {n}" for n in range(20)), "Chunked", "Gzip"]
    first = found.articles[0]
    assert first.url == "https://h.example/news/0" and first.date == "2026-05-12T09:30:00+00:00"
    assert first.outlet == "h.example" and first.text.startswith(text) and len(first.id) == 36
    reasons = sorted(reason for _, reason in found.reports[0].skipped)
    assert [r.partition(" ")[0] for r in reasons] == ["a", "a", "not"]
    assert (
        "1 not HTML, 1 too short or too long, 1 with a status other than 200, 1 with another URL"
        in found.notes[0]
    )


def test_invalid_archives(tmp_path: Path, read: Any, page: Any, text: str) -> None:
    pages = [(f"https://h.example/{n}", page(f"Story {n}").encode(), {}) for n in range(5)]
    whole, plain = warc([(u, b, dict(h)) for u, b, h in pages]), warc(pages, compressed=False)
    cases = {
        "truncated.warc.gz": (whole[: len(whole) * 2 // 3], 1),
        "cut.warc": (plain[: len(plain) * 2 // 3], 1),
        "empty.warc": (b"", 1),
        "mislabelled.warc": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 1),
        "bomb.warc.gz": (gzip.compress(b"WARC/1.0\r\n" + b" " * 60_000_000), 1),
    }
    (tmp_path / "good.txt").write_text(text, encoding="utf-8")
    for name, (content, n_errors) in cases.items():
        (tmp_path / name).write_bytes(content)
        found = read(tmp_path / name, tmp_path / "good.txt")
        assert found.articles[-1].id == "good", name
        assert len(found.errors) == n_errors and name in found.errors[0] and "\n" not in found.errors[0], name


def test_rows_of_a_data_set_of_the_hub(monkeypatch: pytest.MonkeyPatch, read: Any, text: str) -> None:
    rows = [{"content": f"{text} ({n})", "title": f"Story {n}", "n": n} for n in range(20)]
    monkeypatch.setattr(hub, "streamed_rows", lambda name, split: iter([*rows, {"n": 3}, {"content": ""}]))
    found = read("hf:owner/news:test")
    assert [a.title for a in found.articles] == [f"Story {n}" for n in range(20)]
    assert found.articles[0].id == "news-test-1" and len(found.errors) == 1
    assert dict(found.reports[0].reasons) == {"no text": 1}


@pytest.mark.parametrize("name", ["hf:", "hf:news", "hf:owner/name/more", "hf:../../etc", "hf:owner/news"])
def test_data_sets_that_cannot_be_read_are_one_line(
    monkeypatch: pytest.MonkeyPatch, read: Any, name: str
) -> None:
    def offline(name: str, split: str | None) -> Any:
        raise ConnectionError("Couldn't reach the Hub\nfor several reasons")

    monkeypatch.setattr(hub, "streamed_rows", offline)
    found = read(name)
    assert not found.articles and len(found.errors) == 1 and "\n" not in found.errors[0]


def pages(page: Any, n: int) -> list[tuple[str, bytes, dict[str, str]]]:
    return [(f"https://h.example/{i}", page(f"Story {i}").encode(), {}) for i in range(n)]


@pytest.mark.parametrize("compressed", [True, False])
def test_damage_in_a_record_is_noticed_and_the_others_are_read(
    tmp_path: Path, read: Any, page: Any, compressed: bool
) -> None:
    """The content is still HTML, so only the digest of the record can tell."""
    data = warc(pages(page, 5), compressed=False)
    at = data.index(b"Story 2</h1>") - 2
    damaged = data[:at] + b"X" + data[at + 1 :]
    file = tmp_path / "a.warc.gz"
    file.write_bytes(gzip.compress(damaged) if compressed else damaged)
    found = read(file)
    assert [a.title for a in found.articles] == ["Story 0", "Story 1", "Story 3", "Story 4"]
    (error,) = found.errors
    assert error.startswith(
        f"{file}: 1 record damaged or invalid; left out (the first is record 7, https://h."
    )


def test_what_another_thread_prints_is_no_damage(tmp_path: Path, read: Any, page: Any) -> None:
    """A progress bar is drawn by a thread, and warcio prints what is damaged."""
    drawn, stopped, stderr = [], threading.Event(), sys.stderr

    def draw() -> None:
        while not stopped.is_set():
            if (shown := sys.stderr) is not stderr:
                drawn.append(shown.write("reading"))

    images = [
        (f"https://h.example/i/{n}", b"GIF89a" * 999, {"Content-Type": "image/gif"}) for n in range(300)
    ]
    file = tmp_path / "a.warc"
    file.write_bytes(warc([*images, *pages(page, 1)], compressed=False))
    thread = threading.Thread(target=draw)
    thread.start()
    try:
        found = read(file)
    finally:
        stopped.set()
        thread.join()
    assert len(found.articles) == 1 and not found.errors and drawn


def test_a_payload_digest_of_decoded_content_is_no_damage(tmp_path: Path, read: Any, page: Any) -> None:
    data = warc(
        [("https://h.example/1", gzip.compress(page().encode()), {"Content-Encoding": "gzip"})],
        compressed=False,
    )
    changed = re.sub(rb"WARC-Payload-Digest: sha1:\w{2}", b"WARC-Payload-Digest: sha1:AA", data)
    changed = re.sub(rb"WARC-Block-Digest: [^\r]*\r\n", b"", changed)
    file = tmp_path / "a.warc"
    file.write_bytes(changed)
    found = read(file)
    assert len(found.articles) == 1 and not found.errors


@pytest.mark.parametrize("compressed", [True, False])
def test_a_small_archive_that_is_cut_off_is_read_up_to_there(
    tmp_path: Path, read: Any, page: Any, compressed: bool
) -> None:
    whole = warc(pages(page, 5), compressed)
    ends = [len(warc(pages(page, n), compressed)) for n in range(1, 5)]
    for n, end in enumerate(ends, 1):
        file = tmp_path / f"{n}.warc.gz"
        file.write_bytes(whole[: end + 40])
        found = read(file)
        assert [a.title for a in found.articles] == [f"Story {i}" for i in range(n)], n
        (error,) = found.errors
        assert "damaged or incomplete after" in error


def test_what_is_kept_of_a_long_archive_does_not_grow(tmp_path: Path, read: Any, page: Any) -> None:
    """Pages that are left out are counted; 3,000 of them are not listed one by one."""
    records = [(f"https://h.example/{i}", page("S", "<p>kurz</p>" * 50).encode(), {}) for i in range(1200)]
    languages = ["de", "fr", "zz-1", "zz-2"]
    for i, (_, _, headers) in enumerate(records):
        headers["Content-Language"] = languages[i % 4]
    file = tmp_path / "a.warc"
    file.write_bytes(warc(records, compressed=False))
    found = read(file)
    report = found.reports[0]
    assert len(report.skipped) == 1000 and sum(report.reasons.values()) >= 600
    assert set(report.reasons) <= {"not in English: de", "not in English: fr", "not in English: zz"}
