"""The result of training: a labeller and its metrics."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...data.annotation.counting import Mistake
from ...data.record import Record
from ...data.text.spacy_parser import ParseCache
from ..classifier import Floats
from ..decoding.labeller import Labeller
from ..examples.dataset import Analysed, candidate_recall
from .metrics import measure
from .predicting import predictions
from .predictions import Predictions
from .score_articles import role_metrics, score_articles


@dataclass(slots=True)
class TrainingResult:
    """A trained labeller with its metrics, mistakes and records by split.

    Attributes:
        metrics: see `summarise`; also `roles` (see `role_metrics`) and `candidate_recall`.
        records: by split and doc_id.
        refused: why the model must not be registered; None if it may be. The metrics are complete either way.
        predictions: by split; what is kept of the run, without text.
        speed: by split, sentences that the classifier scored per second, without their analysis.
        behaviour: results of the behavioural tests, see `summarise_behaviour`; empty for other label sets.
        arrays: by split, probabilities and gold (0 or 1) of roles, both mentions x roles.
    """

    labeller: Labeller
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    mistakes: dict[str, list[Mistake]] = field(default_factory=dict)
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    predictions: dict[str, Predictions] = field(default_factory=dict)
    speed: dict[str, float] = field(default_factory=dict)
    refused: str | None = None
    behaviour: dict[str, dict[str, Any]] = field(default_factory=dict)
    arrays: dict[str, tuple[Floats, np.ndarray[Any, np.dtype[np.int8]]]] = field(default_factory=dict)

    def measure(self, split: str, part: Analysed, bootstrap: int) -> None:
        """Measure on one split, and store the results.

        Args:
            bootstrap: see `summarise`.
        """
        labeller, codebook = self.labeller, self.labeller.codebook
        began = time.perf_counter()
        scores, cache = labeller.classifier.score(part.sentences), ParseCache()
        self.speed[split] = round(len(part) / max(1e-9, time.perf_counter() - began), 1)
        self.records[split] = score_articles(labeller, part, scores, cache)
        self.predictions[split] = predictions(labeller, part, scores, self.records[split], split, cache)
        self.metrics[split], self.mistakes[split] = measure(
            part.articles, self.records[split], codebook, bootstrap
        )
        roles, probabilities, gold = role_metrics(labeller, part, scores)
        self.metrics[split]["roles"] = roles
        if labeller.mentions == "found":
            self.metrics[split]["candidate_recall"] = round(candidate_recall(part), 4)
        self.arrays[split] = probabilities, gold
