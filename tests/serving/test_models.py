"""Models as folders and zip files: exported, checked, imported; damaged ones are rejected."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.serving import models
from stancewire.training.manifest import write_manifest

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("Kenya accused Somalia on Tuesday of shelling a border town.\n", encoding="utf-8")
    return path


@pytest.fixture
def archive(cli: Cli, tiny_model: Path, tmp_path: Path) -> Path:
    """A model as one zip file."""
    out = tmp_path / "mine.zip"
    result = cli("models", "export", tiny_model, "-o", out)
    assert result.exit_code == 0 and f"tiny written to {out}" in result.stderr
    return out


def test_a_zip_file_gives_the_same_scores_as_the_folder(
    cli: Cli, archive: Path, tiny_model: Path, article: Path
) -> None:
    scored = [
        json.loads(cli("score", article, "--model", m, "--format", "jsonl").stdout)
        for m in (archive, tiny_model)
    ]
    assert [r.pop("model") for r in scored] == ["mine", "tiny"]
    assert scored[0] == scored[1] and scored[0]["statements"]


def test_an_exported_model_can_be_imported_to_a_folder(
    cli: Cli, archive: Path, article: Path, tmp_path: Path, one_line: OneLine
) -> None:
    folder = tmp_path / "folder"
    assert cli("models", "import", archive, "-o", folder).exit_code == 0
    assert cli("score", article, "--model", folder).exit_code == 0
    shown = cli("models", "show", archive)
    assert shown.exit_code == 0 and "linear" in shown.stdout and "ceasefire_claim" in shown.stdout
    (folder / "more.py").write_text("", encoding="utf-8")
    assert "more.py is not in export.json" in one_line(cli("models", "import", folder, "-o", tmp_path / "b"))


def test_an_imported_model_is_registered(cli: Cli, archive: Path, store: Path, article: Path) -> None:
    first = cli("models", "import", archive)
    assert first.stdout == "registered as stancewire version 1, champion: it is the first model\n"
    assert "version 2, challenger" in cli("models", "import", archive).stdout
    [change] = cli("experiments", "history", "--format", "jsonl").stdout.splitlines()
    assert '"version": "1"' in change and '"how": "import"' in change
    assert cli("score", article, "--format", "jsonl").stdout == (
        cli("score", article, "--model", archive, "--format", "jsonl").stdout.replace(
            '"mine"', '"stancewire/1"'
        )
    )
    listed = [json.loads(x) for x in cli("models", "list", "--format", "jsonl").stdout.splitlines()]
    assert [(v["number"], v["aliases"]) for v in listed] == [(2, ["challenger"]), (1, ["champion"])]
    assert "champion" in cli("models", "list").stdout


def test_nothing_is_overwritten(cli: Cli, archive: Path, tiny_model: Path, one_line: OneLine) -> None:
    assert "already exists" in one_line(cli("models", "export", tiny_model, "-o", archive))
    assert "already exists" in one_line(cli("models", "import", archive, "-o", archive.parent))


def _changed(archive: Path, out: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if (kept := change(name, old.read(name))) is not None:
                new.writestr(*kept)
    return out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n, b: (n, b + b" ") if n == "model.json" else (n, b), "model.json is damaged"),
        (lambda n, b: None if n == "model.json" else (n, b), "model.json is missing"),
        (lambda n, b: (f"../{n}", b), "points outside the archive"),
        (lambda n, b: (f"/etc/{n}", b), "points outside the archive"),
        (lambda n, b: ("extra.py" if n == "README.md" else n, b), "README.md is missing"),
        (lambda n, b: (n, b"{") if n == "export.json" else (n, b), "export.json is damaged"),
    ],
    ids=["changed", "missing", "above", "absolute", "renamed", "manifest"],
)
def test_a_damaged_export_is_rejected(
    change: Callable[[str, bytes], tuple[str, bytes] | None],
    message: str,
    cli: Cli,
    tiny_model: Path,
    store: Path,
    tmp_path: Path,
    one_line: OneLine,
) -> None:
    (tmp_path / "with card").mkdir()
    for file in tiny_model.iterdir():
        (tmp_path / "with card" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "with card" / "README.md").write_text("A card.", encoding="utf-8")
    write_manifest(tmp_path / "with card")
    models.export(str(tmp_path / "with card"), tmp_path / "good.zip")
    bad = _changed(tmp_path / "good.zip", tmp_path / "bad.zip", change)
    assert message in one_line(cli("models", "import", bad))
    assert "no models yet" in cli("models", "list").stderr
    assert not list(tmp_path.parent.glob("model.json"))


def test_a_file_that_is_not_a_zip_file_is_rejected(cli: Cli, tmp_path: Path, one_line: OneLine) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 not a zip")
    assert "not a zip file, or damaged" in one_line(cli("models", "import", tmp_path / "x.zip"))
    assert "no such file" in one_line(cli("models", "import", tmp_path / "y.zip"))


def test_a_zip_bomb_is_rejected(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MAX_UNPACKED", 1000)
    with pytest.raises(models.InputError, match="unpacks to more than"):
        models.open_model(str(archive))
