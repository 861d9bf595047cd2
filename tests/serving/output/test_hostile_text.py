"""Terminal escapes, markup and formulas in texts, ids, titles and names of files (F6, F16, F17)."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from stancewire.data.files.csv_writing import SafeCsv
from stancewire.data.printable import original_cell
from stancewire.serving.output.console import SafeConsole, light_table
from stancewire.serving.output.results import print_data, print_json, print_lines

ESCAPES = "\x1b]0;PWNED\x07\x1b[2J\x9b31m\u202e"
HOSTILE = f"[red]x[/y] {ESCAPES}"
ARTICLE = f"Kenya accused Somalia {ESCAPES} of shelling villagers near the border on Tuesday."


def safe(text: str) -> bool:
    return not any(c in text for c in "\x1b\x07\x9b\u202e")


def test_a_console_shows_escapes_and_markup_as_they_are() -> None:
    out = io.StringIO()
    console = SafeConsole(out, width=200)
    table = light_table(HOSTILE, (HOSTILE, "a column that keeps the table wide"))
    table.add_row(HOSTILE, "-" * 40)
    table.add_row(Text(HOSTILE, style="bold"))
    console.print(HOSTILE)
    console.print(table)
    shown = out.getvalue()
    assert safe(shown) and shown.count("[red]x[/y]") == shown.count("␛]0;PWNED") == 5


def test_text_json_and_data(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(HOSTILE)
    print_json({"text": HOSTILE})
    shown = capsys.readouterr().out
    assert safe(shown) and json.loads(shown.splitlines()[1]) == {"text": HOSTILE}
    print_data(HOSTILE)  # for a program: unchanged
    assert capsys.readouterr().out == HOSTILE


def test_cells_are_no_formulas() -> None:
    out = io.StringIO()
    SafeCsv(out).row(["=1+1", "-x", -1, None, HOSTILE])
    row = next(csv.reader(io.StringIO(out.getvalue())))
    assert row[:4] == ["'=1+1", "'-x", "-1", ""] and safe(row[4]) and original_cell(row[4]) == HOSTILE


@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
def test_scored_articles_are_harmless(form: str, cli: Any, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text(
        json.dumps({"id": "=cmd()" + ESCAPES, "title": HOSTILE, "text": ARTICLE}) + "\n"
    )
    result = cli("score", tmp_path / "e.jsonl", "--model", tiny_model, "--format", form)
    assert result.exit_code == 0 and safe(result.stdout) and "blame" in result.stdout
    assert form != "csv" or result.stdout.splitlines()[1].startswith("'=cmd()")
    assert form != "jsonl" or json.loads(result.stdout)["sentences"][0]["text"] == ARTICLE


def test_explanations_errors_and_statistics_are_harmless(cli: Any, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "e.txt").write_text(ARTICLE)
    folder = tmp_path / "a["
    folder.mkdir()
    (folder / "x].txt").write_text(ARTICLE + " It rained for hours." * 20)
    corpus = {"doc_id": "d", "split": "train", "conflict": HOSTILE, "genre": ESCAPES}
    (tmp_path / "c.jsonl").write_text(json.dumps(corpus | {"sentences": [{"text": "x y z"}]}) + "\n")
    for arguments in (
        ("explain", tmp_path / "e.txt", "--model", tiny_model),
        ("score", tmp_path / f"{ESCAPES}.txt", "--model", tiny_model),
        ("score", tmp_path / "e.txt", "--model", ESCAPES),
        ("corpus", "stats", tmp_path / "c.jsonl"),
        ("corpus", "stats", tmp_path / "c.jsonl", "--against", folder / "x].txt"),
        ("corpus", "diff", tmp_path / "c.jsonl", tmp_path / "c.jsonl"),
    ):
        result = cli(*arguments)
        assert safe(result.stdout + result.stderr), arguments
    assert "a[/x].txt" in cli("corpus", "stats", tmp_path / "c.jsonl", "--against", folder / "x].txt").stdout
