"""The model card: purpose, training data, metrics and limits of a model.

After Mitchell et al. 2019, "Model cards for model reporting", FAT*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ....data.annotation.corpus import corpus_digest
from ....data.codebook import Codebook
from ....data.schema import Article
from ....training.decoding.calibration import expected_calibration_error, reliability
from ....training.decoding.labeller import Labeller
from ....training.evaluation.behaviour import TITLES
from ....training.evaluation.result import TrainingResult
from ....training.evaluation.slices import article_slices, recall_slices
from ....training.settings import TrainingSettings
from ..connection.addresses import redacted
from ..final_runs import Final
from .markdown import markdown_table

LIMITS = (
    "English only, one sentence at a time; sentences of more than 250 words are truncated.",
    "Identities come from tables of parties and from how an article introduces people; all others are OTHER.",
    "Scores are calibrated on {calibrated_on} and can be inaccurate on other kinds of text.",
    "A statement is what somebody says according to the text, not a judgement of who is right.",
)


def purpose(codebook: Codebook, mentions: str) -> str:
    """The purpose of models of this codebook, in one sentence."""
    asked = (
        "which stance a known actor takes towards a known target"
        if mentions == "known"
        else "who takes which stance towards whom"
    )
    parts = [asked] * bool(codebook.stances) + ["which labels the sentence has"] * bool(codebook.labels)
    return f"Labels news sentence by sentence: {', and '.join(parts)}."


def _introduction(settings: TrainingSettings, labeller: Labeller) -> list[str]:
    codebook = labeller.codebook
    out = [purpose(codebook, settings.mentions), ""]
    out += [f"- `{s.name}`: {s.definition}" for s in codebook.stances]
    out += [f"- `{x.name}` (label): {x.definition}" for x in codebook.labels]
    return [*out, "", _classifier(labeller), ""]


def _classifier(labeller: Labeller) -> str:
    about = labeller.classifier.about
    if not about:
        kind = labeller.classifier.kind.replace("_", " ")
        return f"Classifier: {kind}, logistic regressions on sparse features that leave out names."
    parity, epoch = about["parity"], about.get("best_epoch")
    # The number of epochs of a final model is fixed.
    best, split = (f"; epoch {epoch} was best on validation", "validation") if epoch else ("", "training")
    return (
        f"Encoder: `{about['encoder']}` ({about['parameters'] / 1e6:.0f} million parameters, licence: "
        f"{about['licence']}), fine-tuned for {about['epochs']} epochs in {about['trained_in']}{best}. "
        f"Served by ONNX Runtime as {about['served_as']}: on {split} articles 99% of its probabilities lie "
        f"within {parity['quantile']:.4f} of those of the trained network, all within "
        f"{parity['greatest']:.4f}.{_teachers(about)}"
    )


def _teachers(about: Mapping[str, Any]) -> str:
    """What a student learnt from besides its corpus."""
    if "teachers" not in about:
        return ""
    # A final model is calibrated on articles that are held out of a fold: on all of them.
    copies = "validation or test" if about.get("best_epoch") else "annotated"
    return (
        f" It also learnt from the soft labels of {about['teachers']} for {about['unlabelled_sentences']:,} "
        f"sentences of {about['unlabelled_articles']:,} articles without annotation (SHA-256 of the texts: "
        f"{about['unlabelled_sha256'][:12]}). Copies of {copies} articles that were left out of "
        f"these: {about['unlabelled_held_out']:,}."
    )


def _data(settings: TrainingSettings, how: str, by_split: Mapping[str, Sequence[Article]]) -> list[str]:
    rows = []
    for split, articles in by_split.items():
        sentences = [x for a in articles for x in a.sentences]
        statements = sum(len(x.statements) for x in sentences)
        counts = (len(articles), len(sentences), statements)
        rows.append((split, *map(str, counts), corpus_digest(articles)[:12]))
    licences = article_licences(by_split)
    corpora = ", ".join(f"`{c}`" for c in settings.corpus)
    stated = f" Licences of the articles: {'; '.join(licences)}." if licences else ""
    header = ("split", "articles", "sentences", "statements", "SHA-256 starts with")
    splits = "as in the corpus" if how == "given" else how
    return ["## Data", "", f"Corpora: {corpora}. Splits: {splits}.{stated}", "", markdown_table(header, rows)]


def article_licences(by_split: Mapping[str, Sequence[Article]]) -> list[str]:
    """The licences that the articles name."""
    return sorted({a.license for articles in by_split.values() for a in articles if a.license})


def metric_rows(metrics: Mapping[str, Any], codebook: Codebook) -> list[tuple[str, str, str, str, str]]:
    """Name, precision, recall, F1 with its interval, support: of all statements, each stance, each label."""
    rows = []
    for key in (*(("statements", *codebook.stance_names) if codebook.stances else ()), *codebook.label_names):
        m, interval = metrics[key], metrics[key].get("ci95")
        shown = f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else ""
        numbers = f"{m['precision']:.3f}", f"{m['recall']:.3f}", f"{m['f1']:.3f}{shown}", str(m["support"])
        rows.append((key, *numbers))
    return rows


def figures_of(final: Final) -> str:
    """Where the figures of a final model come from, without a full stop."""
    if final.measured is None:
        return "No measured figures: no run with these settings and articles held any out"
    return f"Inherited figures, {final.measured}; that run has the same settings"


def _metrics(
    settings: TrainingSettings, codebook: Codebook, by_split: Mapping[str, Any], final: Final | None
) -> list[str]:
    out = ["## Metrics", ""]
    if final is not None:
        by_split = final.measured.metrics if final.measured else {}
        out += [f"{figures_of(final)}.", ""]
    if by_split:
        out += ["F1 with its 95% interval (bootstrap over articles).", ""]
    for split, metrics in by_split.items():
        header = ("", "precision", "recall", "F1", "support")
        out += [
            f"### {split.capitalize()}, {metrics['articles']} articles",
            "",
            markdown_table(header, metric_rows(metrics, codebook)),
        ]
        if codebook.stances:
            line = f"Macro-F1 over stances {metrics['macro_f1']:.3f}."
            if settings.mentions != "known":
                line += f" Identity accuracy of correctly found actors {metrics['id']:.1%}."
            out += [line, ""]
    return out


Slices = dict[str, dict[str, dict[str, float]]]


def slices(articles: Sequence[Article], result: TrainingResult, split: str) -> Slices:
    """F1 or recall, with support, by slice of the articles or statements: `{"F1 by outlet": {"X": {…}}}`."""
    codebook = result.labeller.codebook
    out: Slices = {}
    for name, f1s in article_slices(articles, result.records[split], codebook).items():
        out[f"F1 by {name}"] = {k: {"f1": v, "support": n} for k, (v, n) in f1s.items()}
    for name, recalls in recall_slices(articles, result.mistakes[split]).items():
        if len(recalls) > 1:
            out[f"recall by {name}"] = {k: {"recall": v, "support": n} for k, (v, n) in recalls.items()}
    return out


def _slices(found: Slices, split: str) -> list[str]:
    out: list[str] = []
    for title, groups in found.items():
        rows = [(k, f"{next(iter(v.values())):.3f}", str(v["support"])) for k, v in groups.items()]
        out.append(markdown_table((title, title.split()[0], "support"), rows))
    return [f"## Slices of the {split} articles", "", *out] if out else []


def _calibration(
    probabilities: np.ndarray[Any, Any], gold: np.ndarray[Any, Any], codebook: Codebook, split: str
) -> list[str]:
    columns = [roles.actor for roles in codebook.stance_roles]
    p, y = probabilities[:, columns].ravel(), gold[:, columns].ravel()
    bins = reliability(p, y)
    if not bins:
        return []
    rows = [
        (f"{low:.1f} to {high:.1f}", f"{mean:.3f}", f"{share:.3f}", str(n))
        for low, high, mean, share, n in bins
    ]
    error = expected_calibration_error(p, y)
    return [
        "## Calibration",
        "",
        f"Candidates scored above 0.05 on the {split} articles: expected calibration error {error:.3f}.",
        "",
        markdown_table(("score", "mean score", "share correct", "candidates"), rows),
    ]


def _behaviour(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The results of the behavioural tests, if there are any."""
    if not found:
        return []
    rows = []
    for category, m in found.items():
        low, high = m["ci95"]
        unchanged = f"{m['unchanged']:.3f}" if "unchanged" in m else "–"
        share = f"{m['share']:.3f} ({low:.2f} to {high:.2f})"
        rows.append((TITLES[category], str(m["items"]), share, unchanged))
    text = (
        "The share of the behavioural items on which the model is right, with its 95% interval (Wilson): in "
        "a sentence (unchanged) and in its variant it finds exactly the expected actor and target, or "
        "nothing if the variant is negated. Of lists of actors, the share of their members that are found."
    )
    return ["## Behaviour", "", text, "", markdown_table(("", "items", "right", "unchanged"), rows)]


