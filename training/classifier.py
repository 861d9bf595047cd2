"""The protocol that every classifier of roles implements, and the values that pass through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from ..data.text.analysis import AnalysedSentence
from .examples.dataset import Analysed
from .progress import Progress

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """A classifier's output for one sentence, in logits: `roles` (mentions x roles) and `labels` (labels).

    `pairs` (mentions x mentions x stances with a target) scores every mention as the target of every actor;
    None for a classifier that leaves this to the pairing.
    """

    roles: Floats
    labels: Floats
    pairs: Floats | None = None


@dataclass(frozen=True, slots=True)
class RoleExplanation:
    """Why a mention has its logit of one role; a weight below 0 spoke against the role.

    Attributes:
        tokens: the weight of each token of the sentence's parse, in logits.
        features: (name, weight in logits) of named features, the heaviest first; empty where there are none.
    """

    tokens: list[float]
    features: list[tuple[str, float]]


class Classifier(Protocol):
    """Reads analysed sentences and returns logits of roles and labels. It does not calibrate them.

    There are four: linear and encoder, each for mentions that the model finds and for known pairs of actor
    and target (see `training.examples.known_pairs`). In those for known pairs a stance's logit is the actor's
    role logit, plus, in the encoder, the target's role and the pair's.

    Attributes:
        kind: the name of the class in model files.
    """

    kind: ClassVar[str]

    @property
    def about(self) -> Mapping[str, Any]:
        """Provenance: pretrained encoder, licence, size, how it is served. Empty for linear classifiers."""
        ...

    @property
    def history(self) -> Sequence[Mapping[str, float]]:
        """`loss`, `validation` and `seconds` of each training epoch. Empty where training has no epochs."""
        ...

    @property
    def reference(self) -> Sequence[Scores] | None:
        """After `fit`: scores of the validation sentences before the export; None where there is none."""
        ...

    @property
    def precisions(self) -> Sequence[str]:
        """After `fit`: the precision that it scores in, then the higher ones that it can be exported to.

        Empty where there is no choice of precision, and after `discard_checkpoints`.
        """
        ...

    def fit(self, train: Analysed, validation: Analysed, progress: Progress) -> list[Floats] | None:
        """Train.

        The pairing is trained on the role logits, so it must not see those of sentences that were fitted.

        Args:
            train: sentences with their targets; at least one.
            validation: decides when to stop, in classifiers that stop early; it teaches nothing else here.
            progress: is told the steps.

        Returns:
            Held-out role logits (mentions x roles) of each training sentence; None if no pairing is needed.

        Raises:
            InputError: there is nothing to train on, or something needed for training is missing.
        """
        ...

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        """Score sentences, in their order."""
        ...

    def explain(self, sentence: AnalysedSentence, mention: int, role: int) -> RoleExplanation:
        """Explain a role's logit; `role` is an index in the codebook, `mention` one in the sentence."""
        ...

    def at_precision(self, precision: str, progress: Progress) -> Self | None:
        """After `fit`: the same classifier scoring in another of `precisions`.

        Returns:
            None if its scores differ too much from `reference`; the highest precision is always accepted.
        """
        ...

    def discard_checkpoints(self) -> None:
        """Delete what is kept only to resume the training or to change the precision. Scoring still works."""
        ...

    def save(self, folder: Path) -> None:
        """Write the weights into an existing folder, without code or pickles."""
        ...


class ServedAsTrained:
    """Provenance, epochs, exports and checkpoints of `Classifier`, for classifiers that have none."""

    about: Mapping[str, Any] = {}
    history: Sequence[Mapping[str, float]] = ()
    reference: Sequence[Scores] | None = None
    precisions: Sequence[str] = ()

    def at_precision(self, precision: str, progress: Progress) -> Self | None:
        """There is only one."""
        return self

    def discard_checkpoints(self) -> None:
        """There are none."""
