"""Appending to a corpus file: all articles or none, and no duplicates."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from stancewire.data.annotation.corpus import append_corpus, read_corpus, write_corpus
from stancewire.data.errors import InputError
from stancewire.data.schema import Article


def article(doc_id: str, text: str) -> Article:
    return Article.model_validate({"doc_id": doc_id, "sentences": [{"text": text}]})


ONE, TWO = article("a", "Iran spoke."), article("b", "The UN spoke.")


def test_existing_content_stays_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    # A byte order mark, Windows line ends, an unusual order of fields, no line end at the end.
    before = (
        b'\xef\xbb\xbf{"sentences": [{"text": "Iran  spoke."}], "doc_id": "a"}\r\n\r\n'
        b'{"doc_id": "c", "sentences": [{"text": "x"}]}'
    )
    path.write_bytes(before)
    append_corpus(path, [TWO])
    assert path.read_bytes().startswith(before + b"\n")
    assert [a.doc_id for a in read_corpus([path])] == ["a", "c", "b"]


@pytest.mark.parametrize("content", [None, b""])
def test_a_missing_or_empty_file_is_started(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "new" / "mine.jsonl"
    if content is not None:
        path.parent.mkdir()
        path.write_bytes(content)
    append_corpus(path, [ONE, TWO])
    assert read_corpus([path]) == [ONE, TWO]


@pytest.mark.parametrize(
    ("added", "message"),
    [
        (
            [TWO, article("a", "Something else.")],
            r"mine\.jsonl: duplicate doc_id 'a'; nothing was added",
        ),
        (
            [TWO, article("z", "Iran\n spoke. ")],
            r"mine\.jsonl: the text of 'z' is already there, as 'a'; nothing was added",
        ),
        ([TWO, article("b", "Something else.")], r"duplicate doc_id 'b'"),
    ],
)
def test_a_duplicate_adds_nothing(added: list[Article], message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    write_corpus(path, [ONE])
    before = path.read_bytes()
    with pytest.raises(InputError, match=message):
        append_corpus(path, added)
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["mine.jsonl"]


def test_a_damaged_file_is_not_added_to(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"doc_id": "a", "sentences": [{"text": "x"}]}\n{"doc_id": ')
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"mine\.jsonl:2: not JSON"):
        append_corpus(path, [TWO])
    assert path.read_bytes() == before


def _add(path: Path, name: str) -> None:
    append_corpus(path, [article(name, f"Text {name}.")])


def test_four_additions_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new.jsonl"
    names = ["a", "b", "c", "d"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(partial(_add, path), names))
    assert sorted(a.doc_id for a in read_corpus([path])) == names
    assert [p.name for p in tmp_path.iterdir()] == ["new.jsonl"], "no lock is left"
