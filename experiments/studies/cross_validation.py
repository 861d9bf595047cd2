"""Cross-validation: one run for each fold under a run for all of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.annotation.corpus import read_corpus
from ...data.codebook import Codebook, codebook_named
from ...data.errors import InputError
from ...data.record import Record
from ...data.schema import Article
from ...training.evaluation.metrics import measure
from ...training.pipeline import analyse_splits, fit_and_measure
from ...training.progress import Progress
from ...training.settings import TrainingSettings
from ..tracking.run_logging import flat_metrics, log_run
from ..tracking.store import connect

# Of what is not held out for the test, one article in so many decides on calibration, thresholds and when to stop.
VALIDATION = 10


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """`folds`: the test metrics of each fold; `pooled`: those of all held-out articles together, each scored by the fold that did not see it."""

    run_id: str
    folds: list[dict[str, Any]]
    pooled: dict[str, Any]
    codebook: Codebook
    seconds: float

    def spread(self, *keys: str) -> tuple[float, float]:
        """Mean and standard deviation over folds of one figure, named by its keys: `("statements", "f1")`."""
        values: list[float] = []
        for found in self.folds:
            value: Any = found
            for key in keys:
                value = value[key]
            values.append(float(value))
        return mean(values), stdev(values)


def _strata(articles: Sequence[Article]) -> list[str]:
    """What each article is mostly about, so that all folds have some of everything."""
    out = []
    for article in articles:
        held = [s.stance for x in article.sentences for s in x.statements] or [
            name for x in article.sentences for name in x.labels
        ]
        out.append(max(sorted(set(held)), key=held.count) if held else "")
    return out


def assign_folds(articles: Sequence[Article], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each article: whole conflicts where there are enough of them, else articles; stances spread evenly.

    Raises:
        InputError: there are fewer articles than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if len(articles) < folds:
        raise InputError(
            f"{len(articles)} articles are too few for {folds} folds",
            hint="annotate more, or ask for fewer folds",
        )
    conflicts = [a.conflict for a in articles]
    strata = _strata(articles)
    # Those that are too rare for every fold to have one go with the most common.
    common = max(sorted(set(strata)), key=strata.count)
    classes = np.array([s if strata.count(s) >= folds else common for s in strata])
    out = np.zeros(len(articles), dtype=np.int64)
    if all(conflicts) and len(set(conflicts)) >= folds:
        parts = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(
            classes, classes, [str(c) for c in conflicts]
        )
    else:
        parts = StratifiedKFold(folds, shuffle=True, random_state=seed).split(classes, classes)
    for n, (_, held) in enumerate(parts):
        out[held] = n
    return out


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
    settings: TrainingSettings, folds: int, progress: Progress | None = None
) -> CrossValidated:
    """Train and measure once a fold; articles that are of the split test already stay out of it.

    Raises:
        InputError: the corpus is at fault or too small, or the tracking store cannot be used.
    """
    progress, began = progress or Progress(), time.perf_counter()
    codebook = codebook_named(settings.codebook)
    articles = [a for a in read_corpus(settings.corpus, codebook) if a.split != "test"]
    fold_of = assign_folds(articles, folds, settings.seed)
    mlflow = connect()
    mlflow.set_experiment(settings.experiment)
    found: list[dict[str, Any]] = []
    records: dict[str, Record] = {}
    with mlflow.start_run(run_name=f"{settings.name}, {folds} folds") as parent:
        mlflow.set_tags({"kind": "cross-validation", "config": settings.name, "codebook": codebook.digest})
        classifier = {f"classifier.{k}": str(v) for k, v in settings.classifier.model_dump().items()}
        mlflow.log_params(
            {"folds": folds, "corpus": str(settings.corpus), "mentions": settings.mentions, **classifier}
        )
        for fold in range(folds):
            here = Progress(
                lambda what, fold=fold: progress.step(  # type: ignore[misc]
                    f"fold {fold + 1} of {folds}: {what}"
                ),
                progress.update,
                progress.line,
            )
            by_split = _splits(articles, fold_of, fold, settings.seed)
            outcome = fit_and_measure(
                settings, analyse_splits(settings, by_split, codebook, here), codebook, here
            )
            found.append(outcome.metrics["test"])
            records |= outcome.records["test"]
            with (
                mlflow.start_run(run_name=f"{settings.name}, fold {fold + 1}", nested=True),
                tempfile.TemporaryDirectory() as work,
            ):
                how = f"fold {fold + 1} of {folds}"
                log_run(mlflow, settings, how, by_split, outcome, Path(work))
                mlflow.set_tag("kind", "fold")
            outcome.labeller.classifier.discard_checkpoints()
        pooled = measure(articles, records, codebook, settings.bootstrap)[0]
        seconds = round(time.perf_counter() - began, 1)
        each = [flat_metrics("test", m) for m in found]
        means = {f"{k}/mean": mean([m[k] for m in each]) for k in each[0] if all(k in m for m in each)}
        mlflow.log_metrics({**means, **flat_metrics("pooled", pooled), "seconds": seconds})
        return CrossValidated(str(parent.info.run_id), found, pooled, codebook, seconds)
