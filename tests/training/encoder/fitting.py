"""Trains tiny encoders for tests."""

from __future__ import annotations

from typing import Any

from stancewire.data.codebook import Codebook
from stancewire.training.encoder.classifier import EncoderClassifier
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.examples.dataset import Analysed
from stancewire.training.progress import Progress

Split = dict[str, Analysed]


class Killed(Exception):
    """Raised by a test in the middle of a training."""


def fitted(
    codebook: Codebook,
    split_of: Split,
    progress: Progress | None = None,
    kind: type[EncoderClassifier] = EncoderClassifier,
    **settings: Any,
) -> EncoderClassifier:
    """A classifier, trained for two epochs unless the settings say otherwise."""
    made = kind(
        EncoderSettings.model_validate(
            {"epochs": 2, "batch_size": 8, "head_learning_rate": 5e-3, **settings}
        ),
        codebook,
    )
    made.fit(split_of["train"], split_of["validation"], progress or Progress())
    made.discard_checkpoints()
    return made
