"""Reading text, JSON and TOML files, and errors in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.data.files.reading import json_lines, load_json, read_bytes, read_text, read_toml


def test_text_is_read_unchanged_without_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffone\r\ntwo".encode())
    assert read_text(tmp_path / "a.txt") == "one\r\ntwo"


def test_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\nS\xe9gou\n")
    with pytest.raises(InputError, match=r"a\.txt:2: not UTF-8 \(convert the file to UTF-8\)"):
        read_text(tmp_path / "a.txt")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for read in (read_bytes, read_text, read_toml):
        with pytest.raises(InputError, match=r"none: cannot be read: No such file or directory$"):
            read(tmp_path / "none")
        with pytest.raises(InputError, match=r"cannot be read: Is a directory$"):
            read(tmp_path)


def test_toml(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("a = 1\n")
    assert read_toml(tmp_path / "a.toml") == {"a": 1}
    (tmp_path / "a.toml").write_text("a = \n")
    with pytest.raises(InputError, match=r"a\.toml: invalid TOML: .*line 1"):
        read_toml(tmp_path / "a.toml")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"a": }', "not JSON: Expecting value at column 7"),
        ('{\n"a": }', "not JSON: Expecting value at line 2, column 6"),
        (b'"\xff"', "not JSON: not UTF-8"),
        ("1" * 5000, "a number is too long"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_json_that_cannot_be_read(text: str | bytes, what: str) -> None:
    with pytest.raises(InputError, match=f"^here: {what}"):
        load_json(text, "here")


def test_json_lines_come_with_their_location(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("1\n\n2\n")
    assert list(json_lines(path)) == [(f"{path}:1", 1), (f"{path}:3", 2)]
    path.write_text("\n")
    with pytest.raises(InputError, match="no articles"):
        list(json_lines(path))
