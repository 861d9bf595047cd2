"""The oracle analysis: what each step of a model costs."""

from __future__ import annotations

import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.schema import Article
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.evaluation.oracle import (
    STEPS,
    OracleResult,
    oracle_analysis,
    table_by_actor,
    with_gold_candidates,
)
from stancewire.training.examples.dataset import Analysed, analyse_articles, candidate_recall


@pytest.fixture(scope="module")
def data(tiny: list[Article], tiny_labeller: StatementFinder, codebook: Codebook) -> Analysed:
    articles = [a for a in tiny if a.split == "test"]
    # An unnamed speaker in a sentence without quotation marks, who is no candidate.
    sentences = [
        {
            "text": "They must leave.",
            "statements": [{"stance": "appeal", "actor": None, "actor_id": "KEN", "target": "They"}],
        }
    ]
    hidden = Article.model_validate({"doc_id": "hidden", "sentences": sentences})
    return analyse_articles([*articles, hidden], tiny_labeller.gazetteer, codebook, ParseCache())


@pytest.fixture(scope="module")
def results(tiny_labeller: StatementFinder, data: Analysed) -> dict[tuple[str, ...], OracleResult]:
    return {r.gold: r for r in oracle_analysis(tiny_labeller, data)}


def test_gold_candidates_match_every_actor(data: Analysed, tiny_labeller: StatementFinder) -> None:
    assert candidate_recall(data) < 1.0 == candidate_recall(with_gold_candidates(tiny_labeller, data))


def test_everything_gold_leaves_no_error(results: dict[tuple[str, ...], OracleResult]) -> None:
    best = results[STEPS].metrics
    assert best["statements"]["f1"] == best["with_target"]["f1"] == best["id"] == 1.0


def test_each_gold_step_repairs_what_it_is_about(results: dict[tuple[str, ...], OracleResult]) -> None:
    plain = results[()].metrics
    assert results["roles",].metrics["statements"]["f1"] > plain["statements"]["f1"]
    assert results["pairing",].metrics["with_target"]["f1"] >= plain["with_target"]["f1"]
    assert results["pairing",].metrics["statements"] == plain["statements"]
    assert results["identities",].metrics["id"] >= plain["id"]
    recall = results["candidates", "roles"].metrics["statements"]["recall"]
    assert recall > results["roles",].metrics["statements"]["recall"]


def test_kinds_of_actors_add_up_to_all_statements(results: dict[tuple[str, ...], OracleResult]) -> None:
    for result in results.values():
        whole = result.by_actor["any", "statements"]
        assert whole["f1"] == result.metrics["statements"]["f1"]
        assert whole["with_target"] == result.metrics["with_target"]["f1"]
        assert whole["identity"] == result.metrics["id"]
        assert whole["support"] == result.metrics["statements"]["support"]
        by_kind = [m["support"] or 0 for (_, stance), m in result.by_actor.items() if stance == "statements"]
        # Kinds with fewer than ten statements are left out.
        assert 0 <= 2 * (whole["support"] or 0) - sum(by_kind) < 2 * 10


def test_gold_candidates_leave_no_actor_without_one(
    results: dict[tuple[str, ...], OracleResult], data: Analysed
) -> None:
    assert {m["candidate_recall"] for m in results["candidates",].by_actor.values()} == {1.0}
    assert (results[()].by_actor["any", "statements"]["candidate_recall"] or 0) < 1.0


def test_the_table_by_actor_has_a_column_per_gold_step(results: dict[tuple[str, ...], OracleResult]) -> None:
    rows = table_by_actor(list(results.values()))
    assert {r["actor"] for r in rows} <= {"any", "name", "common noun", "pronoun", "unnamed"}
    assert rows[0]["actor"] == "any" and rows[0]["f1 with gold roles"] >= rows[0]["f1"]
    assert rows[0]["with_target with gold pairing"] >= rows[0]["with_target"]
