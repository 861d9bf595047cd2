"""One tracked run: train and evaluate a model, and log its settings, data, metrics and files to MLflow."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import __version__
from ..data.annotation.corpus import corpus_digest
from ..data.codebook import Codebook, codebook_named
from ..data.schema import Article
from ..data.text.spacy_parser import ParseCache
from ..training.decoding.labeller import Labeller
from ..training.evaluation.name_invariance import changed_share
from ..training.evaluation.result import TrainingResult
from ..training.pipeline import analyse_splits, fit_and_measure, load_articles
from ..training.progress import Progress
from ..training.serialization import save_model
from ..training.settings import TrainingSettings
from .config import changed_settings
from .tracking.card_metadata import description, front_matter
from .tracking.model_card import model_card
from .tracking.run_logging import log_run, run_name
from .tracking.store import connect

# Name swaps per article for the model card; `evaluate --name-swaps` takes more.
CARD_SWAPS = 5
PYFUNC_MODEL = Path(__file__).parent / "tracking" / "pyfunc_model.py"


@dataclass(slots=True)
class Trained:
    """A finished run.

    Attributes:
        run_id: id of the MLflow run.
        model_uri: URI of the logged model.
        metrics: by split, nested as `training.evaluation.metrics.measure` returns them.
        split_digests: SHA-256 of the articles of each split.
        codebook: the label set.
        seconds: duration of the whole run.
        card: the model card, Markdown without metadata.
        refused: why the model must not be registered, or None.
        description: a few lines for the registry.
        changed: the settings that differ from the config.
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


def train(settings: TrainingSettings, progress: Progress | None = None, config: str | None = None) -> Trained:
    """Train, measure and log one run.

    Args:
        settings: what to train, and on what.
        progress: receives the steps.
        config: file or name of the config of which `settings` are a variant; the settings that differ from
            it are logged as changed. Default: the shipped config with the name of the settings.

    Raises:
        InputError: the corpus, codebook or tracking store is invalid. Nothing is logged in this case.
    """
    progress, began = progress or Progress(), time.perf_counter()
    mlflow, by_split, how, result = _fit(settings, progress)
    flips = _name_flips(settings, result, by_split["test"] or by_split["validation"], progress)
    progress.step("logging the run and the model")
    changed = changed_settings(settings, config)
    card = model_card(settings, how, by_split, result, flips)
    mlflow.set_experiment(settings.experiment)
    name = run_name(settings, changed)
    with mlflow.start_run(run_name=name) as run, tempfile.TemporaryDirectory() as work:
        log_run(mlflow, settings, how, by_split, result, Path(work))
        mlflow.set_tag("changed", " ".join(f"{k}={v}" for k, v in changed.items()))
        seconds = round(time.perf_counter() - began, 1)
        mlflow.log_metrics({"seconds": seconds, **({"name_flips": flips} if flips is not None else {})})
        metadata = front_matter(settings, by_split, result)
        model_uri = _log_model(mlflow, result.labeller, metadata, card, Path(work) / "model")
    result.labeller.classifier.discard_checkpoints()
    return Trained(
        run_id=run.info.run_id,
        model_uri=model_uri,
        metrics=result.metrics,
        split_digests={split: corpus_digest(articles) for split, articles in by_split.items()},
        codebook=result.labeller.codebook,
        seconds=seconds,
        card=card,
        refused=result.refused,
        description=description(settings, result.labeller.codebook, result.metrics),
        changed=changed,
    )


def _fit(
    settings: TrainingSettings, progress: Progress
) -> tuple[Any, dict[str, list[Article]], str, TrainingResult]:
    """MLflow, the articles by split, how they were split, and the trained labeller with its metrics."""
    codebook = codebook_named(settings.codebook)
    by_split, how = load_articles(settings, codebook)
    progress.step("connecting to the tracking store")
    mlflow = connect()  # fail before an hour of training, not after it
    data = analyse_splits(settings, by_split, codebook, progress)
    return mlflow, by_split, how, fit_and_measure(settings, data, codebook, progress)


def _name_flips(
    settings: TrainingSettings, result: TrainingResult, articles: list[Article], progress: Progress
) -> float | None:
    """The fraction of statements that change when the parties' names are swapped; None for known pairs."""
    if not result.labeller.codebook.stances or settings.mentions == "known":
        return None
    progress.step("swapping the parties' names")
    cached = ParseCache()
    return round(changed_share(result.labeller, articles, CARD_SWAPS, settings.seed, cached), 5)


def _log_model(mlflow: Any, labeller: Labeller, metadata: str, card: str, folder: Path) -> str:
    """Save the labeller with its card, log both to the current run, and return the model's URI."""
    save_model(labeller, folder, {"README.md": metadata + card})
    mlflow.log_text(card, "model_card.md")
    info = mlflow.pyfunc.log_model(
        name="model",
        python_model=str(PYFUNC_MODEL),
        artifacts={"model": str(folder)},
        # Explicit: otherwise MLflow would import and load the model in another process to infer them.
        pip_requirements=[f"stancewire=={__version__}"],
    )
    return str(info.model_uri)
