"""Bad input to `stancewire score`: one clear line each, exit 1, nothing half-written, the other inputs done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]
ENGLISH = "Armenia accused Azerbaijan of shelling the town on Monday. Officials in the capital said that four people had been wounded by the fire."
FRENCH = (
    "L'Arménie a accusé l'Azerbaïdjan d'avoir bombardé la ville lundi. Des responsables de la capitale ont déclaré que quatre personnes avaient été blessées."
)


@pytest.fixture
def score(cli: Cli, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`stancewire score … --model TINY` in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
        return cli("score", *arguments, "--model", tiny_model, stdin=stdin)

    return run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.txt"
    path.write_text(ENGLISH, encoding="utf-8")
    return path


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def bad_missing(folder: Path) -> Path:
    return folder / "missing.txt"


def bad_empty(folder: Path) -> Path:
    (folder / "empty.txt").write_bytes(b"")
    return folder / "empty.txt"


def bad_blank(folder: Path) -> Path:
    (folder / "blank.txt").write_bytes(b" \n\t\n")
    return folder / "blank.txt"


def bad_binary(folder: Path) -> Path:
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8)
    return folder / "picture.txt"


def bad_binary_without_zeros(folder: Path) -> Path:
    (folder / "noise.txt").write_bytes(bytes(b for b in range(1, 256)) * 16)
    return folder / "noise.txt"


def bad_large(folder: Path) -> Path:
    (folder / "large.txt").write_bytes(b"Armenia accused Azerbaijan of shelling. " * 500_000)
    return folder / "large.txt"


def bad_french(folder: Path) -> Path:
    (folder / "french.txt").write_text(FRENCH, encoding="utf-8")
    return folder / "french.txt"


def bad_folder(folder: Path) -> Path:
    (folder / "nothing").mkdir()
    return folder / "nothing"


BAD = [
    (bad_missing, "no such file"),
    (bad_empty, "empty"),
    (bad_blank, "empty"),
    (bad_binary, "binary"),
    (bad_binary_without_zeros, "binary"),
    (bad_large, "20.0 MB is too large"),
    (bad_french, "--any-language"),
    (bad_folder, "no text files"),
]
each_bad = pytest.mark.parametrize(("make", "said"), BAD, ids=[m.__name__.removeprefix("bad_") for m, _ in BAD])


@each_bad
def test_one_line_names_the_input_and_the_others_are_done(
    score: Cli, one_line: OneLine, good: Path, tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    bad = make(tmp_path)
    result = score(bad, good, "--format", "jsonl")
    line = one_line(result)
    assert str(bad) in line and said in line
    [record] = records(result.stdout)
    assert record["id"] == "good" and record["statements"]


@each_bad
def test_nothing_scored_writes_nothing(score: Cli, tmp_path: Path, make: Callable[[Path], Path], said: str) -> None:
    bad = make(tmp_path)
    before = sorted(p.name for p in tmp_path.iterdir())
    result = score(bad, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 1 and said in result.stderr and "Traceback" not in result.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_an_older_file_is_left_as_it_was_where_nothing_could_be_scored(score: Cli, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("kept\n", encoding="utf-8")
    assert score(tmp_path / "missing.txt", "-o", tmp_path / "out.jsonl").exit_code == 1
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "kept\n"


def test_malformed_rows_are_named_by_their_line(score: Cli, tmp_path: Path) -> None:
    rows = [
        json.dumps({"id": "one", "text": ENGLISH}),
        '{"id": "two", "text": ',
        json.dumps({"id": "three"}),
        "",
        "[1]",
        json.dumps({"doc_id": 6, "text": ENGLISH}),
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    result = score(path, "--format", "jsonl")
    lines = result.stderr.splitlines()
    assert result.exit_code == 1 and len(lines) == 3 and all(line.startswith("error: ") for line in lines)
    for line, n, said in zip(lines, (2, 3, 5), ("not JSON", "'text'", "'text'"), strict=True):
        assert f"{path}:{n}: " in line and said in line
    assert [r["id"] for r in records(result.stdout)] == ["one", "6"]


def test_a_row_in_another_language_is_skipped_by_its_id(score: Cli, tmp_path: Path, one_line: OneLine) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps({"id": i, "text": t}) for i, t in (("fr", FRENCH), ("en", ENGLISH))), encoding="utf-8")
    result = score(path, "--format", "jsonl")
    line = one_line(result)
    assert str(path) in line and "fr" in line and [r["id"] for r in records(result.stdout)] == ["en"]


def test_rows_that_are_not_utf8_are_one_line(score: Cli, good: Path, tmp_path: Path, one_line: OneLine) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b'{"id": "one", "text": "Arm\xe9nie"}\n')
    result = score(tmp_path / "rows.jsonl", good, "--format", "jsonl")
    assert "rows.jsonl" in one_line(result) and [r["id"] for r in records(result.stdout)] == ["good"]


def test_an_empty_file_of_rows_is_said(score: Cli, good: Path, tmp_path: Path, one_line: OneLine) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b"")
    result = score(tmp_path / "rows.jsonl", good, "--format", "jsonl")
    assert "rows.jsonl" in one_line(result)


def test_rows_with_a_huge_text_are_refused_as_files_are(score: Cli, good: Path, tmp_path: Path, one_line: OneLine) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": "huge", "text": "The government of Armenia accused the army of shelling the town on Monday and " * 30_000}), encoding="utf-8")
    result = score(tmp_path / "rows.jsonl", good, "--format", "jsonl")
    assert "too large" in one_line(result) and [r["id"] for r in records(result.stdout)] == ["good"]


def test_an_article_of_one_endless_sentence_is_scored(score: Cli, good: Path, tmp_path: Path) -> None:
    """Below the size that is refused, and longer than spaCy takes at once."""
    (tmp_path / "endless.txt").write_text("The government of Armenia accused the army of shelling the town on Monday and " * 15_000, encoding="utf-8")
    result = score(tmp_path / "endless.txt", good, "--format", "jsonl")
    assert result.exit_code == 0 and [r["id"] for r in records(result.stdout)] == ["endless", "good"]


def test_any_language_scores_all(score: Cli, tmp_path: Path) -> None:
    result = score(bad_french(tmp_path), "--any-language", "--format", "jsonl")
    assert result.exit_code == 0 and records(result.stdout)[0]["id"] == "french"


@pytest.mark.parametrize("text", ["Armenia accused Azerbaijan.", "Kyiv: calm!"])
def test_a_text_too_short_to_tell_its_language_is_scored(score: Cli, tmp_path: Path, text: str) -> None:
    (tmp_path / "short.txt").write_text(text, encoding="utf-8")
    assert score(tmp_path / "short.txt", "--format", "jsonl").exit_code == 0


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-be", "cp1250"])
def test_other_encodings_are_detected_and_said(score: Cli, tmp_path: Path, encoding: str) -> None:
    text = ENGLISH.replace("the town", "the “café” town") + " “Enough,” the mayor – a café owner – said of the town’s naïve council." * 3
    raw = text.replace("ï", "i").encode(encoding) if encoding == "cp1250" else text.encode(encoding)
    (tmp_path / "old.txt").write_bytes((b"\xfe\xff" if encoding == "utf-16-be" else b"") + raw)
    result = score(tmp_path / "old.txt", "--format", "jsonl")
    assert result.exit_code == 0
    [record] = records(result.stdout)
    assert "Armenia accused Azerbaijan" in record["sentences"][0]["text"] and "café” town" in record["sentences"][0]["text"].replace('"', "”")
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and "old.txt" in lines[0] and "not UTF-8" in lines[0]


def test_a_byte_order_mark_is_no_part_of_the_text(score: Cli, tmp_path: Path) -> None:
    (tmp_path / "marked.txt").write_text(ENGLISH, encoding="utf-8-sig")
    result = score(tmp_path / "marked.txt", "--format", "jsonl")
    assert result.exit_code == 0 and result.stderr == "" and records(result.stdout)[0]["sentences"][0]["text"].startswith("Armenia")


def test_standard_input_is_an_article(score: Cli) -> None:
    result = score("-", "--format", "jsonl", stdin=ENGLISH.encode())
    [record] = records(result.stdout)
    assert result.exit_code == 0 and (record["id"], record["source"]) == ("stdin", "-") and record["statements"]


@pytest.mark.parametrize(("raw", "said"), [(b"", "empty"), (b"\x00\x01\x02", "binary"), (FRENCH.encode(), "--any-language")])
def test_bad_standard_input_is_one_line(score: Cli, one_line: OneLine, raw: bytes, said: str) -> None:
    line = one_line(score("-", "--format", "jsonl", stdin=raw))
    assert "standard input" in line and said in line


def test_a_folder_is_its_text_files_in_order(score: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    (folder / "deep").mkdir(parents=True)
    for name in ("b.txt", "a.md", "deep/c.text"):
        (folder / name).write_text(ENGLISH, encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\x00")
    result = score(folder, "--format", "jsonl")
    assert result.exit_code == 0 and [r["id"] for r in records(result.stdout)] == ["a", "b", "c"]


def test_no_model_yet_names_the_command_that_makes_one(cli: Cli, store: Path, one_line: OneLine) -> None:
    (store / "good.txt").write_text(ENGLISH, encoding="utf-8")
    line = one_line(cli("score", "good.txt", "-o", "out.jsonl"))
    assert "no model is registered yet" in line and "stancewire train" in line
    assert not (store / "out.jsonl").exists()


def test_a_damaged_model_is_one_line(cli: Cli, tiny_model: Path, good: Path, tmp_path: Path, one_line: OneLine) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "broken"))
    (folder / "model.json").write_text('{"format": 1,', encoding="utf-8")
    assert "model.json is damaged" in one_line(cli("score", good, "--model", folder))


def test_an_output_that_cannot_be_written_is_one_line(score: Cli, good: Path, tmp_path: Path, one_line: OneLine) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "taken").mkdir()
    assert "file" in one_line(score(good, "-o", tmp_path / "file" / "out.jsonl"))
    assert "taken" in one_line(score(good, "-o", tmp_path / "taken", "--format", "jsonl"))
    assert not list((tmp_path / "taken").iterdir()) and sorted(p.name for p in tmp_path.iterdir()) == ["file", "good.txt", "taken"]


def test_usage_errors_exit_with_two(cli: Cli) -> None:
    for arguments in (("score",), ("score", "a.txt", "--format", "xml"), ("score", "a.txt", "--min-score", "2"), ("nosuch",), ("train", "--nosuch")):
        result = cli(*arguments)
        assert result.exit_code == 2 and "Traceback" not in result.stderr


# Annotated corpora.

ANNOTATED = {
    "doc_id": "one",
    "sentences": [{"text": "Armenia accused Azerbaijan.", "statements": [{"stance": "blame", "actor": "Armenia", "actor_id": "ARM"}]}],
}


def changed(**statement: Any) -> str:
    raw = json.loads(json.dumps(ANNOTATED))
    raw["doc_id"] = "bad"
    raw["sentences"][0]["statements"][0].update(statement)
    return json.dumps(raw)


BAD_LINES = [
    ('{"doc_id": "bad", ', "not JSON"),
    (changed(stance="praise"), "unknown stance 'praise'"),
    (changed(actor={"text": "Armenia", "start": 3, "end": 10}), "span 'Armenia'"),
    (changed(actor={"text": "Armenia", "start": 500, "end": 507}), "span 'Armenia'"),
    (changed(actor="Georgia"), "span 'Georgia' is not in its sentence"),
    (changed(actor_id="Armenia!"), "actor_id"),
    ('{"doc_id": "bad"}', "sentences"),
    ('{"doc_id": "bad", "sentences": [{"text": "x", "nosuch": 1}]}', "nosuch"),
    ("[]", "article"),
]


@pytest.mark.parametrize(("bad", "said"), BAD_LINES, ids=[said for _, said in BAD_LINES])
@pytest.mark.parametrize("command", ["validate", "train", "evaluate"])
def test_a_bad_line_of_a_corpus_is_named_by_file_line_and_field(
    cli: Cli, store: Path, tiny_model: Path, one_line: OneLine, command: str, bad: str, said: str
) -> None:
    path = store / "mine.jsonl"
    path.write_text(json.dumps(ANNOTATED) + "\n\n" + bad + "\n", encoding="utf-8")
    arguments = {
        "validate": ("corpus", "validate", path),
        "train": ("train", "--corpus", path),
        "evaluate": ("evaluate", "--corpus", path, "--model", tiny_model),
    }[command]
    result = cli(*arguments)
    line = one_line(result)
    assert f"{path}:3: " in line and said in line
    if command == "validate":
        assert "1 articles" in result.stdout and "1 faults" in result.stdout


def test_every_bad_line_is_told_by_validate(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(line for line, _ in BAD_LINES) + "\n", encoding="utf-8")
    result = cli("corpus", "validate", path)
    assert result.exit_code == 1
    for n in range(1, len(BAD_LINES) + 1):
        assert f"{path}:{n}: " in result.stderr


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00\x80"])
def test_an_empty_or_binary_corpus_is_one_line(cli: Cli, store: Path, tiny_model: Path, one_line: OneLine, content: bytes) -> None:
    path = store / "mine.jsonl"
    path.write_bytes(content)
    for arguments in (
        ("corpus", "validate", path),
        ("train", "--corpus", path),
        ("evaluate", "--corpus", path, "--model", tiny_model),
        ("corpus", "stats", path),
    ):
        assert str(path) in one_line(cli(*arguments))


def test_a_missing_corpus_is_one_line(cli: Cli, store: Path, one_line: OneLine) -> None:
    for arguments in (
        ("corpus", "validate", "none.jsonl"),
        ("corpus", "stats", "none.jsonl"),
        ("corpus", "export", "none.jsonl"),
        ("train", "--corpus", "none.jsonl"),
    ):
        assert "none.jsonl: no such corpus" in one_line(cli(*arguments))


def test_a_bad_sheet_is_named_by_its_line_and_writes_nothing(cli: Cli, tmp_path: Path, one_line: OneLine) -> None:
    sheet = tmp_path / "bad.sheet"
    sheet.write_text("### one\n\n¶ Armenia accused Azerbaijan.\n> praise | Armenia | ARM | - | -\n", encoding="utf-8")
    line = one_line(cli("corpus", "import", sheet, "-o", tmp_path / "out.jsonl"))
    assert f"{sheet}:" in line and "praise" in line
    sheet.write_text("### one\n\n¶ Armenia accused Azerbaijan.\n> blame | Georgia | GEO | - | -\n", encoding="utf-8")
    line = one_line(cli("corpus", "import", sheet, "-o", tmp_path / "out.jsonl"))
    assert f"{sheet}:4: " in line and "Georgia" in line
    assert not (tmp_path / "out.jsonl").exists()
