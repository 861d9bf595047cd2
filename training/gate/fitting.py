"""Train a gate, and set its thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from ...data.text.spacy_parser import ParseCache
from ..classifier import Floats, Scores
from ..decoding.labeller import Labeller
from ..evaluation.metrics import measure
from ..evaluation.score_articles import score_articles
from ..examples.dataset import Analysed, conflict_of
from ..linear.head import CONSTANT, log_count_ratio
from ..regression import Problem, fit_regressions
from .features import COLUMNS, label_rows, statement_rows, words_of
from .gate import Gate, GateFile

Bools = NDArray[np.bool_]

# At least this fraction of the sentences with a statement is to pass. Thresholds are set with a margin, which
# is larger out of fold, because other corpora differ more than the folds do.
RECALL = 0.98
VALIDATION_RECALL, FOLD_RECALL = 0.985, 0.9875
# Fractions of the sentences with a label that pass, out of fold; the first with a small loss of F1 is used.
LABEL_RECALLS = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
MAX_LOSS = 0.005
# With fewer sentences that hold a statement or have a label, a threshold would be chance.
MIN_POSITIVES = 50
# Recall must hold in articles with statements in at most this fraction of their sentences, and in the others.
SPARSE = 0.25
FOLDS = 3
# Inverse strengths of the L2 penalties of the statement and the label regressions.
_STATEMENT, _LABEL = 3.0, 30.0


def fit_gate(
    labeller: Labeller, train: Analysed, validation: Analysed, scores: Sequence[Scores], seed: int = 0
) -> Gate | None:
    """Train the gate of a labeller, which has none yet, on annotated statements and labels, and set it.

    At least 98% of the annotated sentences with a statement pass, in articles with few statements as well as
    in those with many; F1 of statements and of each label is at most half a point lower on validation.

    Args:
        labeller: trained and calibrated, for detected mentions.
        scores: the classifier's, one per validation sentence.
        seed: for the regressions.

    Returns:
        None if there are too few statements or labels to choose thresholds, or if every gate costs more.
    """
    gold, labels = _has_statement(train), _has_label(train, labeller.codebook.label_names)
    if min(gold.sum(), (~gold).sum(), _has_statement(validation).sum()) < MIN_POSITIVES:
        return None
    if any(0 < column.sum() < MIN_POSITIVES or column.all() for column in labels.values()):
        return None
    words, folds = [words_of(s) for s in train.sentences], conflict_of(train) % FOLDS
    rows = statement_rows(train.sentences, words)
    weights, intercept, held_out = _fit(rows, gold, folds, seed)
    threshold = min(_quantiles(train, held_out, FOLD_RECALL))
    about = GateFile(threshold=threshold, read=1, recall=1, found_recall=1)
    label_weights, label_intercepts = np.zeros((len(labels), COLUMNS)), np.full(len(labels), -CONSTANT)
    gate = Gate(about, weights, intercept, label_weights, label_intercepts)
    logits = gate.logits(validation.sentences)[0]
    gate.about.threshold = min(threshold, *_quantiles(validation, logits, VALIDATION_RECALL))
    label_logits = {}
    rows = label_rows(words)
    for k, (name, column) in enumerate(labels.items()):
        if column.any():
            label_weights[k], label_intercepts[k], held_out = _fit(rows, column, folds, seed, is_label=True)
            label_logits[name] = held_out[column]
    return _tuned(gate, labeller, validation, scores, label_logits)


def _tuned(
    gate: Gate,
    labeller: Labeller,
    validation: Analysed,
    scores: Sequence[Scores],
    label_logits: Mapping[str, Floats],
) -> Gate | None:
    """Set the thresholds of labels, and measure the gate on validation.

    Args:
        label_logits: the out-of-fold logits of the training sentences with each label.

    Returns:
        None if F1 is too low with any of `LABEL_RECALLS`.
    """
    pairs = zip(validation.sentences, scores, strict=True)
    found = np.array([bool(labeller.statements(*pair)) for pair in pairs])
    without = _f1(labeller, validation, scores)
    gold = _has_label(validation, labeller.codebook.label_names)
    names = [{x.name for x in labeller.labels(s)} for s in scores]
    labelled = {name: np.array([name in own for own in names]) for name in gold}
    logits, of_labels = gate.logits(validation.sentences)
    labeller.gate = gate
    for recall in LABEL_RECALLS:
        gate.about.label_thresholds = {
            name: _quantile(label_logits[name], recall) if name in label_logits else 0.0 for name in gold
        }
        read = gate.passes(logits, of_labels)
        # Labels alone are quickly compared; the statements of most recalls need not be.
        if any(_loss(labelled[name], read, gold[name]) > MAX_LOSS for name in gold):
            continue
        f1 = _f1(labeller, validation, gated_scores(labeller, validation, read))
        if all(without[name] - f1[name] <= MAX_LOSS for name in without):
            gate.about.recall = _fraction(read[_has_statement(validation)])
            gate.about.read, gate.about.found_recall = _fraction(read), _fraction(read[found])
            gate.about.f1, gate.about.f1_without = f1, without
            return gate
    labeller.gate = None
    return None


def _loss(labelled: Bools, read: Bools, gold: Bools) -> float:
    """How much lower the F1 of a label is if only sentences that are read are labelled."""
    with_gate, without = (
        2 * (found & gold).sum() / max(1, found.sum() + gold.sum()) for found in (labelled & read, labelled)
    )
    return float(without - with_gate)


def gated_scores(labeller: Labeller, data: Analysed, read: Bools) -> list[Scores]:
    """The scores of annotated sentences as the labeller scores texts through a gate.

    Args:
        read: whether each sentence is read.
    """
    out = [Scores(np.zeros((0, len(labeller.codebook.roles))), np.zeros(0))] * len(data)
    for article in range(len(data.articles)):
        indices = np.flatnonzero(data.article_of == article).tolist()
        chosen = [i for i in indices if read[i]]
        sentences = [
            replace(data.sentences[i], after_unread=i > indices[0] and not bool(read[i - 1])) for i in chosen
        ]
        for i, own in zip(chosen, labeller.classifier.score(sentences), strict=True):
            out[i] = own
    return out


def _has_statement(data: Analysed) -> Bools:
    return np.array([bool(s.statements) for s in data.gold], dtype=bool)


def _has_label(data: Analysed, names: Sequence[str]) -> dict[str, Bools]:
    return {name: np.array([name in s.labels for s in data.gold], dtype=bool) for name in names}


def _fraction(read: Bools) -> float:
    return round(float(read.mean()), 4) if len(read) else 1.0


def _f1(labeller: Labeller, data: Analysed, scores: Sequence[Scores]) -> dict[str, float]:
    """F1 of statements and of each label, through the labeller's gate if it has one."""
    records = score_articles(labeller, data, scores, ParseCache(), gate=True)
    metrics = measure(data.articles, records, labeller.codebook, 0)[0]
    return {name: float(metrics[name]["f1"]) for name in ("statements", *labeller.codebook.label_names)}


