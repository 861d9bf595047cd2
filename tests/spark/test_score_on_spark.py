"""`stancewire score --engine spark`: the same records and errors as on one machine, byte for byte."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from stancewire.data.schema import Article
from stancewire.serving.batch.spark import session

pytestmark = pytest.mark.spark
Both = Callable[..., tuple[Result, Result]]
BLAME = "Kenya accused Somalia of shelling the camp. It rained for days on the border town of Mandera."
GERMAN = (
    "Die Regierung wirft den Rebellen vor, die Stadt beschossen zu haben, und fordert ein Ende der Gewalt."
)


def articles(n: int) -> list[dict[str, Any]]:
    """Articles with and without an id, in which two countries blame each other."""
    found: list[dict[str, Any]] = []
    for i in range(n):
        one = {
            "text": f"{BLAME} Somalia urged Kenya to withdraw {i} troops.",
            "date": f"2024-05-{i % 28 + 1:02}",
        }
        found.append(
            one | ({"id": f"a{i}", "outlet": "Gazette"} if i % 3 else {"title": f"Día {i} “quoted”"})
        )
    return found


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def parts(folder: Path) -> bytes:
    """The records of an output, one part after another."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("part-*.jsonl")))


def errors(result: Result) -> list[str]:
    return [line for line in result.stderr.splitlines() if line.startswith("error")]


def assert_same(on_spark: Result, local: Result) -> None:
    assert on_spark.exit_code == local.exit_code, on_spark.stderr
    assert errors(on_spark) == errors(local)
    assert parts(Path("spark.jsonl")) == Path("local.jsonl").read_bytes()


