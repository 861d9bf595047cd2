"""Measure a trained model on any annotated file, and log the figures beside the runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..data.annotation.corpus import corpus_digest
from ..data.annotation.counting import Mistake
from ..data.errors import InputError
from ..data.files.cache import cache_folder
from ..data.schema import Article
from ..data.text.spacy_parser import ParseCache
from ..training.classifier import Scores
from ..training.decoding.labeller import Labeller
from ..training.evaluation.metrics import measure
from ..training.evaluation.score_articles import role_metrics, score_articles
from ..training.examples.dataset import analyse_articles, share_of_candidates
from .tracking.run_logging import flat_metrics
from .tracking.store import connect


def evaluate(
    labeller: Labeller,
    articles: Sequence[Article],
    bootstrap: int = 1000,
    done: Callable[[int], None] | None = None,
) -> tuple[dict[str, Any], list[Mistake]]:
    """Metrics and mistakes on annotated articles, scored from their text alone.

    Raises:
        InputError: there are no articles.
    """
    if not articles:
        raise InputError("no articles to evaluate on", hint="check --split")
    cached = ParseCache(cache_folder())
    data = analyse_articles(articles, labeller.gazetteer, labeller.codebook, cached)
    recall = round(share_of_candidates(data), 4)
    data = labeller.examples(data)
    scores: list[Scores] = []
    for n in range(len(articles)):  # one by one, as scoring reads them
        scores += labeller.classifier.score([data.sentences[i] for i in np.flatnonzero(data.article_of == n)])
        if done:
            done(1)
    metrics, mistakes = measure(
        articles, score_articles(labeller, data, scores, cached), labeller.codebook, bootstrap
    )
    metrics["candidate_recall"] = recall
    metrics["roles"] = role_metrics(labeller, data, scores)[0]
    return metrics, mistakes


def log_evaluation(
    metrics: dict[str, Any],
    articles: Sequence[Article],
    model: str,
    corpora: Sequence[str],
    experiment: str = "stancewire",
) -> str:
    """Log an evaluation as a run of its own; returns its id."""
    mlflow = connect()
    mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name=f"evaluate {model}") as run:
        mlflow.set_tags(
            {
                "kind": "evaluation",
                "model": model,
                "corpus_sha256": corpus_digest(articles),
                "config": f"evaluate {model}",
            }
        )
        mlflow.log_params({"model": model, "corpus": str(tuple(corpora))})
        mlflow.log_metrics(flat_metrics("evaluation", metrics))
        return str(run.info.run_id)
