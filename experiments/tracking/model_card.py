"""The model card: what a model is, what it learnt from, how good it is and where it is not.

After Mitchell et al. 2019, "Model cards for model reporting", FAT*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ... import __version__
from ...data.annotation.corpus import corpus_digest
from ...data.annotation.counting import Mistake
from ...data.schema import Article
from ...training.decoding.calibration import expected_calibration_error, reliability
from ...training.decoding.labeller import Labeller
from ...training.evaluation.result import Outcome
from ...training.evaluation.slices import article_slices, recall_slices
from ...training.settings import TrainingSettings

LIMITS = (
    "English only, one sentence at a time; sentences of more than 250 words are cut.",
    "Identities rest on tables of parties and on how the article introduces persons; who is in neither is OTHER.",
    "Scores are calibrated on the validation articles; on other kinds of text they can be off.",
    "A statement is what a text says that somebody says. It is no judgement of who is right.",
)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(header)} |",
        f"| --- |{' ---: |' * (len(header) - 1)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def _about(labeller: Labeller) -> list[str]:
    codebook, about = labeller.codebook, getattr(labeller.classifier, "about", {})
    asked = (
        "which stance a given source takes towards a given target"
        if labeller.given
        else "who takes which stance towards whom"
    )
    what = [asked] * bool(codebook.stances) + ["which labels the sentence has"] * bool(codebook.labels)
    out = [f"Reads news sentence by sentence and says {' and '.join(what)}.", ""]
    kinds = [f"`{s.name}`: {s.definition}" for s in codebook.stances] + [
        f"`{x.name}` (label): {x.definition}" for x in codebook.labels
    ]
    out += [*(f"- {k}" for k in kinds), ""]
    if about:
        size, parity = f"{about['parameters'] / 1e6:.0f} million parameters", about["parity"]
        out += [
            f"Encoder: `{about['encoder']}` ({size}, licence: {about['licence']}), fine-tuned for {about['epochs']} epochs in {about['trained_in']}, "
            f"the best on validation being epoch {about['best_epoch']}; served by ONNX Runtime as {about['served_as']}. "
            f"Of the probabilities on the validation split 99 % lie within {parity['quantile']:.4f} of the network as it was trained, "
            f"all within {parity['greatest']:.4f}.",
            "",
        ]
    else:
        out += [
            f"Classifier: {labeller.classifier.kind.replace('_', ' ')}, logistic regressions on sparse features without names.",
            "",
        ]
    return out


def _data(settings: TrainingSettings, how: str, by_split: Mapping[str, Sequence[Article]]) -> list[str]:
    rows = []
    for split, articles in by_split.items():
        sentences = [x for a in articles for x in a.sentences]
        rows.append(
            (
                split,
                str(len(articles)),
                str(len(sentences)),
                str(sum(len(x.statements) for x in sentences)),
                corpus_digest(articles)[:12],
            )
        )
    licences = sorted({a.license for articles in by_split.values() for a in articles if a.license})
    corpora = ", ".join(f"`{c}`" for c in settings.corpus)
    stated = f" Licences of the articles: {'; '.join(licences)}." if licences else ""
    out = ["## Data", "", f"Corpus: {corpora}. Splits: {how}.{stated}", ""]
    return out + _table(("split", "articles", "sentences", "statements", "SHA-256 begins"), rows)


def _figures(labeller: Labeller, metrics: Mapping[str, Mapping[str, Any]]) -> list[str]:
    codebook = labeller.codebook
    keys = [*(("statements", *codebook.stance_names) if codebook.stances else ()), *codebook.label_names]
    out = [
        "## Figures",
        "",
        "Precision, recall, F1 (95 % interval of resampled articles), how many are annotated.",
        "",
    ]
    for split, found in metrics.items():
        rows = []
        for key in keys:
            m, ci = found[key], found[key].get("ci95")
            rows.append(
                (
                    key,
                    f"{m['precision']:.3f}",
                    f"{m['recall']:.3f}",
                    f"{m['f1']:.3f}" + (f" ({ci[0]:.2f} to {ci[1]:.2f})" if ci else ""),
                    str(m["support"]),
                )
            )
        out += [
            f"### {split.capitalize()}, {found['articles']} articles",
            "",
            *_table(("", "precision", "recall", "F1", "annotated"), rows),
        ]
        if codebook.stances:
            right = f"Macro-F1 over stances {found['macro_f1']:.3f}."
            out += [
                right
                if labeller.given
                else f"{right} Of the actors found, {found['id']:.1%} have the right identity.",
                "",
            ]
    return out


def _slices(
    metrics_split: str,
    articles: Sequence[Article],
    records: Mapping[str, Any],
    mistakes: Sequence[Mistake],
    labeller: Labeller,
) -> list[str]:
    out: list[str] = []
    for name, found in article_slices(articles, records, labeller.codebook).items():
        out += _table(
            (f"F1 by {name}", "F1", "annotated"), [(k, f"{v:.3f}", str(n)) for k, (v, n) in found.items()]
        )
    for name, found in recall_slices(articles, mistakes).items():
        if len(found) > 1:
            out += _table(
                (f"recall by {name}", "recall", "annotated"),
                [(k, f"{v:.3f}", str(n)) for k, (v, n) in found.items()],
            )
    return [f"## By slice, {metrics_split} articles", "", *out] if out else []


def _calibration(
    probabilities: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], labeller: Labeller, split: str
) -> list[str]:
    columns = [a for a, _, _ in labeller.codebook.columns]
    p, y = probabilities[:, columns].ravel(), wanted[:, columns].ravel()
    bins = reliability(p, y)
    if not bins:
        return []
    rows = [
        (f"{low:.1f} to {high:.1f}", f"{mean:.3f}", f"{share:.3f}", str(n))
        for low, high, mean, share, n in bins
    ]
    error = expected_calibration_error(p, y)
    out = [
        "## Calibration",
        "",
        f"Scored candidates above 0.05 on the {split} articles: expected calibration error {error:.3f}.",
        "",
    ]
    return out + _table(("score", "mean score", "share that is right", "candidates"), rows)


def model_card(
    settings: TrainingSettings,
    how: str,
    by_split: Mapping[str, Sequence[Article]],
    outcome: Outcome,
    flips: float | None,
) -> str:
    """The card as Markdown.

    Args:
        how: how the articles were split.
        flips: share of statements that change with the sides' names, where it was measured.
    """
    labeller, metrics = outcome.labeller, outcome.metrics
    split = "test" if "test" in metrics else "validation"
    licence = getattr(labeller.classifier, "about", {}).get("licence")
    lines = ["---", "language: en", f"model_name: {settings.name}", f"library_name: stancewire {__version__}"]
    lines += [
        f"base_model: {labeller.classifier.about['encoder']}" if licence else "base_model: none",
        "---",
        "",
        f"# {settings.name}",
        "",
    ]  # type: ignore[attr-defined]
    lines += _about(labeller) + _data(settings, how, by_split) + _figures(labeller, metrics)
    if labeller.codebook.stances:
        if not labeller.given:
            lines += _slices(
                split, by_split[split], outcome.records[split], outcome.mistakes[split], labeller
            )
        lines += _calibration(*outcome.arrays[split], labeller, split)
    if flips is not None:
        lines += [
            "## Names",
            "",
            f"With other names for the two sides {flips:.2%} of the statements on the {split} articles change.",
            "",
        ]
    lines += ["## Limits", "", *(f"- {x}" for x in LIMITS), ""]
    weights = f", and the encoder's weights under {licence}" if licence else ""
    lines += [
        "## Licence",
        "",
        f"Code: Apache-2.0. What was learnt from a corpus comes under the terms of that corpus{weights}.",
        "",
    ]
    flat = ", ".join(f"{k} {v}" for k, v in settings.classifier.model_dump().items())
    lines += ["## Settings", "", f"Seed {settings.seed}; {flat}.", ""]
    return "\n".join(lines)
