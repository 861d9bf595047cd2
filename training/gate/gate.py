"""A gate: linear models on hashed n-grams, and their file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ...data.errors import InputError
from ...data.text.masking import Masked
from ...data.text.segmentation.sentences import Segment
from ..classifier import Floats
from .features import COLUMNS, VERSION, Words, hashed, label_features, statement_features

ARRAYS, ABOUT = "gate.safetensors", "gate.json"
_HINT = "copy the model again, or train it again"


class GateFile(BaseModel):
    """The content of `gate.json`: the threshold, and how the gate did on validation.

    Attributes:
        features: the version of the features; a gate with others is not used.
        threshold: sentences with a logit of at least this are read.
        read: the fraction of sentences that are read, in [0, 1].
        recall: the fraction of sentences with a statement found by the model without a gate that are read.
        gold_recall: the fraction of sentences with an annotated statement that are read.
        f1, f1_without: of statements, with and without the gate.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    features: int = VERSION
    threshold: float
    read: float = Field(ge=0, le=1)
    recall: float = Field(ge=0, le=1)
    gold_recall: float = Field(ge=0, le=1)
    f1: float = Field(ge=0, le=1)
    f1_without: float = Field(ge=0, le=1)


class MaskedSentence(Protocol):
    """What a gate looks at: a sentence that is prepared or analysed."""

    @property
    def segment(self) -> Segment: ...
    @property
    def masked(self) -> Masked: ...


@dataclass(slots=True)
class Gate:
    """Decides which sentences are read, and scores the labels of the others. See `SentenceGate`.

    Attributes:
        about: the threshold, and how the gate did on validation.
        weights, intercept: of the logit of a statement (columns).
        label_weights, label_intercepts: of the logits of labels, on the scale of the classifier's
            (labels x columns).
    """

    about: GateFile
    weights: Floats
    intercept: float
    label_weights: Floats
    label_intercepts: Floats

    def logits(self, sentences: Sequence[MaskedSentence]) -> tuple[Floats, Floats]:
        """The logit of a statement in each sentence, and of each label (sentences x labels)."""
        if not sentences:
            return np.zeros(0), np.zeros((0, len(self.label_intercepts)))
        words = [Words(s.masked.text, s.segment.quoted) for s in sentences]
        statements = hashed([statement_features(w) for w in words]) @ self.weights + self.intercept
        labels = np.tile(self.label_intercepts, (len(words), 1))
        if len(self.label_intercepts):
            labels += hashed([label_features(w) for w in words]) @ self.label_weights.T
        return np.asarray(statements), np.asarray(labels)

    def judge(self, sentences: Sequence[MaskedSentence]) -> tuple[NDArray[np.bool_], Floats]:
        """Whether each sentence is read, and the logits of its labels (sentences x labels)."""
        statements, labels = self.logits(sentences)
        return statements >= self.about.threshold, labels

    def save(self, folder: Path) -> None:
        """Write `gate.safetensors` and `gate.json`."""
        arrays = {
            "weights": self.weights.astype(np.float32),
            "intercept": np.array([self.intercept]),
            "label_weights": self.label_weights.astype(np.float32),
            "label_intercepts": self.label_intercepts,
        }
        (folder / ARRAYS).write_bytes(save({n: np.ascontiguousarray(a) for n, a in arrays.items()}))
        (folder / ABOUT).write_text(self.about.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load_gate(folder: Path, labels: int) -> Gate | None:
    """The gate of a model folder; None if the model has none, or one with features of another version.

    Args:
        labels: the number of labels of the codebook.

    Raises:
        InputError: its files are damaged.
    """
    if not (folder / ABOUT).exists():
        return None
    try:
        raw = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if isinstance(raw, dict) and raw.get("features") != VERSION:
            return None
        about = GateFile.model_validate(raw)
        arrays = load((folder / ARRAYS).read_bytes())
        shapes = {
            "weights": (COLUMNS,),
            "intercept": (1,),
            "label_weights": (labels, COLUMNS),
            "label_intercepts": (labels,),
        }
        for name, shape in shapes.items():
            if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name} does not fit")
    except (OSError, ValueError, KeyError, RecursionError, ValidationError, SafetensorError) as error:
        what = str(error).splitlines()[0][:150]
        raise InputError(f"the gate is damaged: {what}", where=str(folder), hint=_HINT) from None
    return Gate(
        about,
        arrays["weights"],
        float(arrays["intercept"][0]),
        arrays["label_weights"],
        arrays["label_intercepts"],
    )
