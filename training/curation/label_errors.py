"""Likely label errors: annotations that a model, trained on other conflicts, confidently contradicts.

The method is confident learning (Northcutt, Jiang and Chuang 2021, "Confident learning: estimating
uncertainty in dataset labels", JAIR 70) as implemented by cleanlab, applied to each stance and label
separately: does the sentence have it?
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.codebook import Codebook
from ...data.errors import InputError, plural
from ..classifier import Floats
from ..decoding.calibration import fit_sigmoid
from ..examples.dataset import Analysed, conflict_of, subset
from ..fit import make_classifier
from ..progress import Progress
from ..settings import ClassifierSettings

FOLDS = 5
# cleanlab needs positives and negatives to estimate how often one is confused with the other.
MIN_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class LikelyError:
    """A sentence for which a model contradicts the annotation of one stance or label.

    Attributes:
        doc_id: the article.
        sentence: the index of the sentence in the article, from 0.
        kind: the stance or label.
        annotated: whether the sentence is annotated with it.
        probability: the model's probability that it has it, in [0, 1].
        text: the text of the sentence.
    """

    doc_id: str
    sentence: int
    kind: str
    annotated: bool
    probability: float
    text: str

    @property
    def where(self) -> str:
        """The article and the number of the sentence, from 0: `article:3`."""
        return f"{self.doc_id}:{self.sentence}"


def conflict_folds(data: Analysed, folds: int) -> NDArray[np.int64]:
    """The fold of each sentence.

    All sentences of a conflict are in one fold. If there are fewer conflicts than folds, only those of
    the same article are kept together.

    Raises:
        InputError: there are fewer articles than folds.
    """
    from sklearn.model_selection import GroupKFold

    if len(data.articles) < folds:
        raise InputError(
            f"{plural(len(data.articles), 'article')} cannot be divided into {folds} folds",
            hint=f"too few articles: annotate at least {folds}",
        )
    groups = conflict_of(data)
    if len(np.unique(groups)) < folds:
        groups = data.article_of
    fold_of = np.zeros(len(data), dtype=np.int64)
    for fold, (_, inside) in enumerate(GroupKFold(folds).split(groups, groups=groups)):
        fold_of[inside] = fold
    return fold_of


def _sentence_logits(roles: Floats, labels: Floats, codebook: Codebook) -> list[float]:
    """The highest actor logit of each stance, -10 without mentions; then the logits of the labels."""
    columns = [codebook.roles.index(f"{s}:actor") for s in codebook.stance_names]
    return [float(roles[:, k].max()) if len(roles) else -10.0 for k in columns] + [float(x) for x in labels]


def held_out_probabilities(
    data: Analysed,
    codebook: Codebook,
    settings: ClassifierSettings,
    seed: int = 0,
    folds: int = FOLDS,
    advance: Callable[[], None] = lambda: None,
) -> Floats:
    """Out-of-fold probabilities: each sentence's come from a model trained without its fold.

    Args:
        data: annotated sentences of at least `folds` articles.
        codebook: the stances and labels to predict.
        settings: the classifier to train, once per fold.
        seed: the same seed gives the same probabilities.
        folds: see `conflict_folds`.
        advance: called after each fold.

    Returns:
        Probabilities in [0, 1], sentences x (stances, then labels), calibrated over all folds together.

    Raises:
        InputError: there are too few articles, or a fold's training articles have nothing to learn from.
    """
    fold_of = conflict_folds(data, folds)
    logits = np.zeros((len(data), len(codebook.stance_names) + len(codebook.label_names)))
    for fold in range(folds):
        inside, outside = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        classifier = make_classifier(settings, codebook, seed)
        classifier.fit(subset(data, inside), subset(data, outside[:0]), Progress())
        for i, scores in zip(outside, classifier.score([data.sentences[i] for i in outside]), strict=True):
            logits[i] = _sentence_logits(scores.roles, scores.labels, codebook)
        classifier.discard_checkpoints()
        advance()
    columns = zip(logits.T, gold_matrix(data, codebook).T, strict=True)
    return np.stack([fit_sigmoid(column, gold)(column) for column, gold in columns], axis=1)


def gold_matrix(data: Analysed, codebook: Codebook) -> NDArray[np.int8]:
    """The annotation: sentences x (stances, then labels), 1 if the sentence has it, otherwise 0."""
    rows = [
        [any(x.stance == s for x in gold.statements) for s in codebook.stance_names]
        + [n in gold.labels for n in codebook.label_names]
        for gold in data.gold
    ]
    return np.array(rows, dtype=np.int8).reshape(len(data), -1)


def likely_errors(data: Analysed, codebook: Codebook, probabilities: Floats) -> list[LikelyError]:
    """The annotations that confident learning considers wrong, the most certain first.

    Args:
        data: annotated sentences.
        codebook: its stances and labels are checked.
        probabilities: see `held_out_probabilities`.
    """
    from cleanlab.filter import find_label_issues

    gold = gold_matrix(data, codebook)
    index_in_article = np.concatenate([np.arange(len(a.sentences)) for a in data.articles])
    doc_ids = [data.articles[a].doc_id for a in data.article_of]
    out: list[LikelyError] = []
    for k, kind in enumerate([*codebook.stance_names, *codebook.label_names]):
        positives = int(gold[:, k].sum())
        if min(positives, len(data) - positives) < MIN_EXAMPLES:
            continue
        p = np.clip(probabilities[:, k], 1e-6, 1 - 1e-6)
        issues: Sequence[int] = find_label_issues(
            gold[:, k], np.stack([1 - p, p], axis=1), return_indices_ranked_by="self_confidence", n_jobs=1
        )
        out += [
            LikelyError(
                doc_ids[i],
                int(index_in_article[i]),
                kind,
                bool(gold[i, k]),
                round(float(p[i]), 4),
                data.gold[i].text,
            )
            for i in issues
        ]
    return sorted(out, key=lambda e: e.probability if e.annotated else 1 - e.probability)
