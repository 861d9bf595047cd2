"""The linear classifier: logistic regressions on sparse named features. Trains in seconds, explains itself by its weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from ..data.analysis import AnalysedSentence
from ..data.errors import InputError
from .classifier import Floats, RoleTargets, Scores
from .context import ContextHead, Surroundings, context_rows, surroundings
from .features import SentenceView, mention_features, sentence_features

FILE = "linear.skops"
# The second look is learnt from scores of a model fitted without a third of the conflicts.
FOLDS = 3


class LinearHead:
    """One-against-rest logistic regressions over features that are each there or not.

    Args:
        regularisation: inverse strength C of the L2 penalty, above 0.
        min_count: features seen in fewer rows are dropped.
    """

    def __init__(self, regularisation: float, min_count: int) -> None:
        self.regularisation, self.min_count = regularisation, min_count
        self.index: dict[str, int] = {}
        self.weights: Floats = np.zeros((0, 0))
        self.intercepts: Floats = np.zeros(0)

    def _matrix(self, rows: Iterable[Sequence[str]]) -> csr_matrix:
        columns: list[int] = []
        pointers = [0]
        index = self.index
        for row in rows:
            columns += [index[f] for f in row if f in index]
            pointers.append(len(columns))
        matrix = csr_matrix((np.ones(len(columns)), columns, pointers), shape=(len(pointers) - 1, len(index)))
        matrix.sort_indices()
        return matrix

    def _regress(self, matrix: csr_matrix, target: NDArray[np.int8], seed: int) -> tuple[Floats, float]:
        """Weights and intercept of one output. Without positives it scores very low, without negatives very high."""
        if len(np.unique(target)) < 2:
            return np.zeros(matrix.shape[1]), 10.0 if len(target) and target[0] else -10.0
        model = LogisticRegression(C=self.regularisation, solver="liblinear", tol=1e-3, random_state=seed).fit(matrix, target)
        return model.coef_[0], float(model.intercept_[0])

    def fit(self, rows: Sequence[Sequence[str]], targets: NDArray[np.int8], seed: int, folds: NDArray[np.int64] | None = None) -> Floats:
        """Fit one regression per column of `targets` (rows x outputs); no row names a feature twice.

        Returns:
            Logits (rows x outputs) from regressions fitted without the row's fold; 0 where there are no folds.
        """
        counts = Counter(f for row in rows for f in row)
        self.index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= self.min_count))}
        matrix = self._matrix(rows)
        fitted = [self._regress(matrix, targets[:, k], seed) for k in range(targets.shape[1])]
        self.weights = np.stack([w for w, _ in fitted]) if fitted else np.zeros((0, len(self.index)))
        self.intercepts = np.array([b for _, b in fitted])
        logits = np.zeros(targets.shape)
        for fold in np.unique(folds) if folds is not None else ():
            inside, outside = matrix[folds != fold], matrix[folds == fold]
            for k in range(targets.shape[1]):
                weights, intercept = self._regress(inside, targets[folds != fold, k], seed)
                logits[folds == fold, k] = outside @ weights + intercept
        return logits

    def logits(self, rows: Sequence[Sequence[str]]) -> Floats:
        """Rows x outputs."""
        if not len(self.index):
            return np.tile(self.intercepts, (len(rows), 1))
        return np.asarray(self._matrix(rows) @ self.weights.T) + self.intercepts

    def weigh(self, row: Sequence[str], output: int) -> list[tuple[str, float]]:
        """The weight that each feature of a row has for one output, heaviest first."""
        found = [(f, float(self.weights[output, self.index[f]])) for f in dict.fromkeys(row) if f in self.index]
        return sorted(found, key=lambda x: -abs(x[1]))

    def state(self) -> dict[str, NDArray[np.generic]]:
        return {"features": np.array(sorted(self.index, key=self.index.__getitem__)), "weights": self.weights.astype(np.float32), "intercepts": self.intercepts}

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        self.index = {str(f): i for i, f in enumerate(state["features"])}
        self.weights = state["weights"].astype(np.float64)
        self.intercepts = state["intercepts"].astype(np.float64)


class LinearClassifier:
    """Roles and labels from sparse features of the mention in its sentence. See `Classifier`."""

    kind = "linear"

    def __init__(
        self, *, regularisation: float = 0.5, label_regularisation: float = 0.3, context_regularisation: float = 0.02, min_count: int = 2, seed: int = 0
    ) -> None:
        self.seed = seed
        self.roles = LinearHead(regularisation, min_count)
        self.labels = LinearHead(label_regularisation, min_count)
        self.context = ContextHead(context_regularisation)

    @staticmethod
    def _rows(sentences: Sequence[AnalysedSentence]) -> tuple[list[list[str]], list[list[str]], list[Surroundings]]:
        mentions, whole, around = [], [], []
        for sentence in sentences:
            view = SentenceView(sentence)
            mentions += [mention_features(view, m) for m in sentence.mentions]
            whole.append(sentence_features(view))
            around.append(surroundings(view))
        return mentions, whole, around

    @staticmethod
    def _apart(logits: Floats, around: Sequence[Surroundings]) -> list[Floats]:
        """Logits of all mentions (mentions x roles), sentence by sentence."""
        return np.split(logits, np.cumsum([len(a.places) for a in around])[:-1])

    def fit(self, sentences: Sequence[AnalysedSentence], targets: Sequence[RoleTargets], groups: NDArray[np.int64]) -> list[Floats]:
        mentions, whole, around = self._rows(sentences)
        wanted = np.concatenate([t.roles for t in targets])
        fold_of = np.unique(groups, return_inverse=True)[1] % FOLDS
        held_out = self.roles.fit(mentions, wanted, self.seed, np.repeat(fold_of, [len(a.places) for a in around]))
        self.labels.fit(whole, np.stack([t.labels for t in targets]), self.seed)
        if wanted.size:
            rows = self._context_rows(around, held_out)
            self.context.fit(rows, wanted, self.seed)
            held_out = self.context.logits(rows, held_out)
        return self._apart(held_out, around)

    def _context_rows(self, around: Sequence[Surroundings], logits: Floats) -> Floats:
        return np.concatenate([context_rows(a, x) for a, x in zip(around, self._apart(logits, around), strict=True)])

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        if not sentences:
            return []
        mentions, whole, around = self._rows(sentences)
        roles, labels = self.roles.logits(mentions), self.labels.logits(whole)
        if self.context.fitted.any():
            roles = self.context.logits(self._context_rows(around, roles), roles)
        return [Scores(r, x) for r, x in zip(self._apart(roles, around), labels, strict=True)]

    def save(self, folder: Path) -> None:
        from skops.io import dump

        dump({"roles": self.roles.state(), "labels": self.labels.state(), "context": self.context.state()}, folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> LinearClassifier:
        """Read what `save` wrote. Nothing but arrays is read: no type has to be trusted.

        Raises:
            InputError: the file is missing, damaged, or holds anything else.
        """
        from skops.io import load

        classifier = cls()
        try:
            state = load(folder / FILE, trusted=[])
            classifier.roles.restore(state["roles"])
            classifier.labels.restore(state["labels"])
            classifier.context.restore(state["context"])
        except FileNotFoundError:
            raise InputError(f"no {FILE} in this model", where=str(folder)) from None
        except Exception as fault:
            raise InputError(f"{FILE} cannot be read: {fault}", where=str(folder), mend="train the model again") from None
        return classifier
