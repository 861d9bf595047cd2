"""One tracked run: train and evaluate a model, and log its settings, data, metrics and files to MLflow."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import __version__
from ..data.annotation.corpus import corpus_digest
from ..data.codebook import Codebook, codebook_named
from ..data.errors import InputError
from ..data.schema import Article
from ..data.text.spacy_parser import ParseCache
from ..training.evaluation.name_invariance import changed_share
from ..training.evaluation.result import TrainingResult
from ..training.pipeline import analyse_splits, fit_and_measure, load_articles
from ..training.progress import Progress
from ..training.serialization import save_model
from ..training.settings import TrainingSettings
from .config import changed_settings
from .tracking.card_metadata import description, front_matter
from .tracking.connection.addresses import redacted, shown_uri
from .tracking.connection.failures import failures, reason
from .tracking.lifecycle.live import LiveLog
from .tracking.lifecycle.run import OpenRun, open_run
from .tracking.lifecycle.work_folder import work_folder
from .tracking.model_card import model_card
from .tracking.run_logging import log_result, log_start, run_name, training_tags
from .tracking.store import connect

# Name swaps per article for the model card; `evaluate --name-swaps` takes more.
CARD_SWAPS = 5
PYFUNC_MODEL = Path(__file__).parent / "tracking" / "pyfunc_model.py"


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
        unlogged: if the store failed after the training: why, and where the model is now.
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
    unlogged: InputError | None = None


def train(
    settings: TrainingSettings,
    progress: Progress | None = None,
    config: str | None = None,
    *,
    nested: bool = False,
    split_seed: int | None = None,
) -> Trained:
    """Train, measure and log one run.

    The run is opened before training, and ends as FINISHED, FAILED or KILLED. If the store fails when the
    model is trained, the metrics are returned and the model is kept in the working folder, see
    `Trained.unlogged`.

    Args:
        settings: what to train, and on what.
        progress: receives the steps.
        config: file or name of the config of which `settings` are a variant; the settings that differ from
            it are logged as changed. Default: the shipped config with the name of the settings.
        nested: whether the run is a child of MLflow's current run.
        split_seed: see `load_articles`.

    Raises:
        InputError: the corpus, codebook or tracking store is invalid. Nothing is logged in this case. Or
            the classifier has nothing to learn from; the run is FAILED then.
    """
    progress, began = progress or Progress(), time.perf_counter()
    codebook = codebook_named(settings.codebook)
    by_split, how = load_articles(settings, codebook, split_seed)
    progress.step("connecting to the tracking store")
    mlflow = connect(write=True)
    changed = changed_settings(settings, config)
    tags = training_tags(settings, by_split, codebook)
    tags["changed"] = redacted(" ".join(f"{k}={v}" for k, v in changed.items()))
    name = run_name(settings, changed)
    with (
        work_folder() as work,
        open_run(mlflow, name, tags, None if nested else settings.experiment, nested) as run,
    ):
        log_start(mlflow, settings, how, by_split, codebook)
        live = LiveLog(mlflow, progress)
        result, flips = _fit(settings, by_split, codebook, live.progress)
        live.progress.step("logging the run and the model")
        card = model_card(settings, how, by_split, result, flips)
        model = work / "model"
        save_model(result.labeller, model, {"README.md": front_matter(settings, by_split, result) + card})
        trained = _trained(run.run_id, settings, by_split, result, codebook)
        trained.card, trained.changed = card, changed
        trained.seconds = round(time.perf_counter() - began, 1)
        _log(mlflow, run, by_split, result, live, trained, flips, work)
    result.labeller.classifier.discard_checkpoints()
    return trained


def _fit(
    settings: TrainingSettings, by_split: Mapping[str, list[Article]], codebook: Codebook, progress: Progress
) -> tuple[TrainingResult, float | None]:
    """Train and measure; also the result of `_name_flips`."""
    data = analyse_splits(settings, by_split, codebook, progress)
    result = fit_and_measure(settings, data, codebook, progress)
    return result, _name_flips(settings, result, by_split["test"] or by_split["validation"], progress)


def _trained(
    run_id: str,
    settings: TrainingSettings,
    by_split: Mapping[str, list[Article]],
    result: TrainingResult,
    codebook: Codebook,
) -> Trained:
    """What is known of a run before it is logged."""
    return Trained(
        run_id=run_id,
        model_uri="",
        metrics=result.metrics,
        split_digests={split: corpus_digest(articles) for split, articles in by_split.items()},
        codebook=codebook,
        seconds=0.0,
        card="",
        refused=result.refused,
        description=description(settings, codebook, result.metrics),
    )


def _log(
    mlflow: Any,
    run: OpenRun,
    by_split: Mapping[str, list[Article]],
    result: TrainingResult,
    live: LiveLog,
    trained: Trained,
    flips: float | None,
    work: Path,
) -> None:
    """Log results and model to the current run; if the store fails, keep the model (`Trained.unlogged`)."""
    try:
        log_result(mlflow, by_split, result, work, live.logged_epochs)
        seconds = {"seconds": trained.seconds}
        speed = {"sentences_per_second": result.speed["validation"]} if "validation" in result.speed else {}
        mlflow.log_metrics({**seconds, **({"name_flips": flips} if flips is not None else {}), **speed})
        trained.model_uri = _log_model(mlflow, trained.card, work / "model")
    except failures() as error:
        run.status = "FAILED"
        kept = _keep(work / "model", run.run_id)
        trained.unlogged = InputError(
            f"the tracking store failed while the run was logged ({reason(error)}); the model is in {kept}",
            where=shown_uri(),
            hint=f"when the store works again: stancewire models import {kept}",
        )


def _keep(model: Path, run_id: str) -> Path:
    """Copy the model out of the work folder: to the working folder, or, if that is full, beside it."""
    name = f"stancewire-model-{run_id[:8]}"
    for folder in (Path.cwd(), model.parents[1]):
        try:
            return Path(shutil.copytree(model, folder / name, dirs_exist_ok=True))
        except OSError:
            continue
    # The same file system as the work folder: moving needs no space.
    return model.rename(model.parents[1] / f"{name}-moved")


def _name_flips(
    settings: TrainingSettings, result: TrainingResult, articles: list[Article], progress: Progress
) -> float | None:
    """The fraction of statements that change when the parties' names are swapped; None for known pairs."""
    if not result.labeller.codebook.stances or settings.mentions == "known":
        return None
    progress.step("swapping the parties' names")
    cached = ParseCache()
    return round(changed_share(result.labeller, articles, CARD_SWAPS, settings.seed, cached), 5)


def _log_model(mlflow: Any, card: str, folder: Path) -> str:
    """Log a model's folder and card to the current run, and return the model's URI."""
    mlflow.log_text(card, "model_card.md")
    info = mlflow.pyfunc.log_model(
        name="model",
        python_model=str(PYFUNC_MODEL),
        artifacts={"model": str(folder)},
        # Explicit: otherwise MLflow would import and load the model in another process to infer them.
        pip_requirements=[f"stancewire=={__version__}"],
    )
    return str(info.model_uri)