def test_records_are_identical_in_the_order_of_the_input(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small enough that Spark reads the file in several parts, whose lines are numbered all the same.
    monkeypatch.setattr(session, "_SPLIT_BYTES", 2000)
    text = lines(articles(120)).replace("\n", "\n\n", 7)
    Path(tmp_path / "news.jsonl").write_text(text, encoding="utf-8-sig")
    on_spark, local = both("news.jsonl", "--min-score", "0.2")
    assert_same(on_spark, local)
    records = [json.loads(line) for line in parts(Path("spark.jsonl")).splitlines()]
    assert len(records) == 120 and sum(len(r["statements"]) for r in records) > 120
    assert len(list(Path("spark.jsonl").glob("part-*"))) > 2
    assert (
        "120 articles" in on_spark.stderr
        and sorted(p.name for p in tmp_path.iterdir() if "part" in p.name) == []
    )


def test_two_thousand_articles_have_identical_records(
    both: Both, shipped: list[Article], tmp_path: Path
) -> None:
    """Sentences of the shipped corpus, as articles of one to five; every fifth article has no id."""
    sentences = [sentence.text for article in shipped for sentence in article.sentences]
    rows: list[dict[str, Any]] = []
    for i in range(2000):
        start = i * 7 % len(sentences)
        row = {"text": " ".join(sentences[start : start + i % 5 + 1]), "title": f"Article {i}"}
        rows.append(row if i % 5 == 0 else row | {"id": f"a{i}"})
    (tmp_path / "news.jsonl").write_text(lines(rows), encoding="utf-8")
    on_spark, local = both("news.jsonl", "--min-score", "0.2")
    assert_same(on_spark, local)
    records = [json.loads(line) for line in parts(Path("spark.jsonl")).splitlines()]
    assert [r["title"] for r in records] == [row["title"] for row in rows]
    assert sum(len(r["statements"]) for r in records) > 1000


def test_what_cannot_be_read_is_reported_alike(both: Both, tmp_path: Path) -> None:
    rows = articles(9)
    rows[1]["id"] = rows[4]["id"] = rows[7]["id"] = "same"
    text = lines(rows) + '{"text": 5}\nnot JSON\n{"text": "  "}\n' + lines([{"text": GERMAN}])
    (tmp_path / "a.jsonl").write_text(text + '{"txt": "no"}\n' + lines([{"text": BLAME, "id": "same"}]))
    on_spark, local = both("a.jsonl")
    assert_same(on_spark, local)
    assert on_spark.exit_code == 1 and len(errors(on_spark)) == 7
    assert "1 skipped (1 not in English: de)" in on_spark.stderr


def test_a_folder_with_names_that_look_like_patterns(both: Both, tmp_path: Path) -> None:
    folder = tmp_path / "in [x] 100%20"
    (folder / "deep").mkdir(parents=True)
    (folder / "b {1}.jsonl").write_text(lines(articles(4)))
    (folder / "a*.ndjson").write_text(lines(articles(3)).rstrip())
    (folder / "deep" / "ünder.jsonl.gz").write_bytes(gzip.compress(lines(articles(5)).encode()))
    assert_same(*both("in [x] 100%20", "--no-text", "--since", "2024-05-02"))
    assert_same(*both(str(folder / "b {1}.jsonl"), "in [x] 100%20/deep"))


def test_parquet_in_and_out(both: Both, tmp_path: Path) -> None:
    rows = [{"headline": None, "id": None, "outlet": None, **one} for one in articles(40)]
    rows[3]["text"] = None
    table = pa.Table.from_pylist([{"body" if k == "text" else k: v for k, v in row.items()} for row in rows])
    pq.write_table(table.slice(0, 25), tmp_path / "a.parquet", row_group_size=10)
    pq.write_table(table.slice(25).drop(["outlet"]), tmp_path / "b.parquet")
    assert_same(*both("a.parquet", "b.parquet", "--min-score", "0.2"))
    on_spark, _ = both("a.parquet", "b.parquet", "--min-score", "0.2", ending=".parquet")
    assert on_spark.exit_code == 0
    found = pa.concat_tables(pq.read_table(p) for p in sorted(Path("spark.parquet").glob("part-*.parquet")))
    assert found.num_rows > 20 and found.to_pylist() == pq.read_table("local.parquet").to_pylist()


def test_the_gate_is_used_if_asked_for(cli: Callable[..., Result], gated_model: Path, tmp_path: Path) -> None:
    """The gate passes no sentence, so that statements are found only if it is not used."""
    (tmp_path / "a.jsonl").write_text(lines(articles(4)))
    common = (tmp_path / "a.jsonl", "--model", gated_model, "--min-score", "0.2")
    found = {}
    for name, options in (("with", ("--gate",)), ("without", ())):
        out = tmp_path / name
        on_spark = cli("score", *common, *options, "--engine", "spark", "-o", out, "--partitions", 1)
        here = cli("score", *common, *options, "--workers", "1", "--format", "jsonl")
        assert on_spark.exit_code == here.exit_code == 0, on_spark.stderr + here.stderr
        assert parts(out).decode() == here.stdout
        found[name] = [len(json.loads(line)["statements"]) for line in here.stdout.splitlines()]
    assert found["with"] == [0] * 4 and min(found["without"]) > 0


def test_addresses_and_tables_of_actors(cli: Callable[..., Result], model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        lines([{"text": "The Azure Front accused Kenya of shelling the camp."}])
    )
    (tmp_path / "own.csv").write_text("id,kind,names,demonyms,places,home\nAZF,group,Azure Front,,,\n")
    common = ("--model", model, "--actors", tmp_path / "own.csv", "--min-score", "0.1")
    local = cli("score", tmp_path / "a.jsonl", *common, "--format", "jsonl")
    address = tmp_path.as_uri()
    done = cli(
        "score", f"{address}/a.jsonl", *common, "--engine", "spark", "-o", f"{address}/out", "--partitions", 1
    )
    assert done.exit_code == local.exit_code == 0, done.stderr + local.stderr
    on_spark, here = json.loads(parts(tmp_path / "out")), json.loads(local.stdout)
    assert on_spark["statements"] == here["statements"] and on_spark["model"] == here["model"]
    assert any(s["actor"]["id"] == "AZF" for s in here["statements"])


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        ({"a.jsonl": '{"text": ""}\n'}, ("a.jsonl",), "out: nothing could be scored; not written"),
        ({"a.jsonl": ""}, ("a.jsonl",), "a.jsonl: empty"),
        ({"a.txt": BLAME}, ("a.txt",), "a.txt: Spark reads .jsonl and .parquet"),
        ({"a.parquet": "PAR1"}, ("a.parquet",), "Spark job failed"),
        ({}, ("none.jsonl",), "none.jsonl: no such file"),
        ({"a.jsonl": lines([{"text": BLAME}])}, ("a.jsonl", "./a.jsonl"), "is named twice"),
    ],
)
def test_invalid_inputs_are_one_line_and_no_output(
    content: dict[str, str], arguments: tuple[str, ...], said: str, cli: Callable[..., Result], model: Path,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    for name, text in content.items():
        Path(name).write_text(text)
    result = cli("score", *arguments, "--engine", "spark", "--model", model, "-o", "out")
    assert result.exit_code == 1 and said in errors(result)[-1], result.stderr
    assert "Traceback" not in result.stderr and "py4j" not in result.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(content)
