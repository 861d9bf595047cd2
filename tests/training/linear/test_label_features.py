"""Features of sentence labels."""

from __future__ import annotations

from collections.abc import Callable

from stancewire.data.text.analysis import AnalysedSentence
from stancewire.training.linear import label_features as module
from stancewire.training.linear.label_features import label_features
from stancewire.training.linear.mention_features import SentenceView


def test_ngrams_of_common_words_are_kept_and_those_of_long_ones_are_not(
    parsed: Callable[[str], AnalysedSentence],
) -> None:
    module._known_ngrams.cache_clear()
    first = label_features(SentenceView(parsed("The brutal regime shelled " + "a" * 5000 + ".")))
    assert {"c: br", "c:brut", "c:regim", "c:aaaa"} <= set(first)
    kept = module._known_ngrams.cache_info()
    assert kept.currsize == kept.misses == 4  # the, brutal, regime, shelled
    label_features(SentenceView(parsed("The brutal regime shelled.")))
    assert module._known_ngrams.cache_info().misses == 4
