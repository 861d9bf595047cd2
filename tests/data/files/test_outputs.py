"""Outputs are checked before the work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.data.files.outputs import (
    check_new,
    check_output_file,
    check_output_folder,
    format_of,
    refuse_input,
)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "in.txt").write_text("work")
    (tmp_path / "sub" / "a.txt").write_text("work")
    (tmp_path / "sub" / "scores.csv").write_text("written earlier")
    (tmp_path / "link").symlink_to("in.txt")
    os.link(tmp_path / "in.txt", tmp_path / "hard")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("out", "source"),
    [
        ("in.txt", "in.txt"),
        ("sub/../in.txt", "in.txt"),
        ("link", "in.txt"),
        ("in.txt", "link"),
        ("hard", "in.txt"),
        ("sub/a.txt", "sub"),
        ("sub/a.txt", "."),
    ],
)
def test_an_input_is_recognised_whatever_it_is_called(out: str, source: str, work: Path) -> None:
    with pytest.raises(InputError, match="is also an input file"):
        refuse_input(Path(out), ["missing", source])
    with pytest.raises(InputError, match="is also an input file"):
        refuse_input(work / out, [work / source])


@pytest.mark.parametrize(
    ("out", "source"),
    [("new.txt", "in.txt"), ("sub/new.txt", "sub"), ("sub/scores.csv", "sub"), ("/dev/null", "/dev/null")],
)
def test_other_outputs_are_allowed(out: str, source: str, work: Path) -> None:
    refuse_input(Path(out), [source, "", "x\0y", "champion"])


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("sub", "is a folder"),
        ("missing/x.jsonl", "there is no folder"),
        ("in.txt/x.jsonl", "there is no folder"),
        ("x.xlsx", r"unknown output extension '\.xlsx' \(use \.jsonl or \.csv\)"),
        ("loop", "symbolic link to itself"),
    ],
)
def test_files_that_cannot_be_written(out: str, message: str, work: Path) -> None:
    (work / "loop").symlink_to("loop")
    with pytest.raises(InputError, match=message):
        check_output_file(Path(out), (".jsonl", ".csv"))


def test_read_only_files_and_folders(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write to everything, so the answer of the system is replaced.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != work / "sub")
    for check in (check_output_file, check_output_folder, check_new):
        with pytest.raises(InputError, match="read-only"):
            check(work / "sub" / "x.jsonl")


def test_folders_and_new_files(work: Path) -> None:
    check_output_folder(work / "sub")
    check_output_folder(work / "deep" / "er")
    check_new(work / "deep" / "er.zip")
    with pytest.raises(InputError, match="is a file"):
        check_output_folder(work / "in.txt")
    with pytest.raises(InputError, match="already exists"):
        check_new(work / "sub")


FORMATS = {".csv": "csv", ".txt": "table"}


@pytest.mark.parametrize(
    ("out", "expected"),
    [(None, "table"), ("x", "table"), ("/dev/null", "table"), ("x.CSV", "csv"), ("x.txt", "table")],
)
def test_the_extension_chooses_the_format(out: str | None, expected: str) -> None:
    assert format_of(Path(out) if out else None, FORMATS, "table") == expected


def test_an_extension_of_another_format_is_refused() -> None:
    with pytest.raises(InputError, match=r"'\.pdf' \(use \.csv or \.txt, or name the format with --format"):
        format_of(Path("x.pdf"), FORMATS, "table")
