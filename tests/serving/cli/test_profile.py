"""`stancewire profile`."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from lxml import html
from rich.cells import cell_len
from stancewire.data.annotation.corpus import write_corpus
from stancewire.data.schema import Article
from stancewire.experiments.tracking.lookup import search

sys.path.insert(0, str(Path(__file__).parents[1] / "profile"))

from records import record, write

Cli = Callable[..., Result]
KEN, SOM = ("blame", "KEN", "SOM"), ("appeal", "SOM", "UN")
HOSTILE = "<script>alert(1)</script>\x1b]0;x\x07=cmd()"


def made(n: int = 40) -> list[dict[str, Any]]:
    """Records of several outlets and months."""
    rng = random.Random(0)
    out = []
    for k in range(n):
        said = [
            rng.choice([KEN, KEN, SOM, ("ceasefire_claim", "KEN", None)]) for _ in range(rng.randrange(5))
        ]
        outlet = rng.choice(
            ["Daily", "The Northern Courier of the Republic of Somewhere", "見出し新聞", "-x"]
        )
        date = f"2024-{rng.randrange(1, 7):02}-{rng.randrange(1, 28):02}"
        out.append(record(f"a{k}", said, loaded=rng.randrange(3), outlet=outlet, date=date))
    return out


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    return write(tmp_path / "scores.jsonl", made())


@pytest.mark.parametrize("by", [None, "outlet", "date", "actor"])
@pytest.mark.parametrize("columns", [80, 120])
def test_tables_fit_the_terminal(
    scores: Path, by: str | None, columns: int, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    result = cli("profile", scores, *(["--by", by] if by else []))
    assert result.exit_code == 0, result.stderr
    assert all(cell_len(line) <= columns for line in result.stdout.splitlines())
    text = " ".join(result.stdout.split())
    assert text.startswith("40 articles, 4 outlets, 2024-01-")
    assert "not corrected" in text and "not who is right" in text
    assert {None: "share of voice", "outlet": "Daily", "date": "2024-0", "actor": "KEN"}[
        by
    ] in text or by is None


def test_records_tables_folders_and_standard_input_give_the_same_counts(
    scores: Path, cli: Cli, tmp_path: Path
) -> None:
    raw = scores.read_bytes()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "scores.jsonl.gz").write_bytes(gzip.compress(raw))
    expected = cli("profile", scores, "--format", "json").stdout
    assert cli("profile", folder, "--format", "json").stdout == expected
    assert cli("profile", "-", "--format", "json", stdin=raw).stdout == expected
    assert (
        cli("profile", scores, scores, "--format", "json").stdout.replace('"copies": 40', '"copies": 0')
        == expected
    )


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_tables_of_statements_have_the_same_statements(ending: str, scores: Path, cli: Cli) -> None:
    from stancewire.data.record import Record
    from stancewire.serving.output.statement_files import ParquetWriter
    from stancewire.serving.output.writers import CsvWriter

    out = scores.with_suffix(ending)
    text = io.StringIO()
    with out.open("wb") as file:
        writer: Any = CsvWriter(text) if ending == ".csv" else ParquetWriter(file)
        for line in scores.read_text("utf-8").splitlines():
            writer.write(Record.from_dict(json.loads(line)))
        writer.close()
        if ending == ".csv":
            file.write(text.getvalue().encode())
    shares = []
    for path in (scores, out):
        found = json.loads(cli("profile", path, "--format", "json").stdout)["overall"]
        shares.append([s for s in found["shares"] if s["measure"] != "label"])
    assert shares[0] == shares[1]


def test_csv_has_one_share_per_row_and_is_safe(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", [record("a", [KEN, SOM], outlet="=1+1"), record("b", [KEN])])
    rows = list(csv.DictReader(io.StringIO(cli("profile", path, "--by", "outlet", "--format", "csv").stdout)))
    assert {r["group"] for r in rows} == {"", "'=1+1", "Daily"}
    ken = next(r for r in rows if r["by"] == "all" and r["measure"] == "statements" and r["of"] == "KEN")
    assert (ken["count"], ken["total"], ken["share"], ken["note"]) == ("2", "3", "0.6667", "not corrected")
    pair = next(r for r in rows if r["by"] == "all" and r["measure"] == "blame pair")
    assert (pair["of"], pair["towards"], pair["count"]) == ("KEN", "SOM", "2")


def test_the_page_escapes_what_articles_bring(cli: Cli, tmp_path: Path) -> None:
    records = [
        record(HOSTILE + str(n), [KEN, SOM, ("blame", "<B>", "SOM")], outlet=HOSTILE, date=f"2024-0{n}-01",
               title=HOSTILE, also_in=[("<i>Courier</i>", "2024-05-01")])
        for n in range(1, 5)
    ]  # fmt: skip
    out = tmp_path / "page.html"
    result = cli("profile", write(tmp_path / "x.jsonl", records), "--by", "outlet", "-o", out)
    assert result.exit_code == 0, result.stderr
    text = out.read_text("utf-8")
    assert "<script>alert" not in text and "\x1b" not in text and "<B>" not in text
    page = html.fromstring(text)
    assert [h.text for h in page.iter("h2")] == [
        "Share of voice", "What is carried", "Who blames whom", "Who appeals to whom", "Over time",
        "Share of voice by outlet", "Network", "By outlet", "Carried by several outlets", "Identities",
    ]  # fmt: skip
    assert len(page.xpath("//figure")) == 6 and not page.xpath("//i")
    assert "not corrected" in text and " style=" not in text


@pytest.mark.parametrize("by", [None, "outlet", "date", "actor"])
@pytest.mark.parametrize("said", [[], [KEN], [("ceasefire_claim", None, None)]])
def test_a_page_of_one_article(said: list[Any], by: str | None, cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", [record("a", said, outlet=None, date=None)])
    for arguments in ([], ["-o", tmp_path / "page.html", "--graph", tmp_path / "x.gexf"]):
        result = cli("profile", path, *arguments, *(["--by", by] if by else []))
        assert result.exit_code == 0, result.stderr
    page = html.fromstring((tmp_path / "page.html").read_text("utf-8"))
    assert page.xpath("string(//header//p)") == f"1 article, {len(said)} statement{'s' * (len(said) != 1)}"


def test_an_invalid_line_is_one_error_and_the_rest_is_profiled(scores: Path, cli: Cli) -> None:
    lines = scores.read_text("utf-8").splitlines()
    lines[3] = '{"id": 1}'
    lines[5] = "{"
    lines[7] = json.dumps(
        {
            "id": "x",
            "sentences": [],
            "statements": [json.loads(lines[0])] * 0
            + [{"sentence": 3, "stance": "blame", "score": 0.5, "actor": {"text": None}}],
        }
    )
    scores.write_text("\n".join(lines), "utf-8")
    result = cli("profile", scores)
    assert result.exit_code == 1 and result.stdout.startswith("37 articles")
    errors = result.stderr.splitlines()
    assert [e.split(": ")[1] for e in errors] == [f"{scores}:{n}" for n in (4, 6, 8)]
    assert all(e.startswith("error: ") for e in errors)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "no articles"),
        ('{"id": "a", "text": "x"}\n', "sentences: Field required"),
        ('{"doc_id": "a", "sentences": [{"text": "x"}]}\n', "an article that is not scored"),
        ("[1]\n", "not a record"),
    ],
)
def test_what_is_not_scored_is_refused_and_nothing_written(
    content: str, what: str, cli: Cli, tmp_path: Path
) -> None:
    path, out = tmp_path / "x.jsonl", tmp_path / "out.html"
    path.write_text(content, "utf-8")
    result = cli("profile", path, "-o", out, "--graph", tmp_path / "x.csv", "--dna", tmp_path / "d.csv")
    assert result.exit_code == 1 and what in result.stderr and "Traceback" not in result.stderr
    assert not out.exists() and not (tmp_path / "x.csv").exists()


def test_dates_and_outlets_are_chosen_as_in_score(
    scores: Path, cli: Cli, one_line: Callable[[Result], str]
) -> None:
    result = cli("profile", scores, "--since", "2024-05", "--outlet", "daily", "--format", "json")
    found = json.loads(result.stdout)
    assert 0 < found["articles"] < 40 and found["first"] >= "2024-05" and found["outlets"] == 1
    assert "left out by --since" in result.stderr
    assert "--until: '24' is not a date" in one_line(cli("profile", scores, "--until", "24"))
    assert "no scored articles" in cli("profile", scores, "--since", "2030").stderr


def test_the_network_and_dna_files_are_written(scores: Path, cli: Cli, tmp_path: Path) -> None:
    graph, dna = tmp_path / "n.graphml", tmp_path / "dna.csv"
    result = cli("profile", scores, "--graph", graph, "--dna", dna)
    assert result.exit_code == 0, result.stderr
    assert f"2 edges written to {graph}" in result.stderr
    assert len(dna.read_text("utf-8").splitlines()) == 1 + sum(len(r["statements"]) for r in made())


# Correction.


def test_shares_are_corrected_with_annotated_articles(
    trained_store: Path, tiny: list[Article], shipped: list[Article], cli: Cli, tmp_path: Path
) -> None:
    seen = {a.doc_id for a in tiny}
    fresh = [a.model_copy(update={"split": None}) for a in shipped if a.doc_id not in seen][:60]
    mine, articles = tmp_path / "mine.jsonl", tmp_path / "articles.jsonl"
    write_corpus(mine, [*fresh[:40], *tiny])
    rows = [{"id": a.doc_id, "text": a.text, "outlet": a.outlet, "date": a.date} for a in fresh[40:]]
    articles.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    out = tmp_path / "scores.jsonl"
    assert cli("score", articles, "-o", out).exit_code == 0
    result = cli("profile", out, "--annotated", mine, "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert "6 annotated articles of the test split left out" in result.stderr
    assert "48 annotated articles left out: the model was trained or tuned on them" in result.stderr
    found = json.loads(result.stdout)
    assert found["annotated"].startswith("40 annotated articles")
    told = [s for s in found["overall"]["shares"] if s["note"] == "corrected"]
    assert told and all(0 <= s["low"] <= s["corrected"] <= s["high"] <= 1 for s in told)
    untold = [s for s in found["overall"]["shares"] if s["note"].startswith("not enough articles to tell")]
    assert untold and all(s["corrected"] is None for s in untold)
    again = cli("profile", out, "--annotated", mine, "--by", "outlet", "-o", tmp_path / "page.html")
    assert again.exit_code == 0, again.stderr


def test_annotated_articles_that_the_model_has_seen_do_not_count(
    trained_store: Path, tiny_file: Path, scores: Path, cli: Cli, one_line: Callable[[Result], str]
) -> None:
    result = cli("profile", scores, "--annotated", tiny_file, "--quiet")
    assert "0 annotated articles that the model has not seen; at least 20 are needed" in one_line(result)


def test_the_run_of_a_cross_validation_corrects(
    store: Path, tiny: list[Article], cli: Cli, scores: Path
) -> None:
    write_corpus(store / "few.jsonl", [a.model_copy(update={"split": "train"}) for a in tiny[:24]])
    result = cli("train", "--corpus", "few.jsonl", "--folds", "2", "--set", "bootstrap=0")
    assert result.exit_code == 0, result.stderr
    (run,) = re.findall(r"^run ([0-9a-f]{32}) and", result.stdout, re.M)
    profiled = cli("profile", scores, "--annotated", run, "--format", "json")
    assert profiled.exit_code == 0, profiled.stderr
    assert json.loads(profiled.stdout)["annotated"] == f"24 annotated articles ({run})"
    again = cli("train", "--corpus", "few.jsonl", "--folds", "3", "--set", "bootstrap=0")
    (other,) = re.findall(r"^run ([0-9a-f]{32}) and", again.stdout, re.M)
    both = cli("profile", scores, "--annotated", run, "--annotated", other, "--format", "json")
    assert json.loads(both.stdout)["annotated"] == f"24 annotated articles ({run}, {other})"
    assert "24 annotated articles left out: already among the others" in both.stderr


def test_a_run_that_is_no_cross_validation_is_refused(
    trained_store: Path, scores: Path, cli: Cli, one_line: Callable[[Result], str]
) -> None:
    assert "no run" in one_line(cli("profile", scores, "--annotated", "0" * 32))
    (run,) = search()
    line = one_line(cli("profile", scores, "--annotated", run.info.run_id))
    assert "is no cross-validation" in line and "stancewire train --folds 5" in line
