"""The second look: scores of the others of a sentence, before it is fitted and after."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.training.linear.mention_features import SentenceView
from stancewire.training.linear.stacking import (
    MIN_POSITIVES,
    NONE,
    ContextHead,
    Surroundings,
    company,
    context_rows,
    surroundings,
)

Parsed = Callable[[str], AnalysedSentence]
TEXT = "Kenya and Oman urged Somalia, a neighbour, to withdraw."


def words(sentence: AnalysedSentence) -> list[str]:
    return [sentence.segment.text[slice(*span)] for m in sentence.mentions if (span := sentence.span(m))]


def around(sentence: AnalysedSentence) -> Surroundings:
    return surroundings(SentenceView(sentence))


def test_company_tells_of_the_others_by_where_they_stand(parsed: Parsed) -> None:
    sentence = parsed(TEXT)
    assert words(sentence)[:3] == ["Kenya", "Oman", "Somalia"]
    scores = np.array([[3.0], [1.0], [-2.0], *([[-4.0]] * (len(sentence.mentions) - 3))])
    found = company(around(sentence), scores)
    assert found.shape == (len(sentence.mentions), 8)
    own, best, before, after, joined, _, higher, _ = found[1]
    assert (own, best, before, after, joined, higher) == (1.0, 3.0, 3.0, -2.0, 3.0, 1.0)
    assert found[0][2] == NONE and found[2][4] == NONE


def test_a_sentence_without_mentions_has_no_rows(parsed: Parsed) -> None:
    sentence = parsed("Suddenly, silently.")
    assert not sentence.mentions
    assert company(around(sentence), np.zeros((0, 2))).shape == (0, 16)
    assert context_rows(around(sentence), np.zeros((0, 2))).shape[0] == 0


def test_unfitted_and_rare_roles_are_left_as_they_are(parsed: Parsed) -> None:
    sentence = parsed(TEXT)
    scores = np.linspace(-3, 2, 2 * len(sentence.mentions)).reshape(-1, 2)
    head, rows = ContextHead(0.02), context_rows(around(sentence), scores)
    assert head.logits(rows, scores) == pytest.approx(scores)
    n = len(sentence.mentions)
    wanted = np.zeros((n * MIN_POSITIVES, 2), dtype=np.int8)
    wanted[::n, 0] = 1
    head.fit(np.concatenate([rows] * MIN_POSITIVES), wanted, 0)
    assert list(head.fitted) == [True, False]
    again = head.logits(rows, scores)
    assert again[:, 1] == pytest.approx(scores[:, 1])
    assert int(np.argmax(again[:, 0])) == 0
    copy = ContextHead(0.02)
    copy.restore(head.state())
    assert copy.logits(rows, scores) == pytest.approx(again)
