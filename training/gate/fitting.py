"""Train a gate, and set its thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from ...data.text.analysis import AnalysedSentence
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
# Scores sentences of one article, in their order.
Rescore = Callable[[Sequence[AnalysedSentence]], list[Scores]]

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


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Articles as the gate and the classifier judge them without having been trained on them.

    Attributes:
        scores: the classifier's, one per sentence of `data`.
        rescore: scores some sentences of one article, as the classifier that gave `scores`.
        logits: the gate's, of a statement in each sentence.
        label_logits: the gate's, of each label (sentences x labels).
        as_annotated: see `score_articles`.
    """

    data: Analysed
    scores: Sequence[Scores]
    rescore: Rescore
    logits: Floats
    label_logits: Floats
    as_annotated: bool = False


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A gate without thresholds of labels, and its out-of-fold logits of the training sentences.

    Attributes:
        logits: of a statement in each sentence.
        label_logits: of each label (sentences x labels).
        labels: whether each sentence has a label, by label.
    """

    gate: Gate
    logits: Floats
    label_logits: Floats
    labels: dict[str, Bools]

    @property
    def positives(self) -> dict[str, Floats]:
        """The logits of each label of the sentences that have it; labels without any are left out."""
        columns = zip(self.labels.items(), self.label_logits.T, strict=True)
        return {name: logits[column] for (name, column), logits in columns if column.any()}


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
    if _has_statement(validation).sum() < MIN_POSITIVES:
        return None
    fitted = _fitted(train, labeller.codebook.label_names, seed)
    if fitted is None:
        return None
    gate = fitted.gate
    logits, label_logits = gate.logits(validation.sentences)
    gate.about.threshold = min(gate.about.threshold, *_quantiles(validation, logits, VALIDATION_RECALL))
    unseen = _Unseen(validation, scores, labeller.classifier.score, logits, label_logits)
    return _tuned(gate, labeller, unseen, fitted.positives)


def fit_gate_out_of_fold(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores], rescore: Rescore, seed: int = 0
) -> Gate | None:
    """Train the gate of a labeller on all articles; its thresholds are chosen on out-of-fold logits.

    Args:
        labeller: see `fit_gate`; its decisions fit `scores`.
        data: the articles.
        scores: one per sentence, each from a classifier that was not trained on its article.
        rescore: scores some sentences of one article, as the classifier that gave `scores`.
        seed: for the regressions.

    Returns:
        See `fit_gate`.
    """
    fitted = _fitted(data, labeller.codebook.label_names, seed)
    if fitted is None:
        return None
    unseen = _Unseen(data, scores, rescore, fitted.logits, fitted.label_logits, as_annotated=True)
    return _tuned(fitted.gate, labeller, unseen, fitted.positives)


def _fitted(train: Analysed, names: Sequence[str], seed: int) -> _Fitted | None:
    """Fit the regressions; None if there are too few statements or labels to choose thresholds."""
    gold, labels = _has_statement(train), _has_label(train, names)
    if min(gold.sum(), (~gold).sum()) < MIN_POSITIVES:
        return None
    if any(0 < column.sum() < MIN_POSITIVES or column.all() for column in labels.values()):
        return None
    words, folds = [words_of(s) for s in train.sentences], conflict_of(train) % FOLDS
    weights, intercept, logits = _fit(statement_rows(train.sentences, words), gold, folds, seed)
    about = GateFile(threshold=min(_quantiles(train, logits, FOLD_RECALL)), read=1, recall=1, found_recall=1)
    label_weights, label_intercepts = np.zeros((len(labels), COLUMNS)), np.full(len(labels), -CONSTANT)
    label_logits = np.full((len(gold), len(labels)), -CONSTANT)
    rows = label_rows(words)
    for k, column in enumerate(labels.values()):
        if column.any():
            label_weights[k], label_intercepts[k], label_logits[:, k] = _fit(
                rows, column, folds, seed, is_label=True
            )
    gate = Gate(about, weights, intercept, label_weights, label_intercepts)
    return _Fitted(gate, logits, label_logits, labels)


def _tuned(gate: Gate, labeller: Labeller, unseen: _Unseen, positives: Mapping[str, Floats]) -> Gate | None:
    """Set the thresholds of labels, and measure the gate on articles that it was not trained on.

    Args:
        positives: the out-of-fold logits of the training sentences with each label.

    Returns:
        None if F1 is too low with any of `LABEL_RECALLS`.
    """
    data, scores = unseen.data, unseen.scores
    found = np.array([bool(labeller.statements(*pair)) for pair in zip(data.sentences, scores, strict=True)])
    without = _f1(labeller, unseen, scores)
    gold = _has_label(data, labeller.codebook.label_names)
    names = [{x.name for x in labeller.labels(s)} for s in scores]
    labelled = {name: np.array([name in own for own in names]) for name in gold}
    labeller.gate = gate
    for recall in LABEL_RECALLS:
        gate.about.label_thresholds = {
            name: _quantile(positives[name], recall) if name in positives else 0.0 for name in gold
        }
        read = gate.passes(unseen.logits, unseen.label_logits)
        # Labels alone are quickly compared; the statements of most recalls need not be.
        if any(_loss(labelled[name], read, gold[name]) > MAX_LOSS for name in gold):
            continue
        f1 = _f1(labeller, unseen, gated_scores(labeller, data, read, unseen.rescore))
        if all(without[name] - f1[name] <= MAX_LOSS for name in without):
            gate.about.recall = _fraction(read[_has_statement(data)])
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


def gated_scores(
    labeller: Labeller, data: Analysed, read: Bools, score: Rescore | None = None
) -> list[Scores]:
    """The scores of annotated sentences as the labeller scores texts through a gate.

    Args:
        read: whether each sentence is read.
        score: scores sentences of one article. Default: the labeller's classifier.
    """
    score = score or labeller.classifier.score
    out = [Scores(np.zeros((0, len(labeller.codebook.roles))), np.zeros(0))] * len(data)
    for article in range(len(data.articles)):
        indices = np.flatnonzero(data.article_of == article).tolist()
        chosen = [i for i in indices if read[i]]
        sentences = [
            replace(data.sentences[i], after_unread=i > indices[0] and not bool(read[i - 1])) for i in chosen
        ]
        for i, own in zip(chosen, score(sentences), strict=True):
            out[i] = own
    return out


def _has_statement(data: Analysed) -> Bools:
    return np.array([bool(s.statements) for s in data.gold], dtype=bool)


def _has_label(data: Analysed, names: Sequence[str]) -> dict[str, Bools]:
    return {name: np.array([name in s.labels for s in data.gold], dtype=bool) for name in names}


def _fraction(read: Bools) -> float:
    return round(float(read.mean()), 4) if len(read) else 1.0


def _f1(labeller: Labeller, unseen: _Unseen, scores: Sequence[Scores]) -> dict[str, float]:
    """F1 of statements and of each label, through the labeller's gate if it has one."""
    records = score_articles(
        labeller, unseen.data, scores, ParseCache(), gate=True, as_annotated=unseen.as_annotated
    )
    metrics = measure(unseen.data.articles, records, labeller.codebook, 0)[0]
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
