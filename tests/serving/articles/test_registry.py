"""Reading articles: recognition, invalid rows, and bounds."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.json_lines import is_annotated
from stancewire.serving.articles.kinds import foreign_kind
from stancewire.serving.articles.prose import MAX_SENTENCE
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.source import MAX_BYTES, ReadOptions, SourceArticle, check_size

GOOD = "Kenya accused Somalia of shelling villages."


def read(*inputs: Path | str) -> tuple[list[SourceArticle], list[str]]:
    """The articles and the errors of some inputs."""
    errors: list[InputError] = []
    options = ReadOptions(any_language=True)
    found = read_articles([str(i) for i in inputs], options, report_error=errors.append, note=print)
    return list(found), [str(e) for e in errors]


def feed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Put bytes on standard input."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


def test_a_file_that_is_too_large_is_rejected_without_reading_it(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:  # sparse: ten gigabytes that nobody could hold
        file.truncate(10_000_000_000)
    found, errors = read(large)
    assert not found and "10000.0 MB is too large" in errors[0]
    check_size(MAX_BYTES, "")


def test_a_missing_input_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("It rained.", encoding="utf-8")
    (tmp_path / "a").mkdir()
    found, errors = read(*(tmp_path / name for name in ("none.txt", "a", "b.txt")))
    assert [a.id for a in found] == ["b"] and len(errors) == 2


def test_annotated_files_and_folders_are_recognised(tmp_path: Path, tiny_file: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "It rained."}\n', encoding="utf-8")
    assert is_annotated(tiny_file) and is_annotated(tiny_file.parent)
    assert not is_annotated(tmp_path / "a.jsonl") and not is_annotated(tmp_path)


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (b'{"text": "Chad urged calm \\ud800"}', "half a character (\\ud800) at position 16"),
        (b'{"id": "\\ud800", "text": "It rained."}', "'id' has half a character"),
        (b'{"text": "It rained.", "m": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deeply"),
        (b'{"text": "It rained.", "n": ' + b"9" * 5000 + b"}", "more than 4,300 digits"),
        (b'{"text": "It rained.", "n": NaN}', "NaN is not a value of JSON"),
        (b'{"text": "It rained.", "title": ["a"]}', "'title' is not text"),
        (b'{"id": {"a": 1}, "text": "It rained."}', "'id' is neither text nor a number"),
        (b'{"id": "good", "text": "It rained."}', "duplicate id 'good'"),
        (b'{"text": "\xff"}', "not UTF-8 at byte 11"),
        (b'{"text": "' + b"a" * 2_000_001 + b'"}', "2.0 MB is too large"),
        (b'{"text": "' + b"a" * 16_000_001 + b'"}', "a line of more than 16 MB"),
        (b'{"text": "' + b"Kenya said " * 2000 + b'"}', "without the end of a sentence"),
        (b"[1]", "not an object"),
        (b'{"text": ', "not JSON"),
    ],
)
def test_an_invalid_row_is_reported_in_one_line_and_the_others_are_read(
    tmp_path: Path, bad: bytes, what: str
) -> None:
    first = json.dumps({"id": "good", "text": GOOD}).encode()
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([first, bad, b'{"id": "last", "text": "It rained."}\n']))
    found, errors = read(tmp_path / "a.jsonl")
    assert [a.id for a in found] == ["good", "last"]
    assert len(errors) == 1 and what in errors[0] and "\n" not in errors[0]
    assert str(tmp_path / "a.jsonl") in errors[0]


def test_a_null_id_is_made_from_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": None, "text": GOOD}) + "\n", encoding="utf-8")
    assert read(tmp_path / "a.jsonl")[0][0].id == "a-1"


def test_ids_are_unique_across_files(tmp_path: Path) -> None:
    row = json.dumps({"id": "x", "text": GOOD})
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text(row + "\n", encoding="utf-8")
    for name in ("p", "q"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.txt").write_text(GOOD, encoding="utf-8")
    found, errors = read(tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "p", tmp_path / "q")
    assert [a.id for a in found] == ["x", "t", str(tmp_path / "q" / "t.txt")]
    assert len(errors) == 1 and "b.jsonl:1: duplicate id 'x'" in errors[0]


def test_jsonl_on_standard_input_is_read_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"\r\n".join(json.dumps({"id": i, "text": GOOD}).encode() for i in "uv")
    for content in (rows, gzip.compress(rows)):
        feed(monkeypatch, content)
        found, errors = read("-")
        assert [(a.id, a.source) for a in found] == [("u", "-"), ("v", "-")] and not errors


KINDS = {
    "pdf": b"%PDF-1.7\n1 0 obj",
    "docx": b"PK\x03\x04" + b"\0" * 26 + b"word/document.xml",
    "zip": b"PK\x03\x04" + b"\0" * 26 + b"a.txt",
    "parquet": b"PAR1\x15\x04",
    "image": b"\x89PNG\r\n\x1a\n",
    "rtf": b"{\\rtf1\\ansi Kenya accused Somalia.}",
    "html": b"<!DOCTYPE html><html><body><p>Kenya accused Somalia.</p>",
    "xml": b'<?xml version="1.0"?><doc>Kenya</doc>',
    "feed": b'<?xml version="1.0"?>\n<rss version="2.0">',
    "json": b'{\n  "authors": [\n    "A"\n  ],\n  "maintext": "Kenya accused Somalia."\n}',
    "table": b'"",id,title,content\n0,17283,"Kenya blames","Kenya accused Somalia, again."\n',
    "mail": b"From: a@example.org\nMessage-ID: <1@example.org>\nSubject: x\n\nKenya accused Somalia.",
    "garbled": b"(cid:12)(cid:13) (cid:1) Kenya (cid:14) (cid:15)",
}


# Kinds that have a reader are tested with it.
READ = {"pdf", "docx", "rtf", "mail"}


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in READ])
def test_what_is_not_an_article_is_refused_by_its_content(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.txt").write_bytes(KINDS[kind])
    (tmp_path / "b.txt").write_text(GOOD, encoding="utf-8")
    assert (found := foreign_kind(KINDS[kind], "a.txt")) and found.name == kind
    articles, errors = read(tmp_path / "a.txt", tmp_path / "b.txt")
    assert [a.id for a in articles] == ["b"]
    assert len(errors) == 1 and f"a.txt: {found.what}, not an article" in errors[0]


@pytest.mark.parametrize(
    "text",
    [
        "[Nairobi] Kenya accused Somalia, Chad, and Mali.\nMali, Chad, and Niger denied it.",
        "[1] Kenya accused Somalia.",
        "{Reuters} Kenya accused Somalia.",
        "Kenya, Somalia: war | peace\n\nKenya accused Somalia, and Chad, of it.\n",
        "Title: Kenya accused\nDate: today\n\nKenya accused Somalia.",
        "# Kenya\n\n| a | b |\n|---|---|\n\nKenya accused Somalia of 5 < 6 attacks.",
        "<3 Kenya accused Somalia.",
    ],
)
def test_articles_are_not_mistaken_for_another_kind(text: str) -> None:
    assert foreign_kind(text.encode(), "a.txt") is None


def test_devices_and_pipes_are_refused_before_they_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    found, errors = read("/dev/zero", tmp_path / "pipe.txt")
    assert not found and "a device" in errors[0] and "a named pipe" in errors[1]


def test_a_gzip_bomb_is_refused_with_the_limit(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.jsonl.gz", "wb") as file:
        for _ in range(40):
            file.write(b" " * 1_000_000 + b"\n")
    found, errors = read(tmp_path / "a.jsonl.gz")
    assert not found and len(errors) == 1 and "200 times its size" in errors[0]


def test_endless_standard_input_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"Kenya said. "[: max(size, 0)]

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Endless()))
    started = time.monotonic()
    found, errors = read("-")
    assert not found and "more than 2 MB" in errors[0] and time.monotonic() - started < 20


def test_a_text_without_full_stops_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n.txt").write_text("Kenya accused Somalia and then said that " * 26_000, encoding="utf-8")
    found, errors = read(tmp_path / "n.txt")
    assert not found and f"the limit is {MAX_SENTENCE:,}" in errors[0]


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt"])
def test_an_empty_file_is_reported(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert read(tmp_path / name)[1][0].startswith(f"{tmp_path / name}: empty")
