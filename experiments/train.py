"""One tracked run: train and evaluate a model, and log its settings, data, metrics and files to MLflow."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..data.annotation.corpus import corpus_digest
from ..data.codebook import Codebook, codebook_named
from ..data.errors import InputError
from ..data.schema import Article
from ..data.text.spacy_parser import ParseCache
from ..training.distillation.articles import ReadUnlabelled
from ..training.distillation.labelling import Distillation
from ..training.evaluation.behaviour import has_behaviour, run_items, summarise_behaviour
from ..training.evaluation.name_invariance import changed_share
from ..training.evaluation.predictions import Predictions
from ..training.evaluation.result import TrainingResult
from ..training.final import fit_final
from ..training.pipeline import analyse_splits, fit_and_measure, load_articles
from ..training.progress import Progress
from ..training.serialization import save_model
from ..training.settings import TrainingSettings
from .config import changed_settings
from .distillation import prepare_distillation, resolved
from .tracking.card.card_metadata import description, front_matter
from .tracking.card.model_card import model_card
from .tracking.connection.addresses import redacted, shown_uri
from .tracking.connection.failures import failures, reason
from .tracking.final_runs import REFUSED, Final
from .tracking.lifecycle.kept import DATABASE, KEPT_OF, keep_run
from .tracking.lifecycle.live import LiveLog, is_epoch
from .tracking.lifecycle.run import OpenRun, open_run
from .tracking.lifecycle.work_folder import work_folder
from .tracking.provenance import NOTE
from .tracking.run_logging import log_result, log_start, run_name, training_tags
from .tracking.served.logged_model import log_model
from .tracking.store import connect

# Name swaps per article for the model card; `evaluate --name-swaps` takes more.
CARD_SWAPS = 5
# The tag of a run whose articles were split with another seed than its own.
SPLIT_SEED = "split_seed"


@dataclass(slots=True)
class Trained:
    """A finished run.

    Attributes:
        run_id: id of the MLflow run.
        model_uri: URI of the logged model; empty if it could not be logged.
        metrics: by split, nested as `training.evaluation.metrics.measure` returns them.
        split_digests: SHA-256 of the articles of each split.
        codebook: the label set.
        seconds: duration of the whole run.
        card: the model card, Markdown without metadata.
        refused: why the model must not be registered, or None.
        description: a few lines for the registry.
        changed: the settings that differ from the config.
        predictions: what the model predicted for the validation articles.
        final: how a final model was trained; None for any other.
        unlogged: if the store failed after the training: why, and where the run is kept.
    """

    run_id: str
    model_uri: str
    metrics: dict[str, dict[str, Any]]
    split_digests: dict[str, str]
    codebook: Codebook
    seconds: float
    card: str
    refused: str | None = None
    description: str = ""
    changed: Mapping[str, str] = field(default_factory=dict)
    predictions: Predictions | None = None
    final: Final | None = None
    unlogged: InputError | None = None


def train(
    settings: TrainingSettings,
    progress: Progress | None = None,
    config: str | None = None,
    *,
    nested: bool = False,
    split_seed: int | None = None,
    tags: Mapping[str, str] | None = None,
    read_unlabelled: ReadUnlabelled | None = None,
) -> Trained:
    """Train, measure and log one run.

    The run is opened before training, and ends as FINISHED, FAILED or KILLED. If the store fails when the
    model is trained, the metrics are returned and the run is kept in a store in the working folder, see
    `Trained.unlogged`.

    Args:
        settings: what to train, and on what.
        progress: receives the steps.
        config: file or name of the config of which `settings` are a variant; the settings that differ from
            it are logged as changed. Default: the shipped config with the name of the settings.
        nested: whether the run is a child of MLflow's current run.
        split_seed, tags: see `load_articles`; further tags of the run.
        read_unlabelled: reads the articles that teachers label, if the settings name some.

    Raises:
        InputError: the corpus, codebook, tracking store, a teacher or the unlabelled text is invalid. Nothing
            is logged in this case. Or the classifier has nothing to learn from; the run is FAILED then.
    """
    progress, began = progress or Progress(), time.perf_counter()
    codebook = codebook_named(settings.codebook)
    by_split, how = load_articles(settings, codebook, split_seed)
    held_out = [*by_split["validation"], *by_split["test"]]
    teaching = prepare_distillation(settings, held_out, codebook, read_unlabelled, progress)
    settings = resolved(settings, teaching)
    progress.step("connecting to the tracking store")
    mlflow, changed = connect(write=True), changed_settings(settings, config)
    all_tags = training_tags(settings, by_split, codebook) | _tags(changed, split_seed) | dict(tags or {})
    prepared = Prepared(settings, codebook, by_split, how, changed, all_tags, nested, None, teaching)
    return run_training(mlflow, prepared, progress, began)


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is known before a training.

    Attributes:
        settings, codebook: what to train, and the label set.
        by_split, how: the articles of each split, of a final model all in `train`; how they were split.
        changed, tags, nested: see `Trained`; tags of the run; whether it is a child of MLflow's current run.
        final: how to train a final model; None for any other.
        distillation: the teachers and what they label; None without teachers.
    """

    settings: TrainingSettings
    codebook: Codebook
    by_split: Mapping[str, list[Article]]
    how: str
    changed: Mapping[str, str]
    tags: Mapping[str, str]
    nested: bool = False
    final: Final | None = None
    distillation: Distillation | None = None

    def opened(self, mlflow: Any) -> AbstractContextManager[OpenRun]:
        """The run, to be opened."""
        experiment = None if self.nested else self.settings.experiment
        return open_run(mlflow, self.name, self.tags, experiment, self.nested, system_metrics=True)

    @property
    def name(self) -> str:
        """The name of the run."""
        return run_name(self.settings, self.changed) + (", final" if self.final else "")

    def log_start(self, mlflow: Any) -> None:
        """Log to the current run what is known before training."""
        log_start(mlflow, self.settings, self.how, self.by_split, self.codebook)
        if self.final is not None:
            mlflow.log_params(self.final.params())


