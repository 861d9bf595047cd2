"""Unlabelled articles for teachers, from whatever `score` reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.unlabelled import read_unlabelled
from stancewire.training.distillation.articles import UnlabelledArticle

TEXT = "The two governments said on Sunday that they would keep their border posts closed for a week."


def read(*inputs: Path | str, notes: list[str] | None = None) -> list[UnlabelledArticle]:
    notes = [] if notes is None else notes
    return list(read_unlabelled([str(x) for x in inputs], notes.append))


def test_files_and_folders_of_several_kinds_are_read(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": TEXT}, {"text": f"{TEXT} {TEXT}"}]
    table = tmp_path / "rows.jsonl"
    table.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    notes: list[str] = []
    found = read(table, folder, notes=notes)
    assert [(a.id, a.text) for a in found] == [("a", TEXT), (None, f"{TEXT} {TEXT}"), (None, TEXT)]
    assert "rows.jsonl" in found[0].where and any("2 read" in line for line in notes)


def test_rows_that_cannot_be_read_are_noted_and_counted(tmp_path: Path) -> None:
    table = tmp_path / "rows.jsonl"
    table.write_text("".join([json.dumps({"text": TEXT}) + "\n", *["{oops\n"] * 5]), encoding="utf-8")
    notes: list[str] = []
    assert [a.text for a in read(table, notes=notes)] == [TEXT]
    assert sum(line.startswith("left out: ") for line in notes) == 3
    assert any("5 articles left out" in line for line in notes)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("nosuch.jsonl", None, "no such file"),
        ("empty.jsonl", "", "empty"),
        ("broken.jsonl", "{oops\n", "not JSON"),
    ],
)
def test_an_input_without_articles_is_one_error(
    tmp_path: Path, name: str, content: str | None, what: str
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / name
    good.write_text(TEXT, encoding="utf-8")
    if content is not None:
        bad.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=what) as caught:
        read(good, bad)
    assert str(caught.value).startswith(f"classifier.unlabelled: {bad}: ")


def test_standard_input_is_refused() -> None:
    with pytest.raises(InputError, match="standard input cannot be read again"):
        read("-")
