"""The protocol that every classifier of roles keeps, and what training hands to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ..data.text.analysis import AnalysedSentence
from .progress import Progress

if TYPE_CHECKING:
    from .examples.dataset import Analysed

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """What a classifier says of one sentence, in logits: `roles` (mentions x roles) and `labels` (labels).

    `pairs` (mentions x mentions x stances with a target) says of each actor which mention is its target; None where the
    classifier leaves that to the pairing.
    """

    roles: Floats
    labels: Floats
    pairs: Floats | None = None


class Classifier(Protocol):
    """Reads analysed sentences, gives logits of roles and labels. Calibration is not its business."""

    kind: str

    def fit(self, train: Analysed, validation: Analysed, progress: Progress) -> list[Floats] | None:
        """Learn, and return held-out role logits (mentions x roles) of each training sentence; None where its scores have pairs.

        What is learnt on top of the scores (the pairing) must not see scores of sentences that were fitted.

        Args:
            validation: to know when to stop, for classifiers that have to; nothing else is learnt from it here.
        """
        ...

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]: ...

    def save(self, folder: Path) -> None: ...
