"""Likely label errors: a missing statement is found; folds keep conflicts together."""

from __future__ import annotations

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.curation.label_errors import (
    conflict_folds,
    gold_matrix,
    held_out_probabilities,
    likely_errors,
)
from stancewire.training.examples.dataset import Analysed, analyse_articles
from stancewire.training.settings import LinearSettings

VERBS = ("accused", "blamed", "condemned", "denounced", "criticised")
SIDES = ("Chad", "Sudan", "Kenya", "Peru", "Mali")


def corpus(wrong: bool) -> list[Article]:
    """Ten articles, each with a blame, an appeal and a neutral sentence. `wrong` omits the first blame."""
    out = []
    for n in range(10):
        side, other = SIDES[n % 5], SIDES[(n + 1) % 5]
        blame = {
            "text": f"{side} {VERBS[n % 5]} {other} over the raid near the river.",
            "statements": [{"stance": "blame", "actor": side, "target": other}],
        }
        if wrong and n == 0:
            blame["statements"] = []
        appeal = {
            "text": f"{other} urged {side} to send help to the town.",
            "statements": [{"stance": "appeal", "actor": other, "target": side}],
        }
        out.append(
            Article.model_validate(
                {
                    "doc_id": f"d{n}",
                    "conflict": f"c{n // 2}",
                    "sentences": [blame, appeal, {"text": "Rain fell all day."}],
                }
            )
        )
    return out


def analysed(articles: list[Article], codebook: Codebook) -> Analysed:
    return analyse_articles(articles, gazetteer(), codebook, ParseCache())


def test_folds_keep_a_conflict_together(codebook: Codebook) -> None:
    data = analysed(corpus(False), codebook)
    folds = conflict_folds(data, 5)
    assert sorted(set(folds)) == [0, 1, 2, 3, 4]
    for n in range(5):
        assert (
            len({folds[i] for i in range(len(data)) if data.articles[data.article_of[i]].conflict == f"c{n}"})
            == 1
        )
    with pytest.raises(InputError, match="too few"):
        conflict_folds(data, 11)


def test_a_missing_statement_is_found(codebook: Codebook) -> None:
    data = analysed(corpus(True), codebook)
    settings = LinearSettings.model_validate({"min_count": 1, "regularisation": 5.0})
    probabilities = held_out_probabilities(data, codebook, settings)
    assert probabilities.shape == gold_matrix(data, codebook).shape == (30, 4)
    assert np.all((probabilities >= 0) & (probabilities <= 1))
    found = likely_errors(data, codebook, probabilities)
    assert (found[0].where, found[0].kind, found[0].annotated) == ("d0:0", "blame", False)
