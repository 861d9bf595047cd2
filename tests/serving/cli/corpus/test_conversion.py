"""`corpus export` and `corpus import`: round trips, predictions, and no input that is overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]
LINE = json.dumps(
    {
        "doc_id": "a",
        "sentences": [
            {
                "text": "Kenya accused Somalia.",
                "statements": [{"stance": "blame", "actor": "Kenya", "actor_id": "KEN"}],
            }
        ],
    }
)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A corpus of one article."""
    (tmp_path / "mine.jsonl").write_text(LINE + "\n")
    return tmp_path / "mine.jsonl"


@pytest.mark.parametrize("form", ["sheet", "jsonl", "hf", "label-studio", "doccano", "brat", "conll"])
def test_exporting_and_importing_a_corpus_changes_nothing(
    form: str, cli: Cli, tiny_file: Path, tmp_path: Path
) -> None:
    out, back = tmp_path / "out", tmp_path / "back.jsonl"
    exported = cli("corpus", "export", tiny_file, "--format", form, "-o", out)
    assert exported.exit_code == 0 and exported.stderr == f"54 articles written to {out}\n"
    imported = cli("corpus", "import", out, "--format", form, "-o", back)
    assert imported.exit_code == 0 and imported.stderr.startswith("54 articles, ")
    order = sorted if form == "hf" else list  # hf: one file per split
    assert order(back.read_text().splitlines()) == order(tiny_file.read_text().splitlines())


def test_export_without_a_file_prints_to_standard_output(cli: Cli, mine: Path) -> None:
    result = cli("corpus", "export", mine, "--format", "conll")
    assert result.exit_code == 0 and "1\tKenya\t0\t5\tB-ACTOR" in result.stdout and result.stderr == ""
    assert cli("corpus", "export", "--format", "label-studio-config").stdout.startswith("<View>")


@pytest.mark.parametrize("form", ["label-studio", "conll"])
def test_predictions_are_exported_for_correction(
    form: str, cli: Cli, mine: Path, tiny_model: Path, tmp_path: Path
) -> None:
    out, back = tmp_path / "out", tmp_path / "back.jsonl"
    assert (
        cli("corpus", "export", mine, "--format", form, "--predictions", tiny_model, "-o", out).exit_code == 0
    )
    assert cli("corpus", "import", out, "--format", form, "-o", back).exit_code == 0
    [article] = [json.loads(line) for line in back.read_text().splitlines()]
    [statement] = article["sentences"][0]["statements"]
    # The annotation leaves the target out, the model finds it.
    assert statement["actor_id"] == "KEN" and statement["target_id"] == (
        None if form == "label-studio" else "SOM"
    )
    if form == "label-studio":
        [prediction] = json.loads(out.read_text())[0]["predictions"]
        assert ["blame:target"] in [
            x["value"]["labels"] for x in prediction["result"] if x["type"] == "labels"
        ]


def test_corrected_scores_are_imported(cli: Cli, one_line: OneLine, tiny_model: Path, tmp_path: Path) -> None:
    sentences = [
        "Kenya accused Somalia on Tuesday of shelling a border town and of blocking two convoys.",
        "It urged the United Nations to act.",
    ]
    (tmp_path / "border.txt").write_text("\n\n".join(sentences) + "\n")
    scored, back = tmp_path / "scored.jsonl", tmp_path / "back.jsonl"
    assert cli("score", tmp_path / "border.txt", "--model", tiny_model, "-o", scored).exit_code == 0
    record = json.loads(scored.read_text())
    record["statements"][0]["actor"]["id"] = "OTHER"
    scored.write_text(json.dumps(record) + "\n")
    assert cli("corpus", "import", scored, "--format", "scores", "-o", back).exit_code == 0
    article = json.loads(back.read_text())
    assert [s["text"] for s in article["sentences"]] == sentences and all(
        s["para"] for s in article["sentences"]
    )
    assert article["sentences"][0]["statements"][0]["actor_id"] == "OTHER"
    assert sum(len(s["statements"]) for s in article["sentences"]) == len(record["statements"])
    assert "give --format" in one_line(cli("corpus", "import", scored, "-o", back))


def test_appending_the_same_article_twice_is_an_error(
    cli: Cli, one_line: OneLine, mine: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "more.sheet"
    sheet.write_text("### b\n\n¶ Kenya spoke.\n")
    added = cli("corpus", "import", sheet, "-o", mine, "--append")
    assert added.exit_code == 0 and added.stderr == f"1 article, 1 sentence added to {mine}\n"
    held = mine.read_text()
    assert held.startswith(LINE) and held.count("\n") == 2
    assert "duplicate doc_id 'b'; nothing was added" in one_line(
        cli("corpus", "import", sheet, "-o", mine, "--append")
    )
    sheet.write_text("### c\n\n¶ Somalia spoke.\n\n### d\n\n¶ Kenya  spoke.\n")
    assert "the text of 'd' is already there, as 'b'" in one_line(
        cli("corpus", "import", sheet, "-o", mine, "--append")
    )
    assert mine.read_text() == held


@pytest.mark.parametrize(
    ("form", "old", "new", "said"),
    [
        ("conll", "2\taccused", "2\taccuses", "x:5: 6-13 is 'accused', not 'accuses'"),
        ("conll", "blame KEN", "praise KEN", "x:3: stance: unknown stance 'praise'"),
        (
            "doccano",
            '"end_offset": 5',
            '"end_offset": "5"',
            'x:1: entities.0: end_offset must be a whole number, not "5"',
        ),
        (
            "label-studio",
            "blame:actor",
            "praise:actor",
            "x: task 1: result.0: praise:actor 'Kenya': stance: unknown stance 'praise'",
        ),
        ("jsonl", '"blame"', '"praise"', "x:1: sentences.0.statements.0.stance: unknown stance 'praise'"),
    ],
)
def test_a_malformed_line_gives_one_error_and_writes_nothing(
    form: str, old: str, new: str, said: str, cli: Cli, one_line: OneLine, mine: Path, tmp_path: Path
) -> None:
    text = cli("corpus", "export", mine, "--format", form).stdout
    assert old in text
    (tmp_path / "x").write_text(text.replace(old, new, 1))
    before = mine.read_text()
    for append in ([], ["--append"]):
        line = one_line(cli("corpus", "import", tmp_path / "x", "--format", form, "-o", mine, *append))
        assert said in line
    assert mine.read_text() == before and sorted(p.name for p in tmp_path.iterdir()) == ["mine.jsonl", "x"]


def test_an_input_is_never_overwritten(cli: Cli, one_line: OneLine, mine: Path, tmp_path: Path) -> None:
    assert "is also an input file" in one_line(cli("corpus", "export", mine, "-o", mine))
    assert "is also an input file" in one_line(cli("corpus", "import", mine, "--format", "jsonl", "-o", mine))
    assert mine.read_text() == LINE + "\n"


def test_options_that_exclude_each_other_are_errors(
    cli: Cli, one_line: OneLine, mine: Path, tmp_path: Path
) -> None:
    assert "name a new folder with -o" in one_line(cli("corpus", "export", mine, "--format", "brat"))
    assert "leave out the corpus" in one_line(
        cli("corpus", "export", mine, "--format", "label-studio-config")
    )
    assert "--form FILE.toml" in one_line(
        cli("corpus", "import", mine, "--format", "table", "-o", tmp_path / "x")
    )
    assert "File name too long" in one_line(cli("corpus", "import", "x" * 300, "-o", tmp_path / "x"))
