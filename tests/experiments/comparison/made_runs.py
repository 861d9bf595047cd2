"""Runs with synthetic predictions: a store full of them needs no training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from stancewire.data.record import text_sha256
from stancewire.experiments.tracking.prediction_files import log_predictions
from stancewire.experiments.tracking.store import connect
from stancewire.training.evaluation.predictions import (
    CandidateRow,
    LabelRow,
    PartyRow,
    Predictions,
    SentenceRow,
    StatementRow,
)

TEXT = "Kenya accused Somalia of shelling."
THRESHOLD = 0.4
GENRES = ("wire story", "broadsheet")


def sentence(article: int, n: int, score: float, conflicts: int = 12, *, extra: bool = False) -> SentenceRow:
    """A sentence in which Kenya blames Somalia; the model has this score for Kenya.

    Args:
        extra: whether the model also lets Somalia blame.
    """
    start = n * (len(TEXT) + 1)
    kenya = PartyRow(start, start + 5, "KEN", "name")
    somalia = PartyRow(start + 14, start + 21, "SOM", "name")
    kept = score >= THRESHOLD
    gold = StatementRow("blame", kenya, (somalia,), 0, 0, 1)
    predicted = [StatementRow("blame", kenya, (somalia,), 0, 0, 1, score, kept)]
    if extra:
        predicted.append(
            StatementRow("blame", somalia, (PartyRow(None, None, None, "unnamed"),), 1, None, 0, 0.45)
        )
    return SentenceRow(
        doc_id=f"article-{article:03}",
        conflict=f"conflict-{article % conflicts}",
        outlet="An outlet",
        genre=GENRES[article % 2],
        text_sha256=text_sha256(" ".join([TEXT] * 4)),
        sentence=n,
        start=start,
        end=start + len(TEXT),
        words=5,
        quoted=n % 2 == 1,
        labels=(LabelRow("loaded", False, False, 0.1),),
        candidates=(
            CandidateRow(start, start + 5, "name", (score, 0.1), (1, 0)),
            CandidateRow(start + 14, start + 21, "name", (0.2, 0.9), (0, 1)),
        ),
        gold=(gold,),
        predicted=tuple(predicted),
    )


def predictions(
    split: str, recall: float, seed: int = 0, articles: int = 40, conflicts: int = 12
) -> Predictions:
    """Predictions for articles of four sentences each, which find this fraction of the statements."""
    rng = np.random.default_rng(seed)
    rows = [
        sentence(
            a,
            n,
            float(rng.uniform(0.42, 0.95) if rng.random() < recall else rng.uniform(0.05, 0.38)),
            conflicts,
            extra=rng.random() < 0.15,
        )
        for a in range(articles)
        for n in range(4)
    ]
    thresholds = {"blame:actor": THRESHOLD, "target": 0.5}
    return Predictions(
        split, ("blame:actor", "blame:target"), ("blame",), ("loaded",), thresholds, tuple(rows)
    )


def connected() -> Any:
    """MLflow, connected to the store of the test."""
    mlflow = connect(write=True)
    mlflow.set_experiment("stancewire")
    return mlflow


def log_run(
    mlflow: Any,
    recall: float,
    seed: int = 0,
    *,
    settings: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    metrics: Mapping[str, float] | None = None,
    kept: bool = True,
    nested: bool = False,
    **more: int,
) -> str:
    """Log a training run and return its id; its name tells the settings.

    Args:
        kept: whether it keeps predictions.
        more: see `predictions`.
    """
    changed = " ".join(f"{k}={v}" for k, v in (settings or {}).items())
    name = f"linear on shipped{f', {changed}' if changed else ''}, seed={seed}"
    with mlflow.start_run(run_name=name, nested=nested) as run:
        digests = {f"{s}_sha256": "ab" * 32 for s in ("corpus", "train", "validation", "test")}
        mlflow.set_tags({"config": "linear", "codebook": "cd" * 32, **digests, **(tags or {})})
        mlflow.log_params(
            {"corpus": "shipped", "seed": str(seed), "threshold.blame.actor": "0.4", **(settings or {})}
        )
        mlflow.log_metrics({"seconds": 60.0 + seed, "validation/statements/f1": recall, **(metrics or {})})
        if kept:
            parts = enumerate(("validation", "test"))
            log_predictions(mlflow, [predictions(s, recall, 7 * seed + n, **more) for n, s in parts])
        return str(run.info.run_id)
