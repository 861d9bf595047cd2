"""The protocol that every classifier of roles keeps, and what training hands to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..data.analysis import AnalysedSentence

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RoleTargets:
    """What is to be learnt of one sentence: `roles` (mentions x roles) and `labels` (labels), 0 or 1."""

    roles: NDArray[np.int8]
    labels: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Scores:
    """What a classifier says of one sentence, in logits: `roles` (mentions x roles) and `labels` (labels)."""

    roles: Floats
    labels: Floats


class Classifier(Protocol):
    """Reads analysed sentences, gives logits of roles and labels. Calibration is not its business."""

    kind: str

    def fit(self, sentences: Sequence[AnalysedSentence], targets: Sequence[RoleTargets], groups: NDArray[np.int64]) -> list[Floats]:
        """Learn, and return held-out role logits (mentions x roles) of each sentence.

        What is learnt on top of the scores (the pairing) must not see scores of sentences that were fitted.

        Args:
            groups: the conflict or article of each sentence; what is held out is held out with its whole group.
        """
        ...

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]: ...

    def save(self, folder: Path) -> None: ...
