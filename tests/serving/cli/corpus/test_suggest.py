"""`stancewire corpus suggest`: articles in, a sheet out that `corpus import` reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.schema import Article

Cli = Callable[..., Result]


@pytest.fixture(scope="module")
def news(tiny: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts that the tiny model has not learnt from."""
    folder = tmp_path_factory.mktemp("news")
    for article in [a for a in tiny if a.split != "train"][:6]:
        (folder / f"{article.doc_id}.txt").write_text("Quiet border\n\n" + article.text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(tiny: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    from stancewire.data.annotation.corpus import write_corpus

    path = tmp_path_factory.mktemp("annotated") / "trained.jsonl"
    write_corpus(path, [a for a in tiny if a.split == "train"])
    return path


def test_annotated_sentences_are_not_suggested_again(
    cli: Cli, news: Path, trained: Path, tiny_model: Path, tmp_path: Path
) -> None:
    sheet, corpus = tmp_path / "next.sheet", tmp_path / "next.jsonl"
    asked = ("corpus", "suggest", news, "--model", tiny_model, "--annotated", trained, "-n", "9")
    result = cli(*asked, "-o", sheet)
    assert result.exit_code == 0 and not result.stdout and "9 sentences" in result.stderr
    text = sheet.read_text(encoding="utf-8")
    assert text == cli(*asked).stdout
    assert "# title: Quiet border" in text and "# —— suggestion 9 of 9" in text and "\n> " not in text
    assert cli("corpus", "import", sheet, "-o", corpus).exit_code == 0
    batch = read_corpus([corpus])
    assert {a.split for a in batch} == {"train"} and sum(len(a.sentences) for a in batch) >= 9
    again = tmp_path / "again.jsonl"
    (tmp_path / "again.sheet").write_text(cli(*asked, "--annotated", corpus).stdout, encoding="utf-8")
    assert cli("corpus", "import", tmp_path / "again.sheet", "-o", again).exit_code == 0
    after = read_corpus([again])
    assert not {a.doc_id for a in batch} & {a.doc_id for a in after}
    suggested = [
        x for x in (tmp_path / "again.sheet").read_text(encoding="utf-8").splitlines() if "—— suggestion" in x
    ]
    assert len(suggested) == 9
    assert cli("corpus", "validate", corpus).exit_code == 0


def test_predictions_are_filled_in(cli: Cli, trained: Path, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Kenya accused Somalia on Tuesday of shelling a border town.\n", encoding="utf-8"
    )
    asked = ("corpus", "suggest", tmp_path / "a.txt", "--model", tiny_model, "--annotated", trained)
    plain, filled = cli(*asked), cli(*asked, "--predict")
    assert "> blame | Kenya | KEN | Somalia | SOM" in filled.stdout and "> blame" not in plain.stdout
    assert "fewer than asked for" in plain.stderr


def test_invalid_articles_are_reported_and_the_others_are_used(
    cli: Cli, news: Path, trained: Path, tiny_model: Path, tmp_path: Path, one_line: Callable[[Result], str]
) -> None:
    asked = ("corpus", "suggest", "--model", tiny_model, "--annotated", trained, "-n", "2")
    mixed = cli(*asked, tmp_path / "none.txt", news)
    assert (
        mixed.exit_code == 1
        and "none.txt: no such file" in mixed.stderr
        and mixed.stdout.count("—— suggestion") == 2
    )
    out = tmp_path / "out.sheet"
    (tmp_path / "old.txt").write_text("More soon.", encoding="utf-8")
    assert "no sentences left" in one_line(cli(*asked, tmp_path / "old.txt", "-o", out))
    assert not out.exists()
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        json.dumps({"id": "x\ny", "text": "Kenya accused\nSomalia of shelling\u2028a town.\n\nMore soon."})
        + "\n",
        encoding="utf-8",
    )
    assert "¶ Kenya accused Somalia of shelling a town." in cli(*asked, rows).stdout
    assert "despair" in one_line(
        cli("corpus", "suggest", news, "--model", tiny_model, "--annotated", tmp_path / "despair.jsonl")
    )
