"""The second stage: comparing scores within a sentence, before and after fitting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.training.linear.mention_features import SentenceView
from stancewire.training.linear.stacking import (
    MIN_POSITIVES,
    NO_NEIGHBOUR,
    StackingHead,
    Surroundings,
    compared_scores,
    stacking_features,
    surroundings,
)
from stancewire.training.linear.weights import load_weights, save_weights

Parsed = Callable[[str], AnalysedSentence]
TEXT = "Kenya and Oman urged Somalia, a neighbour, to withdraw."


def words(sentence: AnalysedSentence) -> list[str]:
    return [sentence.segment.text[slice(*span)] for m in sentence.mentions if (span := sentence.span(m))]


def around(sentence: AnalysedSentence) -> Surroundings:
    return surroundings(SentenceView(sentence))


def test_scores_are_compared_by_position(parsed: Parsed) -> None:
    sentence = parsed(TEXT)
    assert words(sentence)[:3] == ["Kenya", "Oman", "Somalia"]
    scores = np.array([[3.0], [1.0], [-2.0], *([[-4.0]] * (len(sentence.mentions) - 3))])
    found = compared_scores(around(sentence), scores)
    assert found.shape == (len(sentence.mentions), 8)
    own, best, before, after, joined, _, higher, _ = found[1]
    assert (own, best, before, after, joined, higher) == (1.0, 3.0, 3.0, -2.0, 3.0, 1.0)
    assert found[0][2] == NO_NEIGHBOUR and found[2][4] == NO_NEIGHBOUR


def test_a_sentence_without_mentions_has_no_rows(parsed: Parsed) -> None:
    sentence = parsed("Suddenly, silently.")
    assert not sentence.mentions
    assert compared_scores(around(sentence), np.zeros((0, 2))).shape == (0, 16)
    assert stacking_features(around(sentence), np.zeros((0, 2))).shape[0] == 0


def test_unfitted_and_rare_roles_keep_their_scores(parsed: Parsed, tmp_path: Path) -> None:
    sentence = parsed(TEXT)
    scores = np.linspace(-3, 2, 2 * len(sentence.mentions)).reshape(-1, 2)
    head, rows = StackingHead(0.02), stacking_features(around(sentence), scores)
    assert head.logits(rows, scores) == pytest.approx(scores)
    n = len(sentence.mentions)
    gold = np.zeros((n * MIN_POSITIVES, 2), dtype=np.int8)
    gold[::n, 0] = 1
    head.fit(np.concatenate([rows] * MIN_POSITIVES), gold, 0)
    assert list(head.fitted) == [True, False]
    again = head.logits(rows, scores)
    assert again[:, 1] == pytest.approx(scores[:, 1])
    assert int(np.argmax(again[:, 0])) == 0
    save_weights(tmp_path, {"stacking": head.arrays()}, {})
    copy = StackingHead(0.02)
    copy.restore(load_weights(tmp_path), "stacking", 2)
    assert (copy.logits(rows, scores) == again).all()
