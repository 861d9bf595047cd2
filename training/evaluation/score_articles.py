"""Score annotated articles: records, metrics of roles, calibration error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.annotation.counting import f1
from ...data.record import Record
from ...data.text.segmentation.sentences import segment
from ...data.text.spacy_parser import ParseCache
from ..classifier import Floats, Scores
from ..decoding.calibration import expected_calibration_error
from ..decoding.labeller import Labeller
from ..examples.dataset import Analysed


def role_metrics(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores]
) -> tuple[dict[str, Any], Floats, NDArray[np.int8]]:
    """Metrics of the roles of mentions.

    Args:
        labeller: for its calibration and thresholds.
        data: annotated sentences.
        scores: the classifier's scores of these sentences.

    Returns:
        `f1`, `support` (gold) and `predicted` of each role, and `ece`, the expected calibration error of the
        actor roles; the probabilities (mentions x roles); and the gold roles (0 or 1, mentions x roles).
    """
    names = labeller.codebook.roles
    probabilities = np.concatenate([np.zeros((0, len(names))), *(labeller.probabilities(s) for s in scores)])
    gold = np.concatenate([np.zeros((0, len(names)), dtype=np.int8), *(t.roles for t in data.targets)])
    predicted = probabilities >= [labeller.decisions.thresholds.get(name, 0.5) for name in names]
    out: dict[str, Any] = {}
    for k, name in enumerate(names):
        true = int(gold[predicted[:, k], k].sum())
        positive, support = int(predicted[:, k].sum()), int(gold[:, k].sum())
        out[name.replace(":", "_")] = {
            "f1": round(f1(true, positive, support), 4),
            "support": support,
            "predicted": positive,
        }
    actors = [k for k, name in enumerate(names) if name.endswith(":actor")]
    if actors:
        error = expected_calibration_error(probabilities[:, actors].ravel(), gold[:, actors].ravel())
        out["ece"] = round(error, 4)
    return out, probabilities, gold


def score_sentences(
    labeller: Labeller, data: Analysed, advance: Callable[[int], None] | None = None
) -> list[Scores]:
    """The classifier's scores of annotated sentences, article by article, as `Labeller.label` scores them.

    Args:
        advance: called with 1 after each article.
    """
    scores: list[Scores] = []
    for n in range(len(data.articles)):
        scores += labeller.classifier.score([data.sentences[i] for i in data.indices_of(n)])
        if advance:
            advance(1)
    return scores


def score_articles(
    labeller: Labeller,
    data: Analysed,
    scores: Sequence[Scores],
    cache: ParseCache,
    min_score: float | None = None,
    gate: bool = False,
    as_annotated: bool = False,
) -> dict[str, Record]:
    """The records of annotated articles by doc_id, the same as from scoring their texts.

    If splitting the text gives the annotated sentences, which it nearly always does, `scores` are reused.

    Args:
        as_annotated: whether `scores` are used for all other articles, too: the records then have the
            sentences of the annotation.
        gate: whether other texts are scored through the model's gate, if it has one. By default all sentences
            are read.
        min_score: replaces the tuned thresholds of statements, in [0, 1]; see `Labeller.label`.
    """
    records = {}
    for n, article in enumerate(data.articles):
        indices = data.indices_of(n)
        sentences = [data.sentences[i] for i in indices]
        spans = [(s.segment.start, s.segment.end) for s in sentences]
        reused = as_annotated or labeller.mentions == "known"
        if reused or [(s.start, s.end) for s in segment(article.text)] == spans:
            records[article.doc_id] = labeller.record(
                sentences, [scores[i] for i in indices], id=article.doc_id, min_score=min_score
            )
        else:
            records[article.doc_id] = labeller.label(
                article.text, id=article.doc_id, min_score=min_score, cache=cache, gate=gate
            )
    return records
