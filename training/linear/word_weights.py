"""Distribute the weights of features over the words in their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..classifier import RoleExplanation
from .mention_features import SentenceView

# The name of a feature contains words, or classes of words after a hash, separated by punctuation.
_CLASS = re.compile(r"#(\w+)")
_WORD = re.compile(r"[^|:_>+=,!]+")


def explain_by_words(view: SentenceView, features: Sequence[tuple[str, float]]) -> RoleExplanation:
    """Distribute the weight of each feature equally over the words in its name.

    Args:
        features: (name, weight in logits), the heaviest first.
    """
    indices: dict[str, list[int]] = {}
    for i, lemma in enumerate(view.lemmas):
        for name in (lemma, *(f"#{c}" for c in view.classes[i])):
            indices.setdefault(name, []).append(i)
    weights = [0.0] * len(view.parse)
    for feature, weight in features:
        names = [f"#{c}" for c in _CLASS.findall(feature)] + _WORD.findall(_CLASS.sub("", feature))
        named = list(dict.fromkeys(i for name in names for i in indices.get(name, ())))
        for i in named:
            weights[i] += weight / len(named)
    return RoleExplanation(weights, list(features))