def _quantile(logits: Floats, recall: float) -> float:
    """The highest threshold that this fraction of logits reaches."""
    return float(np.sort(logits)[int((1 - recall) * len(logits))])


def _quantiles(data: Analysed, logits: Floats, recall: float) -> Iterator[float]:
    """The thresholds of the sentences with a statement: of all, and in articles with few and with many."""
    gold = _has_statement(data)
    articles = len(data.articles)
    share = np.bincount(data.article_of, gold, articles) / np.bincount(data.article_of, minlength=articles)
    is_sparse = share[data.article_of] <= SPARSE
    for chosen in (gold, gold & is_sparse, gold & ~is_sparse):
        if chosen.sum() >= MIN_POSITIVES:
            yield _quantile(logits[chosen], recall)


def _fit(
    rows: csr_matrix, gold: Bools, folds: NDArray[np.int64], seed: int, is_label: bool = False
) -> tuple[Floats, float, Floats]:
    """Fit the regression of statements or of a label, and one without each fold.

    The features of labels are weighted as in `linear.head.LinearHead`.

    Returns:
        Weights, intercept, and the logit of each row from the regression without its fold.
    """
    chosen = [np.ones(len(gold), dtype=bool), *(folds != fold for fold in np.unique(folds))]
    chosen = [inside for inside in chosen if len(np.unique(gold[inside])) == 2]
    ratios = [log_count_ratio(rows[inside], gold[inside]) if is_label else None for inside in chosen]
    problems = [
        Problem(
            rows[inside] if ratio is None else rows[inside] @ diags(ratio),
            gold[inside],
            _STATEMENT if ratio is None else _LABEL,
            "liblinear",
            seed,
        )
        for inside, ratio in zip(chosen, ratios, strict=True)
    ]
    fitted = [
        (one.weights[0] if ratio is None else one.weights[0] * ratio, float(one.intercepts[0]))
        for one, ratio in zip(fit_regressions(problems), ratios, strict=True)
    ]
    out = np.zeros(len(gold))
    for inside, (weights, intercept) in list(zip(chosen, fitted, strict=True))[1:]:
        out[~inside] = rows[~inside] @ weights + intercept
    return *fitted[0], out
