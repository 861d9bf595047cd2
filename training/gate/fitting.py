"""Train a gate, and set its threshold on validation articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from scipy.special import logit

from ...data.text.spacy_parser import ParseCache
from ..classifier import Floats, Scores
from ..decoding.calibration import Sigmoid, best_threshold, fit_sigmoid
from ..decoding.labeller import Labeller
from ..evaluation.metrics import measure
from ..evaluation.score_articles import score_articles
from ..examples.dataset import Analysed
from ..regression import fit_regression
from .features import COLUMNS, Words, hashed, label_features, statement_features
from .gate import Gate, GateFile

# Recalls of the sentences with a statement that are tried, and the loss of F1 at which the first is accepted.
RECALLS = (0.98, 0.985, 0.99, 0.995)
MAX_LOSS = 0.005
# With fewer training or validation sentences that hold a statement, a threshold would be chance.
MIN_POSITIVES = 50
# Inverse strengths of the L2 penalties of the statement and the label regressions.
_STATEMENT, _LABEL = 3.0, 30.0
_CONSTANT = 10.0


def fit_gate(
    labeller: Labeller, train: Analysed, validation: Analysed, scores: Sequence[Scores], seed: int = 0
) -> Gate | None:
    """Train the gate of a labeller.

    It learns which training sentences hold an annotated statement. Its threshold lets through at least 98% of
    the validation sentences in which the labeller finds a statement, and costs at most half a point of F1.

    Args:
        labeller: trained and calibrated, for detected mentions.
        scores: the classifier's, one per validation sentence.
        seed: for the regressions.

    Returns:
        None if there are too few statements, or every gate costs more.
    """
    gold = np.array([bool(s.statements) for s in train.gold])
    found = np.array(
        [bool(labeller.statements(s, x)) for s, x in zip(validation.sentences, scores, strict=True)],
        dtype=bool,
    )
    if min(gold.sum(), found.sum()) < MIN_POSITIVES or gold.all():
        return None
    gate = _fitted(labeller, train, validation, gold, seed)
    logits, labels = gate.logits(validation.sentences)
    annotated = np.array([bool(s.statements) for s in validation.gold])
    without = _f1(labeller, validation, scores)
    highest = np.sort(logits[found])
    for recall in RECALLS:
        threshold = float(highest[int((1 - recall) * len(highest))])
        read = logits >= threshold
        f1 = _f1(labeller, validation, gated_scores(labeller, validation, read, labels))
        if without - f1 <= MAX_LOSS:
            gate.about = GateFile(
                threshold=threshold,
                read=round(float(read.mean()), 4),
                recall=round(float(read[found].mean()), 4),
                gold_recall=round(float(read[annotated].mean()), 4) if annotated.any() else 1.0,
                f1=f1,
                f1_without=without,
            )
            return gate
    return None


def gated_scores(labeller: Labeller, data: Analysed, read: NDArray[np.bool_], labels: Floats) -> list[Scores]:
    """The scores of annotated sentences as the labeller scores texts through a gate.

    Args:
        read: whether each sentence is read.
        labels: the gate's logits of labels (sentences x labels).
    """
    out = [Scores(np.zeros((0, len(labeller.codebook.roles))), row) for row in labels]
    for article in range(len(data.articles)):
        indices = np.flatnonzero(data.article_of == article).tolist()
        chosen = [i for i in indices if read[i]]
        sentences = [
            replace(data.sentences[i], after_unread=i > indices[0] and not bool(read[i - 1])) for i in chosen
        ]
        for i, own in zip(chosen, labeller.classifier.score(sentences), strict=True):
            out[i] = own
    return out


def _f1(labeller: Labeller, data: Analysed, scores: Sequence[Scores]) -> float:
    records = score_articles(labeller, data, scores, ParseCache())
    return float(measure(data.articles, records, labeller.codebook, 0)[0]["statements"]["f1"])


def _fitted(
    labeller: Labeller, train: Analysed, validation: Analysed, gold: NDArray[np.bool_], seed: int
) -> Gate:
    """A gate without a threshold."""
    words = [Words(s.masked.text, s.segment.quoted) for s in train.sentences]
    rows = hashed([statement_features(w) for w in words])
    statements = fit_regression(rows, gold, _STATEMENT, solver="liblinear", seed=seed)
    names = labeller.codebook.label_names
    weights, intercepts = np.zeros((len(names), COLUMNS)), np.zeros(len(names))
    rows = hashed([label_features(w) for w in words])
    for k, name in enumerate(names):
        column = np.array([name in s.labels for s in train.gold])
        if len(np.unique(column)) < 2:
            intercepts[k] = _CONSTANT if column.any() else -_CONSTANT
        else:
            weights[k], intercepts[k] = _label_regression(rows, column, seed)
    _onto_classifier(labeller, validation, weights, intercepts, seed)
    about = GateFile(threshold=0.0, read=1.0, recall=1.0, gold_recall=1.0, f1=0.0, f1_without=0.0)
    return Gate(about, statements.weights[0], float(statements.intercepts[0]), weights, intercepts)


def _label_regression(rows: csr_matrix, gold: NDArray[np.bool_], seed: int) -> tuple[Floats, float]:
    """Weights and intercept of one label; features are weighted as in `linear.head.LinearHead`."""
    positive, negative = (1 + np.asarray((rows[gold == value] > 0).sum(axis=0)).ravel() for value in (1, 0))
    ratio = np.log(positive / positive.sum()) - np.log(negative / negative.sum())
    fitted = fit_regression(rows @ diags(ratio), gold, _LABEL, solver="liblinear", seed=seed)
    return fitted.weights[0] * ratio, float(fitted.intercepts[0])


def _onto_classifier(
    labeller: Labeller, validation: Analysed, weights: Floats, intercepts: Floats, seed: int
) -> None:
    """Put the weights of labels on the scale of the classifier's logits, in place.

    Afterwards the classifier's calibration gives them their probability, shifted so that the threshold with
    the best F1 is the classifier's.
    """
    rows = hashed([label_features(Words(s.masked.text, s.segment.quoted)) for s in validation.sentences])
    for k, name in enumerate(labeller.codebook.label_names):
        gold = np.array([name in s.labels for s in validation.gold], dtype=np.int8)
        logits = np.asarray(rows @ weights[k]) + intercepts[k]
        own, target = fit_sigmoid(logits, gold), labeller.decisions.calibration.get(name, Sigmoid())
        threshold = best_threshold(own(logits), gold, validation.article_of, seed=seed, balanced=True)
        shift = logit(labeller.decisions.thresholds.get(name, 0.5)) - logit(threshold)
        weights[k] *= own.slope / target.slope
        intercepts[k] = (own.slope * intercepts[k] + own.offset - shift - target.offset) / target.slope
