"""A gate: linear models on hashed n-grams, and their file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ...data.errors import InputError
from ..classifier import Floats
from .features import COLUMNS, VERSION, UnparsedText, Words, label_rows, statement_rows, words_of

ARRAYS, ABOUT = "gate.safetensors", "gate.json"
_HINT = "copy the model again, or train it again"


class GateFile(BaseModel):
    """The content of `gate.json`: the threshold, and how the gate did on articles that it was not trained on.

    These are the validation articles, or, of a final model, all articles, each judged without having seen it.

    Attributes:
        features: the version of the features; a gate with others is not used.
        threshold: sentences with a logit of a statement of at least this are read.
        label_thresholds: sentences with a logit of a label of at least this are read, too.
        read: the fraction of sentences that are read, in [0, 1].
        recall: the fraction of sentences with an annotated statement that are read, in [0, 1].
        found_recall: the same of sentences in which the model finds a statement without the gate.
        f1, f1_without: of statements and of each label by name, with and without the gate.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    features: int = VERSION
    threshold: float
    label_thresholds: dict[str, float] = {}
    read: float = Field(ge=0, le=1)
    recall: float = Field(ge=0, le=1)
    found_recall: float = Field(ge=0, le=1)
    f1: dict[str, float] = {}
    f1_without: dict[str, float] = {}

    def __str__(self) -> str:
        """How the gate did, in one line."""
        return (
            f"the gate reads {self.read:.0%} of the sentences that it was not trained on, "
            f"{self.recall:.1%} of those with a statement; F1 {self.f1['statements']:.3f}, "
            f"without it {self.f1_without['statements']:.3f}"
        )


@dataclass(slots=True)
class Gate:
    """Decides which sentences are read. See `SentenceGate`.

    Attributes:
        about: the thresholds, and how the gate did.
        weights, intercept: of the logit of a statement (columns).
        label_weights, label_intercepts: of the logits of labels (labels x columns), in the order of
            `about.label_thresholds`.
    """

    about: GateFile
    weights: Floats
    intercept: float
    label_weights: Floats
    label_intercepts: Floats

    def logits(self, sentences: Sequence[UnparsedText]) -> tuple[Floats, Floats]:
        """The logit of a statement in each sentence, and of each label (sentences x labels)."""
        if not sentences:
            return np.zeros(0), np.zeros((0, len(self.label_intercepts)))
        words = [words_of(s) for s in sentences]
        return self._statements(sentences, words), self._labels(words)

    def passes(self, statements: Floats, labels: Floats) -> NDArray[np.bool_]:
        """Whether sentences with these logits are read; see `logits`."""
        thresholds = list(self.about.label_thresholds.values())
        return np.asarray((statements >= self.about.threshold) | (labels >= thresholds).any(axis=1))

    def judge(self, sentences: Sequence[UnparsedText]) -> NDArray[np.bool_]:
        """Whether each sentence is read: it may hold a statement, or have a label."""
        if not sentences:
            return np.zeros(0, dtype=bool)
        words = [words_of(s) for s in sentences]
        read = self._statements(sentences, words) >= self.about.threshold
        # The features of labels, which take longer, are needed only for the others.
        if rest := np.flatnonzero(~read).tolist():
            labels = self._labels([words[i] for i in rest])
            read[rest] = self.passes(np.full(len(rest), -np.inf), labels)
        return read

    def _statements(self, sentences: Sequence[UnparsedText], words: Sequence[Words]) -> Floats:
        return np.asarray(statement_rows(sentences, words) @ self.weights + self.intercept)

    def _labels(self, words: Sequence[Words]) -> Floats:
        if not len(self.label_intercepts):
            return np.zeros((len(words), 0))
        return np.asarray(label_rows(words) @ self.label_weights.T + self.label_intercepts)

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


def load_gate(folder: Path, labels: Sequence[str]) -> Gate | None:
    """The gate of a model folder; None if the model has none, or one with features of another version.

    Args:
        labels: the names of the labels of the codebook.

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
        if list(about.label_thresholds) != list(labels):
            raise ValueError("it has other labels than the codebook")
        arrays = load((folder / ARRAYS).read_bytes())
        shapes = {
            "weights": (COLUMNS,),
            "intercept": (1,),
            "label_weights": (len(labels), COLUMNS),
            "label_intercepts": (len(labels),),
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
