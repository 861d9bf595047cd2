"""Train one recipe several times with different seeds, as runs nested under one parent run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

from ..data.codebook import Codebook, codebook_named
from ..training.distillation.articles import ReadUnlabelled
from ..training.progress import Progress
from ..training.settings import TrainingSettings
from .config import changed_settings
from .tracking.connection.addresses import redacted, shown_uri
from .tracking.connection.failures import failures, store_error
from .tracking.lifecycle.run import open_run
from .tracking.lookup import SEEDS
from .tracking.metrics import main_metrics
from .tracking.provenance import source_tags, tag_commit
from .tracking.run_logging import corpus_param, run_name
from .tracking.store import connect
from .train import Trained, train


@dataclass(frozen=True, slots=True)
class TrainedSeeds:
    """Several trainings of one recipe.

    Attributes:
        run_id: id of the parent run.
        seeds: the seed of each training.
        runs: the trainings, in the same order. The first has the seed of the config.
        codebook: the label set.
        seconds: duration of all of it.
    """

    run_id: str
    seeds: tuple[int, ...]
    runs: tuple[Trained, ...]
    codebook: Codebook
    seconds: float

    def values(self, split: str, *keys: str) -> list[float]:
        """One metric of each training by its keys: `("statements", "f1")`."""
        out = []
        for trained in self.runs:
            value: Any = trained.metrics[split]
            for key in keys:
                value = value[key]
            out.append(float(value))
        return out


def train_seeds(
    settings: TrainingSettings,
    seeds: int,
    progress: Progress | None = None,
    config: str | None = None,
    read: ReadUnlabelled | None = None,
) -> TrainedSeeds:
    """Train a recipe with the seed of the settings and the following ones, on the same splits.

    Args:
        settings: what to train, and on what.
        seeds: number of trainings, at least 2.
        progress: receives the steps.
        config, read: see `experiments.train.train`; the latter is its `read_unlabelled`.

    Raises:
        InputError: see `experiments.train.train`; also if the store failed after one of the trainings.
    """
    progress, began = progress or Progress(), time.perf_counter()
    codebook = codebook_named(settings.codebook)
    mlflow = connect(write=True)
    changed = changed_settings(settings, config)
    chosen = tuple(range(settings.seed, settings.seed + seeds))
    runs: list[Trained] = []
    tags = _tags(settings, codebook, changed)
    name = f"{run_name(settings, changed)}, {seeds} seeds"
    with open_run(mlflow, name, tags, settings.experiment) as parent:
        _describe(mlflow, settings, seeds)
        for n, seed in enumerate(chosen, 1):
            here = _of_seed(progress, f"seed {n} of {seeds}")
            own = settings.model_copy(update={"seed": seed})
            trained = train(own, here, config, nested=True, split_seed=settings.seed, read_unlabelled=read)
            if trained.unlogged is not None:
                raise trained.unlogged
            runs.append(trained)
        done = TrainedSeeds(
            parent.run_id, chosen, tuple(runs), codebook, round(time.perf_counter() - began, 1)
        )
        _log(mlflow, done)
    return done


def _tags(settings: TrainingSettings, codebook: Codebook, changed: Mapping[str, str]) -> dict[str, str]:
    """Tags of the parent run."""
    return {
        "kind": SEEDS,
        "config": settings.name,
        "codebook": codebook.digest,
        "codebook_name": codebook.name,
        "changed": redacted(" ".join(f"{k}={v}" for k, v in changed.items())),
        **source_tags("train"),
    }


def _of_seed(progress: Progress, which: str) -> Progress:
    return Progress(lambda what: progress.step(f"{which}: {what}"), progress.update, progress.line)


def _describe(mlflow: Any, settings: TrainingSettings, seeds: int) -> None:
    """Log the parameters of the parent run."""
    classifier = {f"classifier.{k}": redacted(str(v)) for k, v in settings.classifier.model_dump().items()}
    general = {"seeds": seeds, "seed": settings.seed, "corpus": corpus_param(settings.corpus)}
    try:
        tag_commit(mlflow)
        mlflow.log_params({**general, "mentions": settings.mentions, **classifier})
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def _log(mlflow: Any, done: TrainedSeeds) -> None:
    """Log the mean of each metric over the trainings, and the standard deviation of the main ones."""
    main = [
        {k: v for split, m in t.metrics.items() for k, v in main_metrics(split, m, done.codebook).items()}
        for t in done.runs
    ]
    shared = [k for k in main[0] if all(k in m for m in main)]
    means = {k: mean([m[k] for m in main]) for k in shared}
    spread = {f"spread/{k}": stdev([m[k] for m in main]) for k in shared if k.endswith(_MAIN)}
    try:
        mlflow.log_metrics({**means, **spread, "seconds": done.seconds})
    except failures() as error:
        raise store_error(error, shown_uri()) from None


# Metrics of which the parent run also has the standard deviation over seeds.
_MAIN = ("/statements/f1", "/macro_f1", "/weighted_f1")
