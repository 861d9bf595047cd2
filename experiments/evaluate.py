"""Evaluate a trained model on annotated articles, and log the metrics as a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..data.annotation.corpus import corpus_digest
from ..data.annotation.counting import Mistake
from ..data.codebook import Codebook, shipped_codebook
from ..data.errors import InputError
from ..data.schema import Article
from ..data.text.spacy_parser import ParseCache
from ..training.decoding.labeller import Labeller
from ..training.evaluation.metrics import measure
from ..training.evaluation.predicting import predictions
from ..training.evaluation.predictions import Predictions
from ..training.evaluation.score_articles import role_metrics, score_articles, score_sentences
from ..training.examples.dataset import analyse_articles, candidate_recall
from .tracking.connection.addresses import shown_uri
from .tracking.connection.failures import failures, store_error
from .tracking.lifecycle.run import open_run
from .tracking.metrics import ARTIFACT, BEHAVIOUR, behaviour_metrics, main_metrics
from .tracking.prediction_files import log_predictions
from .tracking.provenance import NOTE, source_tags, tag_commit
from .tracking.run_logging import corpus_param
from .tracking.store import connect

# What the corpus is called if only the behaviour was tested.
BEHAVIOURAL_ITEMS = "behavioural items"


class Evaluated(NamedTuple):
    """What `evaluate` returns.

    Attributes:
        metrics: see `training.evaluation.metrics.summarise`.
        mistakes: missed and extra statements.
        predictions: everything that was predicted, without text.
    """

    metrics: dict[str, Any]
    mistakes: list[Mistake]
    predictions: Predictions


def evaluate(
    labeller: Labeller,
    articles: Sequence[Article],
    bootstrap: int = 1000,
    advance: Callable[[int], None] | None = None,
) -> Evaluated:
    """Metrics, mistakes and predictions on annotated articles, scored from their text without the annotation.

    Args:
        labeller: the model.
        articles: at least one.
        bootstrap: resamples of the articles for the 95% interval; 0 for none.
        advance: called with 1 after each article.

    Raises:
        InputError: there are no articles.
    """
    if not articles:
        raise InputError("no articles to evaluate on", hint="check --split")
    cached = ParseCache()
    data = analyse_articles(articles, labeller.gazetteer, labeller.codebook, cached)
    recall = round(candidate_recall(data), 4)
    data = labeller.examples(data)
    scores = score_sentences(labeller, data, advance)
    records = score_articles(labeller, data, scores, cached)
    metrics, mistakes = measure(articles, records, labeller.codebook, bootstrap)
    metrics["candidate_recall"] = recall
    metrics["roles"] = role_metrics(labeller, data, scores)[0]
    return Evaluated(metrics, mistakes, predictions(labeller, data, scores, records, "evaluation", cached))


def _tags(model: str, codebook: Codebook, articles: Sequence[Article]) -> dict[str, str]:
    """The tags of the run of an evaluation."""
    return {
        "kind": "evaluation",
        "model": model,
        "codebook": codebook.digest,
        "codebook_name": codebook.name,
        "corpus_sha256": corpus_digest(articles),
        "config": f"evaluate {model}",
        NOTE: f"Evaluation of {model}, which saw only the text of the articles.",
        **source_tags("evaluate"),
    }


def _log_metrics(mlflow: Any, metrics: dict[str, Any], codebook: Codebook) -> None:
    """Log to the current run; for `metrics` see `log_evaluation`."""
    behaviour = metrics.get(BEHAVIOUR, {})
    measured = {k: v for k, v in metrics.items() if k != BEHAVIOUR}
    mlflow.log_metrics(main_metrics("evaluation", measured, codebook) | behaviour_metrics(behaviour))
    kept = {"evaluation": measured, BEHAVIOUR: behaviour}
    mlflow.log_dict({k: v for k, v in kept.items() if v}, ARTIFACT)


def log_evaluation(
    metrics: dict[str, Any],
    articles: Sequence[Article],
    model: str,
    corpora: Sequence[str],
    codebook: Codebook | None = None,
    experiment: str = "stancewire",
    predicted: Predictions | None = None,
    split: str | None = None,
) -> str:
    """Log an evaluation as a separate run; returns the run id.

    Args:
        metrics: as `evaluate` returns them; also `behaviour`, see `summarise_behaviour`, if it was tested.
        articles: the articles that were scored; none if only the behaviour was tested.
        model: title of the model: `stancewire/3`.
        corpora: names of the corpora, as in `--corpus`.
        codebook: codebook of the model. Default: the shipped one.
        experiment: the MLflow experiment.
        predicted: the predictions, which are kept with the run.
        split: the split of the corpora that was scored. Default: all articles.

    Raises:
        InputError: the store cannot be used.
    """
    codebook = codebook or shipped_codebook()
    mlflow = connect(write=True)
    tags, on = _tags(model, codebook, articles), corpus_param(corpora) or BEHAVIOURAL_ITEMS
    try:
        with open_run(mlflow, f"evaluate {model} on {on}", tags, experiment) as run:
            tag_commit(mlflow)
            mlflow.log_params({"model": model, "corpus": on} | ({"split": split} if split else {}))
            _log_metrics(mlflow, metrics, codebook)
            if predicted is not None:
                log_predictions(mlflow, [predicted])
            return run.run_id
    except failures() as error:
        raise store_error(error, shown_uri()) from None