def _licence(labeller: Labeller) -> list[str]:
    licence = labeller.classifier.about.get("licence")
    weights = f", and the encoder's weights under {licence}" if licence else ""
    line = f"Code: Apache-2.0. The trained parameters are under the terms of the corpus{weights}."
    return ["## Licence", "", line, ""]


def model_card(
    settings: TrainingSettings,
    how: str,
    by_split: Mapping[str, Sequence[Article]],
    result: TrainingResult,
    flips: float | None,
    final: Final | None = None,
) -> str:
    """The card as Markdown, without metadata.

    Args:
        settings: settings of the run.
        how: how the articles were split.
        by_split: the articles of train, validation and test.
        result: the labeller and its metrics.
        flips: fraction of statements that change when the parties' names are swapped, in [0, 1]; None if
            it was not measured.
        final: of a final model, with the figures that it inherits.
    """
    labeller, metrics = result.labeller, result.metrics
    split = "test" if "test" in metrics else "validation"
    calibrated_on = "the validation articles" if final is None else "its articles, out of fold,"
    lines = [f"# {settings.name}", "", *_introduction(settings, labeller), *_data(settings, how, by_split)]
    lines += _metrics(settings, labeller.codebook, metrics, final)
    if labeller.codebook.stances and split in metrics:
        if settings.mentions != "known":
            lines += _slices(slices(by_split[split], result, split), split)
        lines += _calibration(*result.arrays[split], labeller.codebook, split)
    if flips is not None:
        changed = f"{flips:.2%} of the statements on the {split} articles change"
        lines += ["## Names", "", f"When the names of the two parties are swapped for others, {changed}.", ""]
    lines += _behaviour(result.behaviour)
    limits = [f"- {x.format(calibrated_on=calibrated_on)}" for x in LIMITS]
    lines += ["## Limits", "", *limits, "", *_licence(labeller)]
    flat = redacted(", ".join(f"{k} {v}" for k, v in settings.classifier.model_dump().items()))
    lines += ["## Settings", "", f"Seed {settings.seed}; {flat}.", ""]
    return "\n".join(lines)
