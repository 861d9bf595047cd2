"""The protocol of classifiers, and the values that they return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from ..data.text.analysis import AnalysedSentence, PreparedSentence
from .examples.dataset import Analysed
from .progress import Progress

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """A classifier's output for one sentence, in logits.

    Shapes are written as rows x columns: `mentions x roles` has a row per mention and a column per role.

    Attributes:
        roles: mentions x roles.
        labels: one per label.
        pairs: actors x targets x stances with a target: one logit for every ordered pair of mentions. None
            if the classifier leaves this to the `Pairing`.
    """

    roles: Floats
    labels: Floats
    pairs: Floats | None = None


@dataclass(frozen=True, slots=True)
class RoleExplanation:
    """Why a mention has its logit for one role. Negative weights count against the role.

    Attributes:
        tokens: the weight of each token of the sentence's parse, in logits.
        features: (name, weight in logits) of named features, the heaviest first; empty if the classifier has
            none.
    """

    tokens: list[float]
    features: list[tuple[str, float]]


class SentenceGate(Protocol):
    """Decides without a parse which sentences a classifier reads, see `training.gate`."""

    def judge(self, sentences: Sequence[PreparedSentence]) -> NDArray[np.bool_]:
        """Whether each sentence is read; the others have no statements and no labels."""
        ...

    def save(self, folder: Path) -> None:
        """Write the gate to the folder of its model, as data without code."""
        ...


class Classifier(Protocol):
    """Scores analysed sentences: uncalibrated logits of roles and labels.

    There are four classifiers: a linear one and an encoder, in two variants each, for detected mentions and
    for known pairs of actor and target (see `training.examples.known_pairs`). For known pairs, the logit of a
    stance is that of the actor's role; the encoder adds those of the target's role and of the pair.

    Attributes:
        kind: the name of this kind of classifier in model files.
    """

    kind: ClassVar[str]

    @property
    def about(self) -> Mapping[str, Any]:
        """Provenance: pretrained encoder, licence, size, precision. Empty for linear classifiers."""
        ...

    @property
    def history(self) -> Sequence[Mapping[str, float]]:
        """`loss`, `validation` and `seconds` of each training epoch. Empty if training has no epochs.

        Without `validation` if the number of epochs was fixed.
        """
        ...

    @property
    def reference(self) -> Sequence[Scores] | None:
        """After `fit`: scores of the validation sentences before the export; None if nothing is exported."""
        ...

    @property
    def precisions(self) -> Sequence[str]:
        """After `fit`: the precision in which it scores, then the higher ones that it can be exported to.

        Empty if there is no choice of precision, and after `discard_checkpoints`.
        """
        ...

    def fit(
        self, train: Analysed, validation: Analysed, progress: Progress, epochs: int | None = None
    ) -> list[Floats] | None:
        """Train.

        Args:
            train: training sentences with their targets, at least one.
            validation: used only for early stopping, and to compare the export with the trained classifier.
            progress: receives the progress of training.
            epochs: train this many epochs without early stopping; a classifier without epochs ignores it.

        Returns:
            Held-out role logits (mentions x roles) of each training sentence, on which the pairing is
            trained: logits of fitted sentences would be overconfident. None if no pairing is needed.

        Raises:
            InputError: there is nothing to train on, or something needed for training is missing.
        """
        ...

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        """Score sentences, in their order."""
        ...

    def explain(self, sentence: AnalysedSentence, mention: int, role: int) -> RoleExplanation:
        """Explain the logit of a role.

        Args:
            mention: index of the mention in the sentence.
            role: index of the role in the codebook.
        """
        ...

    def at_precision(self, precision: str, progress: Progress) -> Self | None:
        """After `fit`: this classifier in another one of `precisions`.

        Returns:
            A copy; None if its scores differ too much from `reference` (never for the highest precision).
        """
        ...

    def discard_checkpoints(self) -> None:
        """Delete the files that are needed only to resume training or to change the precision."""
        ...

    def save(self, folder: Path) -> None:
        """Write the weights to an existing folder, as data without code."""
        ...


class ClassifierDefaults:
    """The defaults of `Classifier` for classifiers without epochs, export and checkpoints."""

    about: Mapping[str, Any] = {}
    history: Sequence[Mapping[str, float]] = ()
    reference: Sequence[Scores] | None = None
    precisions: Sequence[str] = ()

    def at_precision(self, precision: str, progress: Progress) -> Self | None:
        """The classifier itself: there is only one precision."""
        return self

    def discard_checkpoints(self) -> None:
        """Do nothing: there are no checkpoints."""
