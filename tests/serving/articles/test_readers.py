"""Readers of articles: what is read, what is rejected in one line, and what goes on."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.annotated import is_annotated
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.source import ReadOptions, SourceArticle

TEXT = "Kenya accused Somalia of shelling a border town."


def read(*inputs: Path | str) -> tuple[list[SourceArticle], list[str]]:
    """The articles, and the errors as lines."""
    errors: list[InputError] = []
    names = [str(name) for name in inputs]
    found = read_articles(names, ReadOptions(any_language=True), report_error=errors.append, note=print)
    return list(found), [str(e) for e in errors]


def test_a_file_that_is_too_large_is_rejected_without_reading_it(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:  # sparse: ten gigabytes that nobody could hold
        file.write(b"Kenya accused Somalia.")
        file.truncate(10_000_000_000)
    articles, errors = read(large)
    assert not articles and "10000.0 MB is too large" in errors[0] and "the limit is 2 MB" in errors[0]


def test_a_missing_input_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("It rained.", encoding="utf-8")
    (tmp_path / "a").mkdir()
    articles, errors = read(*(tmp_path / name for name in ("none.txt", "a", "b.txt")))
    assert [a.id for a in articles] == ["b"] and len(errors) == 2


def test_annotated_files_and_folders_are_recognised(tmp_path: Path, tiny_file: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "It rained."}\n', encoding="utf-8")
    assert is_annotated(tiny_file) and is_annotated(tiny_file.parent)
    assert not is_annotated(tmp_path / "a.jsonl") and not is_annotated(tmp_path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"text": "half \\ud800 of it"}', "unpaired surrogate"),
        ('{"text": "a", "id": "\\udc00"}', "unpaired surrogate"),
        ('{"text": "a", "id": ["x"]}', "'id' is a list"),
        ('{"text": "a", "title": 7}', "'title' is a number, not a string"),
        ('{"text": "a", "n": ' + "9" * 5000 + "}", "a number is too long"),
        ("[" * 10_000 + "]" * 10_000, "nested too deeply"),
        ('{"text": ', "not JSON"),
        ('{"text": 3}', "'text' is a number"),
        ('{"text": " "}', "'text' is empty"),
        ("[1]", "no 'text' field"),
        ('{"text": "a", "id": "first"}', "the id 'first' occurs twice"),
    ],
)
def test_an_invalid_row_is_one_line_and_the_others_are_read(tmp_path: Path, row: str, message: str) -> None:
    file = tmp_path / "a.jsonl"
    good = [json.dumps({"id": name, "text": TEXT}) for name in ("first", "last")]
    file.write_text("\n".join([good[0], row, good[1]]), encoding="utf-8")
    articles, [error] = read(file)
    assert [a.id for a in articles] == ["first", "last"]
    assert message in error and str(file) in error and "\n" not in error and len(error) < 400


def test_rows_whose_id_is_null_are_numbered(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(json.dumps({"id": None, "text": TEXT}) for _ in range(2)), encoding="utf-8")
    articles, errors = read(file)
    assert len({a.id for a in articles}) == 2 and not errors


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
def test_nul_characters_are_dropped(tmp_path: Path, name: str) -> None:
    sentence = "Kenya accused \x00Somalia. "
    content = {
        "a.txt": "It rained. " * 1000 + sentence,
        "a.jsonl": json.dumps({"text": sentence}),
    }[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    [article], errors = read(tmp_path / name)
    assert "\x00" not in article.text and "Kenya accused Somalia." in article.text and not errors


def test_a_row_of_millions_of_characters_is_skipped(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "' + "a" * 25_000_000 + '"}\n' + json.dumps({"text": TEXT}), encoding="utf-8")
    articles, [error] = read(file)
    assert [a.text for a in articles] == [TEXT] and "too large" in error and "20 MB" in error


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.txt", b"%PDF-1.7 ...", "cut off"),
        ("a", b"<!DOCTYPE html><html><body><form><input></form>", "an HTML page"),
        ("a.txt", b'\xef\xbb\xbf<?xml version="1.0"?><nitf/>', "XML"),
        ("a.txt", b"PK\x03\x04....xl/workbook.xml", "damaged"),
        ("a.txt", b"PAR1....", "damaged"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "an image"),
        ("a.txt", b"\x00\x01\x02" * 9, "a binary file"),
        ("a.txt", b"K e n y a " * 40, "garbled"),
        ("a.txt", b"Kenya accused Somalia of it and then said that " * 600, "without the end of a sentence"),
        ("a.txt", b"   \n", "empty"),
        ("a.jsonl", b"", "empty"),
        ("a.jsonl.gz", b"\x1f\x8b\x08damaged", "damaged"),
    ],
)
def test_what_is_not_an_article_is_rejected_by_its_content(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")
    articles, [error] = read(tmp_path / name, tmp_path / "good.txt")
    assert [a.id for a in articles] == ["good"] and what in error and "\n" not in error


def test_articles_that_only_look_like_something_else_are_read(tmp_path: Path) -> None:
    texts = (
        "Dear reader: it rained.\nKenya accused Somalia.",
        "Kenya, Somalia trade blame\nKenya, in a statement, accused Somalia.",
        "<Kenya> accused Somalia, and 3 < 4.",
        "[Analysis] Kenya accused Somalia.",
        "{Photo} Kenya accused Somalia.",
        "From: Nairobi\nKenya accused Somalia.",
    )
    for n, text in enumerate(texts):
        (tmp_path / f"{n}.txt").write_text(text, encoding="utf-8")
    articles, errors = read(tmp_path)
    assert [a.text for a in articles] == list(texts) and not errors


def test_a_compression_bomb_is_noticed(tmp_path: Path) -> None:
    bomb = tmp_path / "a.jsonl.gz"
    with gzip.open(bomb, "wb") as file:
        for _ in range(60):
            file.write(b" " * 1_000_000)
    articles, [error] = read(bomb)
    assert not articles and "unpacks to more than 200 times its size" in error


def test_devices_are_refused() -> None:
    articles, [error] = read("/dev/zero")
    assert not articles and "a device, not a file" in error


def test_json_lines_on_standard_input_are_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "\n".join(json.dumps({"id": str(n), "text": TEXT}) for n in range(3))

    class Stdin:
        buffer = io.BytesIO(rows.encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    articles, errors = read("-")
    assert [a.id for a in articles] == ["0", "1", "2"] and not errors


def test_endless_standard_input_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            buffer[:] = b"K" * len(buffer)
            return len(buffer)

    class Stdin:
        buffer = io.BufferedReader(Endless())

    monkeypatch.setattr("sys.stdin", Stdin)
    articles, [error] = read("-")
    assert not articles and "too large" in error and "2 MB" in error
