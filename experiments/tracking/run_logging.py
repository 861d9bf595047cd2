"""Log a training run: settings, tags and data at its start; metrics, plots and predictions at its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import __version__
from ...data.annotation.corpus import corpus_digest
from ...data.codebook import Codebook
from ...data.schema import Article
from ...training.decoding.labeller import Labeller
from ...training.evaluation.result import TrainingResult
from ...training.settings import TrainingSettings
from .card.card_metadata import short_corpus_name
from .card.model_card import purpose, slices
from .connection.addresses import redacted, shown_uri
from .connection.failures import failures, store_error
from .final_runs import Final
from .metrics import ARTIFACT, BEHAVIOUR, behaviour_metrics, main_metrics
from .plots import draw_confusion, draw_curves
from .prediction_files import log_predictions
from .provenance import NOTE, environment, source_tags, tag_commit
from .tables import log_tables

NO_STANCE = "none"
# The artifact with the settings of a run, from which it can be trained again.
SETTINGS = "settings.json"
ENVIRONMENT, CODEBOOK = "environment.txt", "codebook.json"


def corpus_param(corpora: Sequence[str]) -> str:
    """The corpora of a run as one MLflow parameter."""
    return ", ".join(corpora)


def run_name(settings: TrainingSettings, changed: Mapping[str, str]) -> str:
    """Config, corpora and changes in one line: `linear on shipped, classifier.regularisation=1.0`."""
    corpora = "+".join(short_corpus_name(c) for c in settings.corpus)
    return ", ".join([f"{settings.name} on {corpora}", *(f"{k}={v}" for k, v in changed.items())])[:250]


def training_tags(
    settings: TrainingSettings, by_split: Mapping[str, Sequence[Article]], codebook: Codebook
) -> dict[str, str]:
    """The tags of a training run."""
    everything = [a for articles in by_split.values() for a in articles]
    tags = {
        "config": settings.name,
        "stancewire": __version__,
        "codebook": codebook.digest,
        "codebook_name": codebook.name,
        "corpus_sha256": corpus_digest(everything),
        NOTE: purpose(codebook, settings.mentions),
        **source_tags("train"),
    }
    return tags | {f"{split}_sha256": corpus_digest(articles) for split, articles in by_split.items()}


def log_start(
    mlflow: Any,
    settings: TrainingSettings,
    how: str,
    by_split: Mapping[str, Sequence[Article]],
    codebook: Codebook,
) -> None:
    """Log to the current run what is known before training: settings, datasets, environment.

    Args:
        mlflow: the module, connected to a store.
        settings: settings of the run.
        how: how the articles were split.
        by_split: the articles of train, validation and test.
        codebook: the label set.

    Raises:
        InputError: the store failed.
    """
    flat = settings.model_dump()
    flat |= {f"classifier.{k}": v for k, v in flat.pop("classifier").items()}
    flat["corpus"] = corpus_param(settings.corpus)
    try:
        params = {k: redacted(str(v)) for k, v in flat.items() if v is not None}
        mlflow.log_params({**params, "split": how})
        tag_commit(mlflow)
        _log_inputs(mlflow, settings, by_split)
        mlflow.log_dict(_as_json(settings), SETTINGS)
        mlflow.log_text(environment(), ENVIRONMENT)
        mlflow.log_text(codebook.model_dump_json(indent=2), CODEBOOK)
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def _as_json(settings: TrainingSettings) -> dict[str, Any]:
    """Settings without passwords."""
    raw = settings.model_dump(mode="json")
    lists = {k: [redacted(x) for x in v] for k, v in raw["classifier"].items() if isinstance(v, list)}
    return raw | {
        "corpus": [redacted(c) for c in settings.corpus],
        "classifier": raw["classifier"] | lists,
    }


def log_result(
    mlflow: Any,
    by_split: Mapping[str, Sequence[Article]],
    result: TrainingResult,
    work: Path,
    logged_epochs: Collection[int] = (),
    final: Final | None = None,
) -> None:
    """Log to the current run what training and evaluation came to.

    Args:
        mlflow: the module, connected to a store.
        by_split: the articles of train, validation and test.
        result: the labeller and its metrics.
        work: an empty folder for temporary files.
        logged_epochs: numbers of epochs, from 1, whose metrics were logged during training.
        final: of a final model, with the figures that it inherits.
    """
    _log_thresholds(mlflow, result.labeller)
    _log_metrics(mlflow, by_split, result, logged_epochs, final)
    log_predictions(mlflow, result.predictions.values())
    if "validation" in result.arrays:
        _log_plots(mlflow, result.labeller, *result.arrays["validation"], work)


def _log_thresholds(mlflow: Any, labeller: Labeller) -> None:
    decisions = labeller.decisions
    thresholds = {**decisions.thresholds, "target": decisions.target_threshold}
    params = {f"threshold.{k.replace(':', '.')}": str(round(v, 4)) for k, v in thresholds.items()}
    about = labeller.classifier.about
    params |= {f"encoder.{k}": str(v) for k, v in about.items() if not isinstance(v, Mapping)}
    mlflow.log_params(params)


def _log_metrics(
    mlflow: Any,
    by_split: Mapping[str, Sequence[Article]],
    result: TrainingResult,
    logged_epochs: Collection[int],
    final: Final | None,
) -> None:
    classifier, codebook = result.labeller.classifier, result.labeller.codebook
    for step, epoch in enumerate(classifier.history, 1):
        if step not in logged_epochs:  # of a training that was resumed, or logged while the store was down
            mlflow.log_metrics({f"epoch/{k}": v for k, v in epoch.items()}, step=step)
    main = {k: v for split, m in result.metrics.items() for k, v in main_metrics(split, m, codebook).items()}
    if final is not None:
        main = final.inherited_metrics(codebook)
    parity = classifier.about.get("parity", {})
    main |= {f"parity/{k}": float(v) for k, v in parity.items()} | behaviour_metrics(result.behaviour)
    mlflow.log_metrics(main)
    everything: dict[str, Any] = {k: dict(v) for k, v in result.metrics.items()}
    for split, metrics in everything.items():
        if codebook.stances and result.records.get(split):
            metrics["slices"] = slices(by_split[split], result, split)
    if final is not None:
        everything = dict(final.inherited())
    others = {"parity": dict(parity), BEHAVIOUR: result.behaviour}
    mlflow.log_dict({**everything, **{k: v for k, v in others.items() if v}}, ARTIFACT)
    log_tables(mlflow, everything)


def _log_inputs(mlflow: Any, settings: TrainingSettings, by_split: Mapping[str, Sequence[Article]]) -> None:
    import pandas as pd

    name = "+".join(short_corpus_name(c) for c in settings.corpus)
    for split, articles in by_split.items():
        if articles:
            rows = [(a.doc_id, s.text, len(s.statements)) for a in articles for s in a.sentences]
            frame = pd.DataFrame(rows, columns=["doc_id", "text", "statements"]).astype({"statements": float})
            mlflow.log_input(mlflow.data.from_pandas(frame, name=f"{name}-{split}"), context=split)


def _log_plots(
    mlflow: Any, labeller: Labeller, probabilities: NDArray[np.float64], gold: NDArray[np.int8], work: Path
) -> None:
    codebook, thresholds = labeller.codebook, labeller.decisions.thresholds
    columns = {s: r.actor for s, r in zip(codebook.stance_names, codebook.stance_roles, strict=True)}
    if not columns or not len(gold):
        return
    floor = {s: thresholds.get(f"{s}:actor", 0.5) for s in columns}
    annotated = [_top_stance(row, columns, dict.fromkeys(columns, 1.0)) for row in gold]
    predicted = [_top_stance(row, columns, floor) for row in probabilities]
    for path in (
        draw_confusion(work, annotated, predicted, [*columns, NO_STANCE]),
        draw_curves(work, probabilities, gold, columns, floor),
    ):
        mlflow.log_artifact(str(path), "plots")


def _top_stance(row: NDArray[Any], columns: Mapping[str, int], floor: Mapping[str, float]) -> str:
    """The stance of a mention with the highest score at or above its threshold; otherwise none."""
    above = [(row[k], s) for s, k in columns.items() if row[k] >= floor[s]]
    return max(above)[1] if above else NO_STANCE
