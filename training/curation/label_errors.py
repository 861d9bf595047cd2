"""Likely label errors: sentences whose annotation a model that never saw their conflict confidently contradicts.

Confident learning (Northcutt, Jiang, Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70,
2021) as cleanlab implements it, for each stance and label by itself: whether a sentence has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.codebook import Codebook
from ...data.errors import InputError
from ..classifier import Floats
from ..decoding.calibration import fit_sigmoid
from ..examples.dataset import Analysed, conflict_of, part
from ..fit import make_classifier
from ..progress import Progress
from ..settings import ClassifierSettings

FOLDS = 5
# cleanlab needs examples of both kinds to estimate how often one is taken for the other.
MIN_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class LikelyError:
    """A sentence that has, or lacks, a stance or label against a model's judgement.

    `sentence` counts from 0; `annotated` says whether it has it; `probability` in [0, 1] is the model's that it has.
    """

    doc_id: str
    sentence: int
    kind: str
    annotated: bool
    probability: float
    text: str

    @property
    def where(self) -> str:
        """The article and the number of the sentence, from 1."""
        return f"{self.doc_id}:{self.sentence + 1}"


def conflict_folds(data: Analysed, folds: int) -> NDArray[np.int64]:
    """A fold of each sentence, all sentences of a conflict in one; by article where there are fewer conflicts than folds.

    Raises:
        InputError: there are fewer articles than folds.
    """
    from sklearn.model_selection import GroupKFold

    if len(data.articles) < folds:
        raise InputError(
            f"{len(data.articles)} articles are too few for {folds} folds", hint=f"annotate at least {folds}"
        )
    groups = conflict_of(data)
    if len(np.unique(groups)) < folds:
        groups = data.article_of
    out = np.zeros(len(data), dtype=np.int64)
    for n, (_, held) in enumerate(GroupKFold(folds).split(groups, groups=groups)):
        out[held] = n
    return out


def _sentence_logits(roles: Floats, labels: Floats, codebook: Codebook) -> list[float]:
    """Of each stance the highest actor logit of the sentence, then the labels'; -10 where no mention can be an actor."""
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
    """Of every sentence the probability of each stance, then of each label, by a model fitted without its fold.

    Returns:
        Sentences x (stances + labels), in [0, 1], calibrated over all folds together.
    """
    fold_of = conflict_folds(data, folds)
    logits = np.zeros((len(data), len(codebook.stance_names) + len(codebook.label_names)))
    for fold in range(folds):
        inside, outside = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        classifier = make_classifier(settings, codebook, seed)
        classifier.fit(part(data, inside), part(data, outside[:0]), Progress())
        for i, scores in zip(outside, classifier.score([data.sentences[i] for i in outside]), strict=True):
            logits[i] = _sentence_logits(scores.roles, scores.labels, codebook)
        classifier.discard_checkpoints()
        advance()
    wanted = annotated(data, codebook)
    return np.stack(
        [fit_sigmoid(logits[:, k], wanted[:, k])(logits[:, k]) for k in range(logits.shape[1])], axis=1
    )


def annotated(data: Analysed, codebook: Codebook) -> NDArray[np.int8]:
    """Sentences x (stances + labels): 1 where the sentence has it."""
    rows = [
        [any(x.stance == s for x in gold.statements) for s in codebook.stance_names]
        + [n in gold.labels for n in codebook.label_names]
        for gold in data.gold
    ]
    return np.array(rows, dtype=np.int8).reshape(len(data), -1)


def likely_errors(data: Analysed, codebook: Codebook, probabilities: Floats) -> list[LikelyError]:
    """What confident learning takes for errors, the surest first.

    Args:
        probabilities: see `held_out_probabilities`.
    """
    from cleanlab.filter import find_label_issues

    wanted = annotated(data, codebook)
    places = np.concatenate([np.arange(len(a.sentences)) for a in data.articles])
    out: list[LikelyError] = []
    doc_ids = [data.articles[a].doc_id for a in data.article_of]
    for k, kind in enumerate([*codebook.stance_names, *codebook.label_names]):
        positives = int(wanted[:, k].sum())
        if min(positives, len(data) - positives) < MIN_EXAMPLES:
            continue
        p = np.clip(probabilities[:, k], 1e-6, 1 - 1e-6)
        found: Sequence[int] = find_label_issues(
            wanted[:, k], np.stack([1 - p, p], axis=1), return_indices_ranked_by="self_confidence", n_jobs=1
        )
        out += [
            LikelyError(
                doc_ids[i], int(places[i]), kind, bool(wanted[i, k]), round(float(p[i]), 4), data.gold[i].text
            )
            for i in found
        ]
    return sorted(out, key=lambda e: e.probability if e.annotated else 1 - e.probability)
