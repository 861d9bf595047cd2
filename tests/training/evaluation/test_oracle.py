"""The oracle analysis: what each step of a model costs."""

from __future__ import annotations

import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.schema import Article
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.evaluation.oracle import STEPS, OracleResult, oracle_analysis, with_gold_candidates
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