def run_training(mlflow: Any, prepared: Prepared, progress: Progress, began: float) -> Trained:
    """Open a run, train, measure and log; `began` is a value of `time.perf_counter`."""
    with work_folder() as work:
        with prepared.opened(mlflow) as run:
            prepared.log_start(mlflow)
            live = LiveLog(mlflow, progress)
            result, flips = _fit(prepared, live.progress)
            live.progress.step("logging the run and the model")
            trained = _trained(run.run_id, prepared, result)
            finished = _Finished(prepared, result, flips, trained, work)
            finished.save(began)
            failure = finished.try_to_log(mlflow, run, live)
        if failure is not None:
            trained.unlogged = finished.keep(failure, live)
    result.labeller.classifier.discard_checkpoints()
    return trained


def _tags(changed: Mapping[str, str], split_seed: int | None) -> dict[str, str]:
    """Tags for the changed settings, and for a split that does not follow from the settings."""
    tags = {"changed": redacted(" ".join(f"{k}={v}" for k, v in changed.items()))}
    return tags if split_seed is None else tags | {SPLIT_SEED: str(split_seed)}


def _fit(prepared: Prepared, progress: Progress) -> tuple[TrainingResult, float | None]:
    """Train, measure and test the behaviour; also the result of `_name_flips`."""
    settings, codebook, by_split = prepared.settings, prepared.codebook, prepared.by_split
    final, distillation = prepared.final, prepared.distillation
    data = analyse_splits(settings, by_split, codebook, progress)
    soft = distillation.soft_labels(data["train"], progress) if distillation is not None else None
    if final is None:
        result = fit_and_measure(settings, data, codebook, progress, soft)
    else:
        result = fit_final(settings, data["train"], codebook, final.folds, final.chosen, progress, soft)
    if has_behaviour(result.labeller):
        progress.step("testing the behaviour")
        result.behaviour = summarise_behaviour(run_items(result.labeller, cached=ParseCache()))
    held_out = [] if final else by_split["test"] or by_split["validation"]
    return result, _name_flips(settings, result, held_out, progress) if held_out else None


