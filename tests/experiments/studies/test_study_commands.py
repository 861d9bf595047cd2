"""`experiments learning-curve` and `acquisition` write tables and plots."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]


@pytest.mark.slow
def test_the_commands_write_tables_and_plots(cli: Cli, tiny_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    article = json.loads(tiny_file.read_text(encoding="utf-8").splitlines()[0])
    sentences = [
        {
            "text": "Kenya accused Somalia.",
            "statements": [{"stance": "blame", "actor": "Kenya", "actor_id": "KEN"}],
        }
    ]
    other.write_text(
        json.dumps({**article, "doc_id": "other", "split": "test", "sentences": sentences}) + "\n",
        encoding="utf-8",
    )
    folder = tmp_path / "deep" / "curve"
    drawn = cli(
        "experiments",
        "learning-curve",
        tiny_file,
        "--shares",
        "0.5,1",
        "--seeds",
        "1",
        "--bootstrap",
        "10",
        "--also",
        other,
        "-o",
        folder,
    )
    assert drawn.exit_code == 0, drawn.stderr
    assert sorted(p.name for p in folder.iterdir()) == ["curve.csv", "curve.md", "curve.png"]
    assert drawn.stdout == (folder / "curve.md").read_text(encoding="utf-8")
    assert {r["on"] for r in csv.DictReader((folder / "curve.csv").open(encoding="utf-8"))} == {
        "test",
        "other",
    }
    assert (folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    folder = tmp_path / "played"
    options = ("--start", "0.2", "--rounds", "1", "--batch", "0.1", "--seeds", "2")
    played = cli("experiments", "acquisition", tiny_file, *options, "-o", folder)
    assert played.exit_code == 0, played.stderr
    assert sorted(p.name for p in folder.iterdir()) == [
        "acquisition.csv",
        "acquisition.md",
        "acquisition.png",
    ]
    assert "paired, 2 seeds" in played.stdout and "random ones" in played.stdout
    assert {r["strategy"] for r in csv.DictReader((folder / "acquisition.csv").open(encoding="utf-8"))} == {
        "random",
        "entropy",
    }


def test_errors_of_the_commands_are_one_line(
    cli: Cli, one_line: OneLine, tiny_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for shares, said in (
        ("0.5,half", "half"),
        ("0,1", "0 is not a fraction"),
        ("0.5,2", "2 is not a fraction"),
    ):
        assert said in one_line(
            cli("experiments", "learning-curve", tiny_file, "--shares", shares, "-o", out)
        )
    assert not out.exists()
    assert "despair" in one_line(
        cli("experiments", "acquisition", tiny_file, "--uncertainty", "despair", "-o", out)
    )
    assert "no such corpus" in one_line(cli("experiments", "acquisition", tmp_path / "none.jsonl", "-o", out))
    (tmp_path / "file").write_text("")
    assert "is a file" in one_line(cli("experiments", "learning-curve", tiny_file, "-o", tmp_path / "file"))
    assert "fewer rounds" in one_line(
        cli("experiments", "acquisition", tiny_file, "--rounds", "99", "-o", out)
    )
