"""One tracked run: train, measure, and log to MLflow what was done and how good the model is."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import __version__
from ..data.annotation.corpus import corpus_digest
from ..data.codebook import Codebook, codebook_named
from ..data.files.cache import cache_folder
from ..data.text.spacy_parser import ParseCache
from ..training.evaluation.name_invariance import changed_share
from ..training.pipeline import analyse_splits, fit_and_measure, load_articles
from ..training.progress import Progress
from ..training.serialization import save_model
from ..training.settings import TrainingSettings
from .tracking.model_card import model_card
from .tracking.run_logging import log_run
from .tracking.store import connect

# Swaps of names for the model card; `evaluate --name-swaps` takes more.
CARD_SWAPS = 5


@dataclass(slots=True)
class Trained:
    """A finished run. `refused` says why its model must not be registered; None where it may."""

    run_id: str
    model_uri: str
    metrics: dict[str, dict[str, Any]]
    split_digests: dict[str, str]
    codebook: Codebook
    seconds: float
    card: str
    refused: str | None = None


def train(settings: TrainingSettings, progress: Progress | None = None) -> Trained:
    """Train, measure and log one run.

    Raises:
        InputError: the corpus, codebook or tracking store is at fault; then nothing is logged.
    """
    progress = progress or Progress()
    began = time.perf_counter()
    codebook = codebook_named(settings.codebook)
    by_split, how = load_articles(settings, codebook)
    progress.step("connecting to the tracking store")
    mlflow = connect()
    data = analyse_splits(settings, by_split, codebook, progress)
    outcome = fit_and_measure(settings, data, codebook, progress)
    labeller, flips = outcome.labeller, None
    if codebook.stances and labeller.mentions == "found":
        progress.step("giving the sides other names")
        articles = by_split["test"] or by_split["validation"]
        flips = round(
            changed_share(labeller, articles, CARD_SWAPS, settings.seed, ParseCache(cache_folder())), 5
        )
    progress.step("writing the model card")
    card = model_card(settings, how, by_split, outcome, flips)
    progress.step("logging the run")
    digests = {split: corpus_digest(articles) for split, articles in by_split.items()}
    mlflow.set_experiment(settings.experiment)
    with mlflow.start_run(run_name=settings.name) as run, tempfile.TemporaryDirectory() as work:
        log_run(mlflow, settings, how, by_split, outcome, Path(work))
        mlflow.log_text(card, "model_card.md")
        seconds = round(time.perf_counter() - began, 1)
        mlflow.log_metrics({"seconds": seconds, **({"name_flips": flips} if flips is not None else {})})
        progress.step("logging the model")
        save_model(labeller, Path(work) / "model")
        (Path(work) / "model" / "README.md").write_text(card, encoding="utf-8")
        # Names only: MLflow would otherwise import the world to guess the model's requirements.
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).parent / "tracking" / "pyfunc_model.py"),
            artifacts={"model": str(Path(work) / "model")},
            pip_requirements=[f"stancewire=={__version__}"],
        )
        labeller.classifier.discard_checkpoints()
        return Trained(
            run.info.run_id,
            info.model_uri,
            outcome.metrics,
            digests,
            codebook,
            seconds,
            card,
            outcome.refused,
        )