def _trained(run_id: str, prepared: Prepared, result: TrainingResult) -> Trained:
    """What is known of a run before it is logged."""
    by_split, codebook = prepared.by_split, prepared.codebook
    return Trained(
        run_id=run_id,
        model_uri="",
        metrics=result.metrics,
        split_digests={split: corpus_digest(articles) for split, articles in by_split.items()},
        codebook=codebook,
        seconds=0.0,
        card="",
        refused=result.refused,
        description=description(prepared.settings, codebook, result.metrics, prepared.final),
        changed=prepared.changed,
        final=prepared.final,
        predictions=result.predictions.get("validation"),
    )


@dataclass(frozen=True, slots=True)
class _Finished:
    """All that is logged of a training when it has ended."""

    prepared: Prepared
    result: TrainingResult
    flips: float | None
    trained: Trained
    work: Path

    def save(self, began: float) -> None:
        """Write the card and the model's files, and note how long it took since `began`."""
        settings, by_split = self.prepared.settings, self.prepared.by_split
        card = model_card(settings, self.prepared.how, by_split, self.result, self.flips, self.prepared.final)
        readme = front_matter(settings, by_split, self.result) + card
        save_model(self.result.labeller, self.work / "model", {"README.md": readme})
        self.trained.card = card
        self.trained.seconds = round(time.perf_counter() - began, 1)

    def try_to_log(self, mlflow: Any, run: OpenRun, live: LiveLog) -> Exception | None:
        """Log results and model to the current run; returns the error if the store failed."""
        try:
            self.trained.model_uri = self._log(mlflow, live.logged_epochs)
        except failures() as error:
            run.status = "FAILED"
            return error
        return None

    def _log(self, mlflow: Any, logged_epochs: Collection[int]) -> str:
        final = self.prepared.final
        if final is not None and self.result.refused:
            mlflow.set_tag(REFUSED, "true")
        log_result(mlflow, self.prepared.by_split, self.result, self.work, logged_epochs, final)
        flips = {"name_flips": self.flips} if self.flips is not None else {}
        speed, split = self.result.speed, "validation"
        speeds = {"sentences_per_second": speed[split]} if split in speed else {}
        mlflow.log_metrics({"seconds": self.trained.seconds, **flips, **speeds})
        mlflow.set_tag(NOTE, self.trained.description)
        mlflow.log_text(self.trained.card, "model_card.md")
        return log_model(mlflow, self.work / "model", self.result.labeller, self.work)

    def keep(self, error: Exception, live: LiveLog) -> InputError:
        """Log the run to a store of its own on this machine; returns the error that says where."""
        prepared, experiment = self.prepared, self.prepared.settings.experiment

        def log(mlflow: Any) -> None:
            kept = {**prepared.tags, KEPT_OF: self.trained.run_id}
            # The parent of a nested run is in the store that failed, and is MLflow's current run still.
            with open_run(mlflow, prepared.name, kept, experiment, prepared.nested):
                prepared.log_start(mlflow)
                for values, step in live.history:
                    mlflow.log_metrics(values, step=step)
                self._log(mlflow, {step for values, step in live.history if is_epoch(values)})

        folder = keep_run(self.trained.run_id, experiment, self.work, log)
        what = f"the tracking store failed while the run was logged ({reason(error)})"
        if not (folder / DATABASE).exists():
            hint = f"when the store works again: stancewire models import {folder}"
            return InputError(f"{what}; the model is in {folder}", where=shown_uri(), hint=hint)
        return InputError(
            f"{what}; the run is kept in {folder / DATABASE}",
            where=shown_uri(),
            hint=f"when the store works again: stancewire experiments upload {folder}",
        )


def _name_flips(
    settings: TrainingSettings, result: TrainingResult, articles: list[Article], progress: Progress
) -> float | None:
    """The fraction of statements that change when the parties' names are swapped; None for known pairs."""
    if not result.labeller.codebook.stances or settings.mentions == "known":
        return None
    progress.step("swapping the parties' names")
    cached = ParseCache()
    return round(changed_share(result.labeller, articles, CARD_SWAPS, settings.seed, cached), 5)
