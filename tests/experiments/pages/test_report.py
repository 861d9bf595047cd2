"""The report of runs: curves, confusion, errors, and the page that `experiments report` writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from lxml import html
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.errors import InputError
from stancewire.experiments.comparison.counts import counts_of
from stancewire.experiments.comparison.tables import measure_rows
from stancewire.experiments.pages.report.confusion import NONE, confusion_of
from stancewire.experiments.pages.report.contents import Contents, ReportSide, own_interval, read_contents
from stancewire.experiments.pages.report.curves import calibration, precision_recall
from stancewire.experiments.pages.report.entries import errors_of_report
from stancewire.experiments.pages.report.learning import draw_curve, read_curve
from stancewire.experiments.pages.report.render import verdict
from stancewire.training.evaluation.predictions import (
    CandidateRow,
    PartyRow,
    Predictions,
    SentenceRow,
    StatementRow,
)

Cli = Callable[..., Result]
ROLES = ("blame:actor", "blame:target", "appeal:actor")


def party(start: int | None, identity: str | None = "AAA") -> PartyRow:
    end = None if start is None else start + 5
    return PartyRow(start, end, identity, "unnamed" if start is None else "name")


def statement(stance: str, start: int, score: float | None, match: int | None, **about: Any) -> StatementRow:
    targets = (party(about.pop("target", None), about.pop("target_id", None)),)
    return StatementRow(stance, party(start), targets, start // 10, match, 0, score, **about)


def sentence(n: int, gold: tuple[StatementRow, ...], predicted: tuple[StatementRow, ...]) -> SentenceRow:
    """A sentence with three candidates, at 0, 10 and 20, whose gold roles are those of the statements."""
    candidates = []
    for at in (0, 10, 20):
        roles = [f"{s.stance}:actor" for s in gold if s.actor.start == at]
        roles += [f"{s.stance}:target" for s in gold for t in s.targets if t.start == at]
        scores = [max((p.score or 0 for p in predicted if p.actor.start == at), default=0.0), 0.0, 0.0]
        candidates.append(
            CandidateRow(at, at + 5, "name", tuple(scores), tuple(int(r in roles) for r in ROLES))
        )
    return SentenceRow(
        f"d{n}", "c", "o", "g", "sha", 0, 0, 40, 6, False, (), tuple(candidates), gold, predicted
    )


@pytest.fixture
def predictions() -> Predictions:
    rows = (
        sentence(
            0, (statement("blame", 0, None, 0, target=10),), (statement("blame", 0, 0.9, 0, target=20),)
        ),
        sentence(1, (statement("blame", 0, None, None),), (statement("appeal", 0, 0.7, None),)),
        sentence(2, (statement("blame", 10, None, 0),), (statement("blame", 10, 0.2, 0, kept=False),)),
        sentence(3, (), (statement("blame", 20, 0.6, None),)),
    )
    thresholds = {"blame:actor": 0.5, "appeal:actor": 0.5, "target": 0.5}
    return Predictions("validation", ROLES, ("blame", "appeal"), (), thresholds, rows)


def test_the_curve_passes_through_the_output_of_the_model(predictions: Predictions) -> None:
    curve = precision_recall(predictions, "blame")
    assert curve.at == (pytest.approx(1 / 3), pytest.approx(1 / 2))
    assert curve.recall == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert curve.precision == pytest.approx([1, 1 / 2, 2 / 3])
    assert (curve.recall[1], curve.precision[1]) == curve.at
    counts = counts_of(predictions).measures["blame"].sum(axis=0)
    assert curve.at == (pytest.approx(counts[0] / counts[2]), pytest.approx(counts[0] / counts[1]))


def test_a_stance_without_statements_has_an_empty_curve(predictions: Predictions) -> None:
    assert precision_recall(predictions, "appeal") == ([], [], None)


def test_confusion_counts_every_role_of_a_mention(predictions: Predictions) -> None:
    table = confusion_of(predictions)
    at = {
        (a, b): table.counts[i][j]
        for i, a in enumerate(table.names)
        for j, b in enumerate(table.names)
        if table.counts[i][j]
    }
    assert at == {
        ("blame:actor", "blame:actor"): 1,
        ("blame:target", NONE): 1,
        (NONE, "blame:target"): 1,
        ("blame:actor", "appeal:actor"): 1,
        ("blame:actor", NONE): 1,
        (NONE, "blame:actor"): 1,
    }
    assert table.counts[-1][-1] is None


def test_calibration_leaves_out_bins_of_a_few_candidates(predictions: Predictions) -> None:
    score, right = calibration(counts_of(predictions))
    assert len(score) == len(right) == 0


def test_intervals_of_slices_draw_only_their_own_articles() -> None:
    good = [
        sentence(n, (statement("blame", 0, None, 0),), (statement("blame", 0, 0.9, 0),)) for n in range(8)
    ]
    other = [sentence(n, (), ()) for n in range(8, 40)]
    counts = counts_of(Predictions("test", ROLES, ("blame",), (), {}, (*good, *other)))
    interval = own_interval(counts, "F1", "blame")
    assert interval is not None and interval.low == interval.high == 1
    few = counts.take([*range(3), *range(8, 40)])
    assert own_interval(few, "F1", "blame") is None


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (0, "F1 of statements was not measured: the articles have none."),
        (3, "F1 of statements is 1.000 on 3 test articles; fewer than 5 have any, too few for an interval."),
    ],
)
def test_a_verdict_on_few_articles_has_no_interval(found: int, expected: str) -> None:
    right = (statement("blame", 0, None, 0),), (statement("blame", 0, 0.9, 0),)
    rows = [sentence(n, *(right if n < found else ((), ()))) for n in range(3)]
    predictions = Predictions("test", ROLES, ("blame",), (), {}, tuple(rows))
    counts = counts_of(predictions)
    side = ReportSide("A", "run", None, predictions, counts)
    assert verdict(Contents("test", (side,), None, tuple(measure_rows([[counts]])), ())) == expected


def test_an_error_of_several_sides_is_one_entry(predictions: Predictions) -> None:
    good = statement("blame", 0, 0.9, 0)
    gold = (statement("blame", 0, None, 0),)
    scores = {"A": 0.9, "B": 0.3, "C": 0.2}
    sides = []
    for letter, score in scores.items():
        rows = (sentence(0, gold, (replace(good, score=score, kept=score > 0.5, shared_targets=1),)),)
        own = replace(predictions, rows=rows)
        run = SimpleNamespace(data=SimpleNamespace(params={}))
        sides.append(ReportSide(letter, letter, run, own, counts_of(own)))
    found = errors_of_report(Contents("validation", tuple(sides), None, (), ()))
    assert [(e.kind, e.made_by) for e in found.entries] == [("missed", "B, C")]


# The page.


def rendered(page: Path) -> Any:
    return html.fromstring(page.read_text(encoding="utf-8"))


def test_a_report_of_one_run(trained_store: Path, cli: Cli, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = cli("experiments", "report", "champion", "-o", page)
    assert result.exit_code == 0, result.stderr
    tree = rendered(page)
    headings = [h.text for h in tree.iter("h2")]
    assert headings == [
        "Verdict", "Measures", "Slices", "Curves", "Confusion by role", "Errors", "Provenance",
        "What was not measured",
    ]  # fmt: skip
    contents = read_contents(["champion"])
    f1 = next(r for r in contents.measures if r.name == "statements").values[0]
    assert f"F1 of statements is {f1:.3f}" in tree.xpath("string(//p[@class='verdict'])")
    entries = tree.xpath("//ol[@id='entries']/li")
    assert entries and all(e.xpath("p[@class='sentence']") for e in entries)
    assert contents.sides[0].run.info.run_id in tree.xpath("string(//section[last() - 1])")


def test_a_report_without_text_has_none(
    trained_store: Path, cli: Cli, tiny_file: Path, tmp_path: Path
) -> None:
    with_text, page = tmp_path / "with.html", tmp_path / "without.html"
    assert cli("experiments", "report", "champion", "-o", with_text).exit_code == 0
    assert cli("experiments", "report", "champion", "-o", page, "--no-text").exit_code == 0
    told, kept_back = (p.read_text(encoding="utf-8") for p in (with_text, page))
    sentences = [s.text for a in read_corpus([tiny_file]) if a.split == "validation" for s in a.sentences]
    assert any(escape(s) in told for s in sentences)
    assert not [s for s in sentences if len(s) > 30 and s in kept_back]
    assert "[name]" in kept_back
    parties = {
        s.actor.text for a in read_corpus([tiny_file]) for x in a.sentences for s in x.statements if s.actor
    }
    assert not [w for w in parties if len(w) > 12 and w in kept_back]


def test_texts_that_are_not_found_are_reported(
    trained_store: Path, cli: Cli, tmp_path: Path, tiny_file: Path
) -> None:
    page, empty = tmp_path / "report.html", tmp_path / "other.jsonl"
    empty.write_text('{"doc_id": "x", "sentences": [{"text": "A."}]}\n', encoding="utf-8")
    result = cli("experiments", "report", "champion", "-o", page, "--corpus", empty)
    assert result.exit_code == 0, result.stderr
    assert "texts were not found on this machine" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["nothing"], "nothing"),
        (["champion", "--split", "pooled"], "keeps no predictions of pooled articles"),
        (["champion", "champion"], "the same run"),
        (["champion"] * 7, "7 runs are too many for a report"),
        (["champion", "--learning-curve", "absent.csv"], "absent.csv"),
    ],
)
def test_invalid_requests_are_one_line(
    arguments: list[str],
    what: str,
    trained_store: Path,
    cli: Cli,
    one_line: Callable[[Result], str],
    tmp_path: Path,
) -> None:
    page = tmp_path / "report.html"
    assert what in one_line(cli("experiments", "report", *arguments, "-o", page))
    assert not page.exists()


# Learning curves.

CURVE = """share,seed,articles,sentences,on,measured,name,f1,gold,low,high
0.5,0,20,400,test,6,statements,0.5,30,0.4,0.6
1.0,0,40,800,test,6,statements,0.7,30,,
0.5,0,20,400,test,6,blame,0.4,12,,
1.0,0,40,800,test,6,blame,0.6,12,,
"""


def test_a_learning_curve_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(CURVE, encoding="utf-8")
    curve = read_curve(path)
    assert [(r.name, r.articles, r.over_seeds.mean) for r in curve] == [
        ("statements", 20, 0.5),
        ("statements", 40, 0.7),
        ("blame", 20, 0.4),
        ("blame", 40, 0.6),
    ]
    assert "statements on test 0.70" in draw_curve(curve)


# The last one has a cell that is longer than the csv module reads.
OTHER_TABLES = [
    "",
    "a,b\n1,2\n",
    CURVE.replace("0.7", "x"),
    CURVE.split("\n")[0] + "\n",
    CURVE + '"' + "x" * 200_000,
]


@pytest.mark.parametrize(
    "text", OTHER_TABLES, ids=["empty", "other columns", "no number", "no rows", "a long cell"]
)
def test_other_tables_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"curve\.csv"):
        read_curve(path)
