"""Cross-validation: one parent run with a child run per fold."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.annotation.corpus import read_corpus
from ...data.annotation.folds import assign_folds
from ...data.codebook import Codebook, codebook_named
from ...data.schema import Article
from ...training.encoder.settings import refuse_teachers
from ...training.evaluation.metrics import measure
from ...training.evaluation.predictions import Predictions
from ...training.evaluation.result import TrainingResult
from ...training.pipeline import analyse_splits, fit_and_measure
from ...training.progress import Progress
from ...training.settings import TrainingSettings
from ..config import changed_settings
from ..tracking.lifecycle.live import LiveLog
from ..tracking.lifecycle.run import open_run
from ..tracking.lifecycle.work_folder import work_folder
from ..tracking.metrics import ARTIFACT, main_metrics
from ..tracking.prediction_files import log_predictions
from ..tracking.provenance import NOTE, source_tags, tag_commit
from ..tracking.run_logging import corpus_param, log_result, log_start, run_name, training_tags
from ..tracking.store import connect
from .held_out import held_out, log_held_out

# One tenth of the articles that are not held out serve for calibration, thresholds and early stopping.
VALIDATION = 10


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """Metrics of a cross-validation.

    Attributes:
        run_id: id of the parent run of all folds.
        folds: test metrics of each fold.
        pooled: metrics over all held-out articles, each scored by the model that was not trained on it.
        codebook: the label set.
        seconds: duration of the whole run.
    """

    run_id: str
    folds: list[dict[str, Any]]
    pooled: dict[str, Any]
    codebook: Codebook
    seconds: float

    def spread(self, *keys: str) -> tuple[float, float]:
        """Mean and standard deviation of one metric over folds, by its keys: `("statements", "f1")`."""
        values: list[float] = []
        for metrics in self.folds:
            value: Any = metrics
            for key in keys:
                value = value[key]
            values.append(float(value))
        return mean(values), stdev(values)


def _splits(
    articles: Sequence[Article], fold_of: NDArray[np.int64], fold: int, seed: int
) -> dict[str, list[Article]]:
    test = [a for a, f in zip(articles, fold_of, strict=True) if f == fold]
    rest = [a for a, f in zip(articles, fold_of, strict=True) if f != fold]
    inner = assign_folds(rest, min(VALIDATION, len(rest)), seed)
    return {
        "train": [a for a, f in zip(rest, inner, strict=True) if f],
        "validation": [a for a, f in zip(rest, inner, strict=True) if not f],
        "test": test,
    }


def cross_validate(
    settings: TrainingSettings, folds: int, progress: Progress | None = None, config: str | None = None
) -> CrossValidated:
    """Train and evaluate once per fold, each in a child run of one parent run.

    Articles of the test split are left out.

    Args:
        settings: what to train, and on what.
        folds: number of folds, at least 2.
        progress: receives the steps.
        config: see `experiments.train.train`.

    Raises:
        InputError: the corpus is invalid or too small, the settings name teachers, or the tracking store
            cannot be used.
    """
    progress, began = progress or Progress(), time.perf_counter()
    # Teachers have seen the annotation of the articles that a fold is measured on.
    refuse_teachers(settings.classifier, "in a cross-validation")
    codebook = codebook_named(settings.codebook)
    articles = [a for a in read_corpus(settings.corpus, codebook) if a.split != "test"]
    fold_of = assign_folds(articles, folds, settings.seed)
    mlflow = connect(write=True)
    changed = changed_settings(settings, config)
    results: list[TrainingResult] = []
    name = f"{run_name(settings, changed)}, {folds} folds"
    with open_run(mlflow, name, _tags(settings, codebook, changed), settings.experiment) as parent:
        _describe(mlflow, settings, folds)
        for fold in range(folds):
            by_split = _splits(articles, fold_of, fold, settings.seed)
            results.append(_run_fold(mlflow, settings, by_split, codebook, _Fold(fold, folds), progress))
        measured = [result.metrics["test"] for result in results]
        records = {k: v for result in results for k, v in result.records["test"].items()}
        pooled = measure(articles, records, codebook, settings.bootstrap)[0]
        seconds = round(time.perf_counter() - began, 1)
        _log_folds(mlflow, measured, pooled, codebook, seconds)
        log_held_out(mlflow, held_out(articles, records))
        log_predictions(mlflow, [pooled_predictions([result.predictions["test"] for result in results])])
        return CrossValidated(parent.run_id, measured, pooled, codebook, seconds)


def _log_folds(
    mlflow: Any,
    measured: Sequence[dict[str, Any]],
    pooled: dict[str, Any],
    codebook: Codebook,
    seconds: float,
) -> None:
    """Log the metrics of the parent run."""
    main = [main_metrics("test", m, codebook) for m in measured]
    means = {f"{k}/mean": mean([m[k] for m in main]) for k in main[0] if all(k in m for m in main)}
    mlflow.log_metrics({**means, **main_metrics("pooled", pooled, codebook), "seconds": seconds})
    mlflow.log_dict({"pooled": pooled, **{f"fold {n}": m for n, m in enumerate(measured, 1)}}, ARTIFACT)


def pooled_predictions(folds: Sequence[Predictions]) -> Predictions:
    """The predictions of all folds as `pooled`, with the mean of their thresholds."""
    keys = dict.fromkeys(k for f in folds for k in f.thresholds)
    thresholds = {k: mean([_threshold(f, k) for f in folds]) for k in keys}
    rows = tuple(row for fold in folds for row in fold.rows)
    return replace(folds[0], split="pooled", thresholds=thresholds, rows=rows)


def _threshold(fold: Predictions, key: str) -> float:
    """The threshold that a fold uses, in [0, 1]: the default if its validation has too few examples."""
    default = fold.thresholds.get("target", 0.5) if key.endswith(":target") else 0.5
    return fold.thresholds.get(key, default)


def _tags(settings: TrainingSettings, codebook: Codebook, changed: Mapping[str, str]) -> dict[str, str]:
    """Tags of the parent run."""
    return {
        "kind": "cross-validation",
        "config": settings.name,
        "codebook": codebook.digest,
        "codebook_name": codebook.name,
        "changed": " ".join(f"{k}={v}" for k, v in changed.items()),
        NOTE: "Cross-validation: every article is scored by a model that did not see it.",
        **source_tags("train"),
    }


def _describe(mlflow: Any, settings: TrainingSettings, folds: int) -> None:
    """Log the parameters of the parent run."""
    tag_commit(mlflow)
    classifier = {f"classifier.{k}": str(v) for k, v in settings.classifier.model_dump().items()}
    general = {"folds": folds, "corpus": corpus_param(settings.corpus), "mentions": settings.mentions}
    mlflow.log_params({**general, "seed": settings.seed, **classifier})


@dataclass(frozen=True, slots=True)
class _Fold:
    """One fold by its index from 0."""

    index: int
    total: int

    def __str__(self) -> str:
        return f"fold {self.index + 1} of {self.total}"


def _run_fold(
    mlflow: Any,
    settings: TrainingSettings,
    by_split: Mapping[str, Sequence[Article]],
    codebook: Codebook,
    fold: _Fold,
    progress: Progress,
) -> TrainingResult:
    """Train and evaluate on one fold, and log it as a child of the current run."""
    here = Progress(lambda what: progress.step(f"{fold}: {what}"), progress.update, progress.line)
    tags = training_tags(settings, by_split, codebook) | {"kind": "fold"}
    with work_folder() as work, open_run(mlflow, f"{settings.name}, {fold}", tags, nested=True):
        log_start(mlflow, settings, str(fold), by_split, codebook)
        live = LiveLog(mlflow, here)
        data = analyse_splits(settings, by_split, codebook, live.progress)
        result = fit_and_measure(settings, data, codebook, live.progress)
        log_result(mlflow, by_split, result, work, live.logged_epochs)
    result.labeller.classifier.discard_checkpoints()
    return result
