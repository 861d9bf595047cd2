"""Readers of articles."""

from __future__ import annotations

from pathlib import Path

from stancewire.data.errors import InputError
from stancewire.serving.articles.readers import MAX_BYTES, check_size, is_annotated, read_articles


def test_a_file_that_is_too_large_is_rejected_without_reading_it(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:  # sparse: ten gigabytes that nobody could hold
        file.truncate(10_000_000_000)
    errors: list[InputError] = []
    found = read_articles([str(large)], any_language=True, report_error=errors.append, note=print)
    assert not list(found) and "10000.0 MB is too large" in str(errors[0])
    check_size(MAX_BYTES, "")


def test_a_missing_input_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("It rained.", encoding="utf-8")
    (tmp_path / "a").mkdir()
    errors: list[InputError] = []
    inputs = [str(tmp_path / name) for name in ("none.txt", "a", "b.txt")]
    found = read_articles(inputs, any_language=True, report_error=errors.append, note=print)
    assert [a.id for a in found] == ["b"] and len(errors) == 2


def test_annotated_files_and_folders_are_recognised(tmp_path: Path, tiny_file: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "It rained."}\n', encoding="utf-8")
    assert is_annotated(tiny_file) and is_annotated(tiny_file.parent)
    assert not is_annotated(tmp_path / "a.jsonl") and not is_annotated(tmp_path)
