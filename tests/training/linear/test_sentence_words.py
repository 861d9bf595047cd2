"""The words of whole sentences, and evidence from neighbouring sentences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from stancewire.data.text.analysis import AnalysedSentence, analyse
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.segmentation.sentences import segment
from stancewire.training.linear.mention_features import SentenceView
from stancewire.training.linear.sentence_words import with_neighbours, word_features

Parsed = Callable[[str], AnalysedSentence]


def test_word_features_have_no_names_and_mark_quoted_words(parsed: Parsed) -> None:
    found = word_features(SentenceView(parsed("Armenia said: “Azerbaijan attacked the town.”")))
    assert "q:attack" in found and "w:attack" in found and "q:say" not in found
    assert not any("Armenia" in f or "armenia" in f for f in found)
    assert len(found) == len(set(found))


def test_neighbours_are_sentences_of_the_same_article() -> None:
    one, two = (analyse(segment(t), gazetteer()) for t in ("A rose. B fell. C stood.", "D sat."))
    logits = np.array([[10.0], [20.0], [-30.0], [40.0]])
    found = with_neighbours([*one, *two], logits)
    assert found == pytest.approx(np.array([[10, 0, 20], [20, 10, 0], [-30, 20, 0], [40, 0, 0]]), abs=1e-4)
    assert with_neighbours(two, logits[:1]).tolist() == [[10, 0, 0]]
