"""One training of a sweep, on articles that were analysed once; measured on validation only, and logged."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ....data.annotation.corpus import corpus_digest
from ....data.annotation.counting import count_article, total
from ....data.codebook import Codebook, codebook_named
from ....data.record import Record
from ....data.schema import Article
from ....training.distillation.articles import ReadUnlabelled
from ....training.examples.dataset import Analysed
from ....training.examples.soft_labels import SoftlyLabelled
from ....training.pipeline import analyse_splits, fit_and_measure, load_articles
from ....training.progress import Progress
from ....training.settings import TrainingSettings
from ...distillation import prepare_distillation
from ...tracking.lifecycle.live import EPOCH, LiveLog
from ...tracking.lifecycle.run import open_run
from ...tracking.metrics import ARTIFACT, main_metrics
from ...tracking.run_logging import log_start, training_tags

# The metric of an epoch by which a training is pruned.
EPOCH_METRIC = f"{EPOCH}validation"
Report = Callable[[float, int], None]


@dataclass(frozen=True, slots=True)
class AnalysedCorpus:
    """The articles of a sweep, analysed once for all its trainings. Test articles are left out.

    Attributes:
        by_split: articles of train and validation; none of test.
        data: the same, analysed.
        codebook: the label set.
        how: how the articles were split.
        soft: unlabelled sentences with the probabilities of teachers, if the settings name teachers.
    """

    by_split: Mapping[str, Sequence[Article]]
    data: Mapping[str, Analysed]
    codebook: Codebook
    how: str
    soft: SoftlyLabelled | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the training and validation articles, with the teachers and the unlabelled text."""
        own = corpus_digest([a for articles in self.by_split.values() for a in articles])
        return own if self.soft is None else f"{own} {dict(self.soft.about)}"


@dataclass(frozen=True, slots=True)
class Measured:
    """One training, measured on the validation articles.

    Attributes:
        run_id: its MLflow run.
        f1: F1 of the statements, or of the first label where there are no stances.
        counts: of each article, the numbers of matched, predicted and gold statements.
        seconds: duration of training and measuring.
    """

    run_id: str
    f1: float
    counts: tuple[tuple[int, int, int], ...]
    seconds: float


def analyse(
    settings: TrainingSettings, progress: Progress, read_unlabelled: ReadUnlabelled | None = None
) -> AnalysedCorpus:
    """Read and analyse the training and validation articles, and label the unlabelled ones, if any.

    Args:
        read_unlabelled: see `experiments.train.train`.

    Raises:
        InputError: the codebook, a corpus, a teacher or the unlabelled text is invalid.
    """
    codebook = codebook_named(settings.codebook)
    by_split, how = load_articles(settings, codebook)
    held_out = [*by_split["validation"], *by_split["test"]]
    distillation = prepare_distillation(settings, held_out, codebook, read_unlabelled, progress)
    by_split["test"] = []
    data = analyse_splits(settings, by_split, codebook, progress)
    soft = distillation.soft_labels(data["train"], progress) if distillation is not None else None
    return AnalysedCorpus(by_split, data, codebook, how, soft)


def run_training(
    mlflow: Any,
    corpus: AnalysedCorpus,
    settings: TrainingSettings,
    name: str,
    tags: Mapping[str, str],
    progress: Progress,
    opened: Callable[[str], None] = lambda run_id: None,
    report: Report | None = None,
) -> Measured:
    """Train, measure on validation, and log a child of the current run.

    Args:
        mlflow: the module, connected to a store.
        name: name of the run.
        tags: its tags, besides those of every training.
        opened: called with the run id before training.
        report: called with the validation metric of each epoch and its number, from 1. It may raise to stop
            the training.

    Raises:
        InputError: the store failed, or the classifier has nothing to learn from.
    """
    codebook, began = corpus.codebook, time.perf_counter()
    everything = training_tags(settings, corpus.by_split, codebook) | {"kind": "trial", **tags}
    with open_run(mlflow, name, everything, nested=True) as run:
        opened(run.run_id)
        log_start(mlflow, settings, corpus.how, corpus.by_split, codebook)
        live = LiveLog(mlflow, progress)
        reporting = _reporting(live.progress, report)
        result = fit_and_measure(settings, corpus.data, codebook, reporting, corpus.soft)
        result.labeller.classifier.discard_checkpoints()
        metrics = result.metrics["validation"]
        seconds = round(time.perf_counter() - began, 1)
        mlflow.log_metrics({**main_metrics("validation", metrics, codebook), "seconds": seconds})
        mlflow.log_dict({"validation": metrics}, ARTIFACT)
        names = codebook.stance_names if codebook.stances else codebook.label_names[:1]
        counts = _counts(corpus.by_split["validation"], result.records["validation"], codebook, names)
        score = float(metrics["statements" if codebook.stances else codebook.label_names[0]]["f1"])
        return Measured(run.run_id, score, counts, seconds)


def _reporting(progress: Progress, report: Report | None) -> Progress:
    if report is None:
        return progress

    def metrics(values: Mapping[str, float], step: int) -> None:
        progress.metrics(values, step)
        if EPOCH_METRIC in values:
            report(values[EPOCH_METRIC], step)

    return replace(progress, metrics=metrics)


def _counts(
    articles: Sequence[Article], records: Mapping[str, Record], codebook: Codebook, names: Sequence[str]
) -> tuple[tuple[int, int, int], ...]:
    counted = (count_article(a, records.get(a.doc_id), codebook).counts for a in articles)
    sums = (total(c[n] for n in names) for c in counted)
    return tuple((s.matched, s.predicted, s.gold) for s in sums)
