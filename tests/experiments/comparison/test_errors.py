"""Errors by kind and cause, and what a run loses and wins against another one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.data.annotation.corpus import write_corpus
from stancewire.data.schema import Article, Sentence
from stancewire.experiments.comparison.errors import count_errors, errors_of, exchange
from stancewire.experiments.comparison.texts import over_represented
from stancewire.training.evaluation.predictions import Predictions, SentenceRow

from .made_runs import TEXT, connected, log_run, predictions, sentence

Cli = Callable[..., Result]


def of(*rows: SentenceRow) -> Predictions:
    return replace(predictions("validation", 1.0), rows=rows)


@pytest.mark.parametrize(
    ("score", "kind", "cause"),
    [(0.05, "missed", "role"), (0.35, "missed", "threshold"), (0.9, None, None)],
)
def test_a_missed_statement_is_a_matter_of_role_or_threshold(
    score: float, kind: str | None, cause: str | None
) -> None:
    errors = errors_of(of(sentence(0, 0, score)))
    assert [(e.kind, e.cause) for e in errors] == ([(kind, cause)] if kind else [])
    assert all(e.score == score and e.threshold == 0.4 for e in errors)


def test_an_actor_without_candidate_is_a_missed_candidate() -> None:
    row = sentence(0, 0, 0.05)
    row = replace(row, gold=(replace(row.gold[0], candidate=-1, match=None),), predicted=())
    assert [(e.kind, e.cause, e.score) for e in errors_of(of(row))] == [("missed", "candidate missed", None)]


def test_an_actor_merged_with_another_one_is_a_matter_of_identity() -> None:
    row = sentence(0, 0, 0.9)
    row = replace(row, gold=(replace(row.gold[0], match=None),), predicted=())
    assert [(e.kind, e.cause) for e in errors_of(of(row))] == [("missed", "identity")]


def test_wrong_targets_and_identities_are_errors_of_found_statements() -> None:
    row = sentence(0, 0, 0.9)
    wrong = replace(row.predicted[0], shared_targets=0, actor=replace(row.predicted[0].actor, id="UGA"))
    assert [(e.kind, e.cause) for e in errors_of(of(replace(row, predicted=(wrong,))))] == [
        ("wrong target", "pairing"),
        ("wrong identity", "identity"),
    ]


def test_an_extra_statement_just_above_the_threshold_is_a_matter_of_it() -> None:
    row = sentence(0, 0, 0.9, extra=True)
    far = replace(row, predicted=(row.predicted[0], replace(row.predicted[1], score=0.8)))
    assert [(e.kind, e.cause) for e in errors_of(of(row))] == [("extra", "threshold")]
    assert [(e.kind, e.cause) for e in errors_of(of(far))] == [("extra", "role")]


def test_lost_and_won_have_the_scores_of_both_runs() -> None:
    run = of(sentence(0, 0, 0.3), sentence(0, 1, 0.9), sentence(0, 2, 0.1), sentence(0, 3, 0.9, extra=True))
    other = of(sentence(0, 0, 0.8), sentence(0, 1, 0.2), sentence(0, 2, 0.2), sentence(0, 3, 0.9))
    found = exchange(run, other)
    assert [(e.sentence, e.kind, e.score, e.other_score) for e in found.lost] == [
        (0, "missed", 0.3, 0.8),
        (3, "extra", 0.45, 0.2),
    ]
    assert [(e.sentence, e.score, e.other_score) for e in found.won] == [(1, 0.2, 0.9)]
    assert [(e.sentence, e.score, e.other_score) for e in found.both] == [(2, 0.1, 0.2)]


def test_words_of_the_lost_sentences_stand_out() -> None:
    rows = [replace(sentence(n, 0, 0.9), end=40) for n in range(60)]
    texts = {
        f"article-{n:03}": f"{'mortar' if n < 8 else 'talks'} word{n} the town".ljust(40) for n in range(60)
    }
    found = over_represented(of(*rows), {(f"article-{n:03}", 0) for n in range(8)}, texts)
    assert [(w.word, w.inside, w.outside) for w in found] == [("mortar", 8, 0)]


@pytest.fixture
def corpus(store: Path) -> Path:
    path = store / "corpus.jsonl"
    sentences = tuple(Sentence(text=TEXT) for _ in range(4))
    write_corpus(path, [Article(doc_id=f"article-{n:03}", sentences=sentences) for n in range(40)])
    return path


def test_the_command_shows_errors_in_their_sentences(cli: Cli, corpus: Path) -> None:
    mlflow = connected()
    ids = [log_run(mlflow, r, settings={"x": str(r)}) for r in (0.6, 0.8)]
    result = cli("experiments", "errors", ids[0], "--against", ids[1], "--corpus", corpus, "--limit", 3)
    assert result.exit_code == 0, result.stderr
    assert "lost: wrong in" in result.stdout and "won: right in" in result.stdout
    assert "[Kenya] accused Somalia of shelling." in result.stdout
    assert "gold: Kenya (KEN) → Somalia (SOM); predicted: none; score" in result.stdout
    assert f"in {ids[1][:8]}, threshold 0.40" in result.stdout
    assert "article-000, sentence 0" in result.stdout, "the index that JSON and the report have"


def test_without_a_corpus_offsets_are_shown(cli: Cli, corpus: Path) -> None:
    run = log_run(connected(), 0.6)
    result = cli("experiments", "errors", run, "--limit", 1)
    assert result.exit_code == 0 and "the text is not at hand" in result.stdout
    assert TEXT not in cli("experiments", "errors", run, "--corpus", corpus, "--no-text").stdout


def test_errors_are_selected_and_printed_as_json(cli: Cli, corpus: Path) -> None:
    run = log_run(connected(), 0.6)
    options = ("--format", "json", "--cause", "threshold", "--kind", "missed")
    found = json.loads(cli("experiments", "errors", run, "--corpus", corpus, *options).stdout)
    [group] = found["groups"]
    assert group["errors"] and {(e["cause"], e["kind"]) for e in group["errors"]} == {("threshold", "missed")}
    assert all(e["text"] == TEXT for e in group["errors"])
    assert group["counts"] == [{"cause": "threshold", "kind": "missed", "errors": len(group["errors"])}]
    everything = errors_of(predictions("validation", 0.6))
    assert count_errors(everything)["threshold", "missed"] == len(group["errors"])
