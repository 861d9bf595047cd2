"""`score --append`: articles that the file has already are not scored again, and no line is incomplete."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.errors import InputError
from stancewire.data.record import Record, text_sha256
from stancewire.serving.articles.source import SourceArticle
from stancewire.serving.output import appending
from stancewire.serving.output.appending import AppendingWriter, read_scored

KINDS = ("jsonl", "csv")


def article(id: str, text: str = "") -> SourceArticle:
    return SourceArticle(id=id, text=text or f"Kenya blamed Somalia {id}.", source="x.jsonl")


def record(one: SourceArticle) -> Record:
    party = {"text": "Kenya", "start": 0, "end": 5, "id": "KEN"}
    return Record.from_dict(
        {
            "id": one.id,
            "sentences": [{"start": 0, "end": len(one.text), "text": one.text}],
            "statements": [{"sentence": 0, "stance": s, "score": 0.5, "actor": party} for s in ("a", "b")],
            "text_sha256": text_sha256(one.text),
        }
    )


def add(path: Path, articles: Sequence[SourceArticle], kind: str) -> int:
    """Append articles as `score` does; returns how many were skipped."""
    with AppendingWriter(path, kind) as writer:
        for one in writer.missing(articles):
            writer.write(record(one))
    return writer.skipped


def ids(path: Path, kind: str) -> list[str]:
    assert path.read_bytes().endswith(b"\n")
    return sorted(id for id, _ in read_scored(path, kind).keys)


@pytest.mark.parametrize("kind", KINDS)
def test_an_article_is_added_once_unless_its_text_changed(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    assert add(path, [article("=a"), article("b"), article("b")], kind) == 1
    before = path.read_bytes()
    assert add(path, [article("=a"), article("b")], kind) == 2 and path.read_bytes() == before
    assert add(path, [article("=a", "Another text."), article("c")], kind) == 0
    assert path.read_bytes().startswith(before) and ids(path, kind) == ["=a", "=a", "b", "c"]
    assert path.read_text().count("actor_evidence") == (1 if kind == "csv" else 0) or kind == "jsonl"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [1, 5, 40, 100])
def test_an_incomplete_last_line_is_replaced(kind: str, cut: int, tmp_path: Path) -> None:
    path, articles = tmp_path / "out", [article("a"), article("b", 'Said "x",\nthen "y".'), article("c")]
    add(path, articles, kind)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    add(path, articles, kind)
    # A line that lacks only its end is complete.
    assert path.read_bytes().removesuffix(b"\n") == whole.removesuffix(b"\n")


@pytest.mark.parametrize("kind", KINDS)
def test_four_programs_at_once_lose_nothing_and_repeat_nothing(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    parts = [[article(f"{k}"), article(f"{k + 1}"), article(f"own {k}")] for k in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda part: add(path, part, kind), parts))
    assert ids(path, kind) == sorted([*"01234", *(f"own {k}" for k in range(4))])
    assert len(path.read_text().splitlines()) == (9 if kind == "jsonl" else 19)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_exception_keeps_what_was_scored(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), AppendingWriter(path, "jsonl") as writer:
        writer.write(record(article("a")))
        raise KeyboardInterrupt
    assert ids(path, "jsonl") == ["a"]


def test_records_are_written_from_time_to_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "SECONDS", 0.0)
    monkeypatch.setattr(appending, "COPY_SHARE", 0)
    path = tmp_path / "out"
    with AppendingWriter(path, "jsonl") as writer:
        writer.write(record(article("a")))
        assert ids(path, "jsonl") == ["a"]


def test_records_of_earlier_releases_are_compared_by_their_sentences(tmp_path: Path) -> None:
    path, one = tmp_path / "out", article("a")
    old: dict[str, Any] = record(one).to_dict()
    del old["text_sha256"]
    path.write_text(json.dumps(old) + "\n")
    assert read_scored(path, "jsonl").has(one)
    assert not read_scored(path, "jsonl").has(article("a", "Another text."))
    assert not read_scored(path, "jsonl").has(article("b", one.text))


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("jsonl", '{"doc_id": "a"}\n', "out:1: not a record of `stancewire score`"),
        ("jsonl", 'no JSON\n{"id": "a"}\n', "out:1: not JSON"),
        ("jsonl", "[1]\n", "out:1: not a record"),
        ("csv", "id,text\n", "out:1: does not have the columns of this release"),
    ],
)
def test_other_files_are_not_appended_to(kind: str, content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        AppendingWriter(path, kind)
    assert path.read_text() == content
