"""Independent logistic regressions over binary features, one per output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from ..classifier import Floats
from ..regression import Problem, fit_regressions
from .vocabulary import Vocabulary, unit_rows
from .weights import StoredWeights

# The logit of an output that is constant in the training data.
CONSTANT = 10.0


def log_count_ratio(matrix: csr_matrix, target: NDArray[Any]) -> Floats:
    """How much more frequent each feature is in positive rows than in negative ones, as a logarithm."""
    positive, negative = (
        1 + np.asarray((matrix[target == value] > 0).sum(axis=0)).ravel() for value in (1, 0)
    )
    return np.asarray(np.log(positive / positive.sum()) - np.log(negative / negative.sum()))


class LinearHead:
    """One-vs-rest logistic regressions over features that are either present or absent.

    Args:
        regularisation: inverse strength C of the L2 penalty, above 0.
        min_count: features that occur in fewer training rows are ignored.
        naive_bayes: scale rows to length 1 and weight each feature by its log-count ratio between positive
            and negative rows (Wang and Manning 2012, "Baselines and bigrams", ACL).
    """

    def __init__(self, regularisation: float, min_count: int, naive_bayes: bool = False) -> None:
        self.regularisation, self.min_count, self.naive_bayes = regularisation, min_count, naive_bayes
        self.vocabulary = Vocabulary()
        self.weights: Floats = np.zeros((0, 0))
        self.intercepts: Floats = np.zeros(0)

    def _matrix(self, rows: Sequence[Sequence[str]]) -> csr_matrix:
        matrix = self.vocabulary.matrix(rows)
        return unit_rows(matrix) if self.naive_bayes else matrix

    def fit(
        self,
        rows: Sequence[Sequence[str]],
        targets: NDArray[np.int8],
        seed: int,
        folds: NDArray[np.int64] | None = None,
    ) -> Floats:
        """Fit one regression per output.

        Args:
            rows: the features of each row.
            targets: 0 or 1 (rows x outputs).
            folds: the fold of each row, for the returned logits.

        Returns:
            Out-of-fold logits (rows x outputs), from regressions that were fitted without the fold of the
            row; all 0 without `folds`.

        Raises:
            InputError: no feature occurs `min_count` times.
        """
        logits = np.zeros(targets.shape)
        if not targets.shape[1]:
            return logits
        self.vocabulary = Vocabulary.learn(rows, self.min_count)
        matrix = self._matrix(rows)
        self.weights, self.intercepts = self._regressions(matrix, targets, seed)
        # Not `cross_val_predict`: it fails if all training rows of a fold are positive, or all are negative.
        for fold in np.unique(folds) if folds is not None else ():
            inside, outside = folds != fold, folds == fold
            weights, intercepts = self._regressions(matrix[inside], targets[inside], seed)
            logits[outside] = np.asarray(matrix[outside] @ weights.T) + intercepts
        return logits

    def _regressions(self, matrix: csr_matrix, targets: NDArray[np.int8], seed: int) -> tuple[Floats, Floats]:
        """Weights (outputs x features) and intercepts (outputs)."""
        weights = np.zeros((targets.shape[1], matrix.shape[1]))
        intercepts = np.zeros(targets.shape[1])
        problems: dict[int, Problem] = {}
        ratios: dict[int, Floats] = {}
        for k, target in enumerate(targets.T):
            if len(np.unique(target)) < 2:  # a constant output gets a constant logit
                intercepts[k] = CONSTANT if target.any() else -CONSTANT
                continue
            if self.naive_bayes:
                ratios[k] = log_count_ratio(matrix, target)
            rows = matrix @ diags(ratios[k]) if self.naive_bayes else matrix
            problems[k] = Problem(rows, target, self.regularisation, "liblinear", seed)
        for k, fitted in zip(problems, fit_regressions(list(problems.values())), strict=True):
            weights[k] = fitted.weights[0] * ratios.get(k, 1.0)
            intercepts[k] = float(fitted.intercepts[0])
        return weights, intercepts

    def logits(self, rows: Sequence[Sequence[str]]) -> Floats:
        """Logits (rows x outputs)."""
        if not len(self.vocabulary):
            return np.tile(self.intercepts, (len(rows), 1))
        return np.asarray(self._matrix(rows) @ self.weights.T) + self.intercepts

    def weigh(self, row: Sequence[str], output: int) -> list[tuple[str, float]]:
        """The known features of a row with their weights for one output, by decreasing absolute weight."""
        index = self.vocabulary.index
        known = [(f, float(self.weights[output, index[f]])) for f in dict.fromkeys(row) if f in index]
        return sorted(known, key=lambda pair: -abs(pair[1]))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays to store, by name; see `restore`."""
        return {"weights": self.weights.astype(np.float32), "intercepts": self.intercepts}

    def restore(self, stored: StoredWeights, part: str, outputs: int) -> None:
        """Restore a saved head.

        Args:
            part: the name of its arrays and features in `stored`.
            outputs: the number of outputs that the codebook needs.

        Raises:
            InputError: an array or the list of features is missing or does not fit.
        """
        self.vocabulary = Vocabulary(stored.features(part))
        self.weights = stored.array(f"{part}.weights", (outputs, len(self.vocabulary)))
        self.intercepts = stored.array(f"{part}.intercepts", (outputs,))
