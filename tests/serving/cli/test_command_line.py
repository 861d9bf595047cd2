"""The command line from a corpus to a scored article, and every invalid input in one line."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from stancewire.serving.cli.main import app
from typer.testing import CliRunner, Result

ARTICLE = (
    "Kenya accused Somalia on Tuesday of shelling a border town, "
    "and urged the United Nations to send monitors to the area.\n"
)
GERMAN = (
    "Die Regierung hat am Dienstag erklärt, dass die Waffenruhe an der Grenze hält "
    "und dass die Gespräche in der nächsten Woche fortgesetzt werden sollen.\n"
)


def run(*arguments: str | Path, **more: Any) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False, **more)


def one_line(result: Result, *parts: str) -> None:
    """One error on stderr that holds `parts`, and exit code 1."""
    lines = [x for x in result.stderr.splitlines() if x.startswith("error: ")]
    assert result.exit_code == 1, result.output
    assert len(lines) == 1, result.stderr
    assert all(p in lines[0] for p in parts), lines[0]
    assert "Traceback" not in result.output + result.stderr


@pytest.fixture
def workplace(store: Path, tmp_path: Path) -> Path:
    """An empty working folder with a tracking store of its own."""
    return tmp_path


def test_from_corpus_to_scored_article(workplace: Path, tiny_file: Path) -> None:
    trained = run("train", "--corpus", tiny_file, "--set", "bootstrap=50")
    assert trained.exit_code == 0, trained.stderr
    assert "champion: it is the first model" in trained.stdout
    again = run("train", "--corpus", tiny_file, "--set", "bootstrap=50")
    assert "challenger" in again.stdout and "at least 0.5 points are needed" in again.stdout
    (workplace / "border.txt").write_text(ARTICLE)
    scored = run("score", "border.txt", "--format", "jsonl")
    assert scored.exit_code == 0, scored.stderr
    record = json.loads(scored.stdout)
    assert record["id"] == "border" and record["model"] == "stancewire/1"
    blame = next(s for s in record["statements"] if s["stance"] == "blame")
    assert (blame["actor"]["text"], blame["actor"]["id"], blame["target"]["id"]) == ("Kenya", "KEN", "SOM")
    for party in (p for s in record["statements"] for p in (s["actor"], s["target"]) if p and p["text"]):
        assert ARTICLE[party["start"] : party["end"]] == party["text"]
    assert "Kenya" in run("score", "border.txt").stdout
    piped = run("score", "-", "--format", "csv", input=ARTICLE)
    rows = list(csv.DictReader(io.StringIO(piped.stdout)))
    assert rows[0]["id"] == "stdin" and "KEN" in {r["actor_id"] for r in rows}
    measured = run(
        "evaluate", "--corpus", tiny_file, "--split", "test", "--format", "json", "--bootstrap", "0"
    )
    assert measured.exit_code == 0, measured.stderr
    shown = run("experiments", "list", "--format", "jsonl")
    runs = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [r["kind"] for r in runs].count("training") == 2 and [r["kind"] for r in runs].count(
        "evaluation"
    ) == 1
    trainings = [r for r in runs if r["kind"] == "training"]
    assert trainings[0]["micro_f1"] == trainings[1]["micro_f1"], "the same seed gives the same figures"
    whole = json.loads(run("experiments", "show", trainings[0]["run"][:10], "--format", "json").stdout)
    assert json.loads(measured.stdout)["statements"]["f1"] == pytest.approx(
        whole["metrics"]["test/statements/f1"]
    )
    assert run("score", "border.txt", "--model", trainings[1]["run"], "--format", "jsonl").exit_code == 0
    assert run("experiments", "list", "--sort", "micro_f1").exit_code == 0
    one_line(run("experiments", "list", "--sort", "beauty"), "beauty", "micro_f1")
    one_line(run("experiments", "show", "ffffffff"), "no run", "experiments list")


def test_no_model_yet(workplace: Path) -> None:
    (workplace / "a.txt").write_text(ARTICLE)
    one_line(run("score", "a.txt"), "no model is registered", "stancewire train")


def test_tracking_server_down(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (workplace / "a.txt").write_text(ARTICLE)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    began = time.monotonic()
    one_line(run("score", "a.txt"), "http://127.0.0.1:9", "does not answer")
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "an image"),
        (b"War and peace. " * 1_400_000, "too large"),
        (GERMAN.encode(), "not in English"),
    ],
)
def test_an_invalid_article_gives_one_error_and_the_others_are_scored(
    content: bytes | None, said: str, tiny_model: Path, tmp_path: Path
) -> None:
    bad, good, out = tmp_path / "bad.txt", tmp_path / "good.txt", tmp_path / "out.jsonl"
    if content is not None:
        bad.write_bytes(content)
    good.write_text(ARTICLE)
    one_line(run("score", bad, good, "--model", tiny_model, "-o", out), str(bad), said)
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["good"]


def test_nothing_scored_leaves_the_output_as_it_was(tiny_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("kept\n")
    result = run("score", tmp_path / "missing.txt", "--model", tiny_model, "-o", out)
    assert result.exit_code == 1 and out.read_text() == "kept\n"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]


def test_an_unknown_output_extension_is_an_error(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    scored = ("score", tmp_path / "a.txt", "--model", tiny_model, "-o")
    one_line(run(*scored, tmp_path / "x.docx"), "x.docx", "unknown output extension", "--format")
    assert run(*scored, tmp_path / "x.xlsx", "--format", "csv").exit_code == 0
    one_line(run(*scored, tmp_path, "--format", "csv"), str(tmp_path))


def test_an_empty_file_of_articles_is_an_error(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n")
    one_line(run("score", tmp_path / "a.jsonl", "--model", tiny_model), "a.jsonl", "empty")


def test_any_language_scores_it(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "de.txt").write_text(GERMAN)
    assert run("score", tmp_path / "de.txt", "--model", tiny_model, "--any-language").exit_code == 0


def test_other_encodings_are_read_and_reported(tiny_model: Path, tmp_path: Path) -> None:
    text = (
        "“Señor Peña,” a spokesman said, “accused the guerrillas of shelling São João, "
        "and urged Bogotá to act.”\n"
    ) * 4
    (tmp_path / "latin.txt").write_bytes(text.encode("cp1252"))
    result = run("score", tmp_path / "latin.txt", "--model", tiny_model, "--format", "jsonl")
    assert result.exit_code == 0 and "not UTF-8" in result.stderr
    assert "Peña" in json.loads(result.stdout)["sentences"][0]["text"]


def test_jsonl_of_articles(tiny_model: Path, tmp_path: Path) -> None:
    rows = [
        json.dumps({"id": 7, "text": ARTICLE}),
        "{broken",
        json.dumps({"headline": "none"}),
        json.dumps({"id": "b", "text": ARTICLE}),
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(rows))
    result = run("score", tmp_path / "many.jsonl", "--model", tiny_model, "--format", "jsonl")
    assert result.exit_code == 1
    assert "many.jsonl:2: not JSON" in result.stderr and "many.jsonl, line 3: no 'text'" in result.stderr
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["7", "b"]


SENTENCE = {
    "text": "Kenya accused Somalia.",
    "statements": [{"stance": "blame", "actor": "Kenya", "actor_id": "KEN"}],
}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"doc_id": "b", ', "not JSON"),
        (json.dumps({"sentences": [SENTENCE]}), "doc_id"),
        (json.dumps({"doc_id": "b", "sentences": []}), "sentences"),
        (
            json.dumps({"doc_id": "b", "sentences": [{**SENTENCE, "statements": [{"stance": "praise"}]}]}),
            "unknown stance 'praise'",
        ),
        (
            json.dumps(
                {
                    "doc_id": "b",
                    "sentences": [
                        {
                            **SENTENCE,
                            "statements": [
                                {"stance": "blame", "actor": {"text": "Kenya", "start": 30, "end": 35}}
                            ],
                        }
                    ],
                }
            ),
            "span 'Kenya' at 30-35",
        ),
        (
            json.dumps(
                {
                    "doc_id": "b",
                    "sentences": [{**SENTENCE, "statements": [{"stance": "blame", "actor": "Uganda"}]}],
                }
            ),
            "'Uganda' is not in its sentence",
        ),
        (
            json.dumps(
                {
                    "doc_id": "b",
                    "sentences": [{**SENTENCE, "statements": [{"stance": "blame", "actor_id": "SOM+KEN"}]}],
                }
            ),
            "alphabetical order",
        ),
        (json.dumps({"doc_id": "b", "split": "dev", "sentences": [SENTENCE]}), "unknown split 'dev'"),
    ],
)
def test_an_invalid_corpus_line_names_file_line_and_field_and_trains_nothing(
    line: str, said: str, workplace: Path
) -> None:
    path = workplace / "mine.jsonl"
    path.write_text(json.dumps({"doc_id": "a", "sentences": [SENTENCE]}) + "\n" + line + "\n")
    one_line(run("corpus", "validate", path), f"{path}:2", said)
    one_line(run("train", "--corpus", path), f"{path}:2", said)
    assert "no runs yet" in run("experiments", "list").stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: {**raw, "format": 99}, "model format 99"),
        (lambda raw: {k: v for k, v in raw.items() if k != "codebook"}, "codebook"),
        (lambda raw: "not a model", "has no integer 'format'"),
    ],
)
def test_a_model_of_another_format_or_damaged(
    change: Any, said: str, tiny_model: Path, tmp_path: Path
) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(tiny_model, other)
    (other / "model.json").write_text(json.dumps(change(json.loads((tiny_model / "model.json").read_text()))))
    (other / "manifest.json").unlink()  # older releases wrote none
    (tmp_path / "a.txt").write_text(ARTICLE)
    one_line(run("score", tmp_path / "a.txt", "--model", other), str(other), said)


def test_invalid_settings(workplace: Path) -> None:
    one_line(run("train", "nowhere.toml"), "nowhere.toml", "linear")
    one_line(run("train", "--set", "colour=red"), "colour", "seed")
    one_line(run("train", "--set", "seed"), "key=value")
    one_line(run("train", "--set", "classifier.regularisation=-1"), "classifier.regularisation")
    assert run("train", "--format", "x").exit_code == 2


def test_own_tables_of_actors(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE.replace("Kenya", "Veltrana"))
    (tmp_path / "mine.csv").write_text("id,kind,names,demonyms,places,home\nVLT,state,Veltrana,Veltranan,,\n")
    result = run(
        "score",
        tmp_path / "a.txt",
        "--model",
        tiny_model,
        "--actors",
        tmp_path / "mine.csv",
        "--format",
        "jsonl",
    )
    assert "VLT" in {s["actor"]["id"] for s in json.loads(result.stdout)["statements"]}
    (tmp_path / "bad.csv").write_text("id,names\nlower,Veltrana\n")
    one_line(
        run("score", tmp_path / "a.txt", "--model", tiny_model, "--actors", tmp_path / "bad.csv"),
        "bad.csv:2",
        "capitals",
    )


def test_sheets_go_in_and_out(tmp_path: Path, tiny_file: Path) -> None:
    sheet, back = tmp_path / "x.sheet", tmp_path / "x.jsonl"
    assert run("corpus", "export", tiny_file, "-o", sheet).exit_code == 0
    assert run("corpus", "import", sheet, "-o", back).exit_code == 0
    assert back.read_text() == tiny_file.read_text()
    sheet.write_text("### a\n\n¶ Kenya spoke.\n> blame | Uganda | UGA | - | -\n")
    one_line(run("corpus", "import", sheet, "-o", back), f"{sheet}:4", "'Uganda' is not in the sentence")
    assert back.read_text() == tiny_file.read_text()
