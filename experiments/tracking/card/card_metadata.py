"""Descriptions of a model for registries: metadata for the Hugging Face Hub, a short text for MLflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ....data.codebook import Codebook
from ....data.schema import Article
from ....training.evaluation.result import TrainingResult
from ....training.settings import TrainingSettings
from ..final_runs import Final
from .model_card import article_licences, figures_of, purpose


def short_corpus_name(corpus: str) -> str:
    """`shipped`, `news`, the name of a file without its extension, or the hub name after `hf:`."""
    return corpus.removeprefix("hf:") if corpus.startswith("hf:") else Path(corpus).stem


def front_matter(
    settings: TrainingSettings, by_split: Mapping[str, Sequence[Article]], result: TrainingResult
) -> str:
    """YAML metadata for the top of the model's README.md, as the Hugging Face Hub reads it.

    See https://huggingface.co/docs/hub/model-cards#model-card-metadata.
    """
    from huggingface_hub import ModelCardData

    licences = article_licences(by_split)
    encoder = result.labeller.classifier.about.get("encoder")
    data = ModelCardData(
        language="en",
        library_name="stancewire",
        license=licences[0].lower() if len(licences) == 1 else "other" if licences else "unknown",
        model_name=settings.name,
        datasets=[short_corpus_name(c) for c in settings.corpus],
        base_model=Path(encoder).name if encoder and Path(encoder).is_dir() else encoder,
        eval_results=_results(settings, result),
    )
    return f"---\n{data.to_yaml()}\n---\n\n"


def _results(settings: TrainingSettings, result: TrainingResult) -> list[Any]:
    from huggingface_hub import EvalResult

    codebook = result.labeller.codebook
    corpus = " and ".join(short_corpus_name(c) for c in settings.corpus)
    return [
        EvalResult(
            task_type="token-classification" if codebook.stances else "text-classification",
            dataset_type=short_corpus_name(settings.corpus[0]),
            dataset_name=corpus,
            dataset_split=split,
            metric_type=metric,
            metric_name=f"{metric} of {name}",
            metric_value=metrics[name][metric],
        )
        for split, metrics in result.metrics.items()
        for name in (*(("statements",) if codebook.stances else ()), *codebook.label_names)
        for metric in ("precision", "recall", "f1")
    ]


def description(
    settings: TrainingSettings,
    codebook: Codebook,
    metrics: Mapping[str, Mapping[str, Any]],
    final: Final | None = None,
) -> str:
    """The purpose and main metrics of a model, in a few lines of plain text.

    Args:
        settings, codebook: of the run.
        metrics: by split; none of a final model.
        final: of a final model, with the figures that it inherits.
    """
    lines = []
    if final is not None:
        metrics = final.measured.metrics if final.measured else {}
        lines = [figures_of(final) + ("." if not final.measured else ":")]
    for split, found in metrics.items():
        names = ("statements",) if codebook.stances else codebook.label_names
        for name in names:
            m = found[name]
            lines.append(
                f"{split.capitalize()} ({found['articles']} articles), {name}: F1 {m['f1']:.3f}, "
                f"precision {m['precision']:.3f}, recall {m['recall']:.3f}, support {m['support']}."
            )
    trained = f"{settings.name} on {' and '.join(short_corpus_name(c) for c in settings.corpus)}"
    trained += ", on all articles, for release." if final is not None else "."
    return "\n\n".join([f"{purpose(codebook, settings.mentions)} Trained: {trained}", "\n".join(lines)])


def model_description(codebook: Codebook) -> str:
    """The description that all versions of a registered model share."""
    parts = []
    if codebook.stances:
        parts.append(f"stances {', '.join(codebook.stance_names)}")
    if codebook.labels:
        parts.append(f"sentence labels {', '.join(codebook.label_names)}")
    return (
        f"Models of the codebook {codebook.name}: {'; '.join(parts)}. The alias champion is the version "
        "in use, chosen on validation articles; challenger is the latest version that did not replace it."
    )
