"""One-vs-rest logistic regressions over binary features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from ..classifier import Floats


class LinearHead:
    """One-against-rest logistic regressions over features that are each there or not.

    Args:
        regularisation: inverse strength C of the L2 penalty, above 0.
        min_count: features seen in fewer rows are dropped.
        weighed: rows are brought to length 1 and features weighed by how much more often they stand in rows that are wanted,
            the log-count ratio of naive Bayes (Wang and Manning 2012, "Baselines and bigrams", ACL).
    """

    def __init__(self, regularisation: float, min_count: int, weighed: bool = False) -> None:
        self.regularisation, self.min_count, self.weighed = regularisation, min_count, weighed
        self.index: dict[str, int] = {}
        self.weights: Floats = np.zeros((0, 0))
        self.intercepts: Floats = np.zeros(0)

    def matrix(self, rows: Iterable[Sequence[str]]) -> csr_matrix:
        """Rows x features, 1 where a row has one that is known."""
        columns: list[int] = []
        pointers = [0]
        index = self.index
        for row in rows:
            columns += [index[f] for f in row if f in index]
            pointers.append(len(columns))
        matrix = csr_matrix((np.ones(len(columns)), columns, pointers), shape=(len(pointers) - 1, len(index)))
        matrix.sort_indices()
        return normalize(matrix) if self.weighed else matrix

    def _regress(self, matrix: csr_matrix, target: NDArray[np.int8], seed: int) -> tuple[Floats, float]:
        """Weights and intercept of one output. Without positives it scores very low, without negatives very high."""
        if len(np.unique(target)) < 2:
            return np.zeros(matrix.shape[1]), 10.0 if len(target) and target[0] else -10.0
        model = LogisticRegression(C=self.regularisation, solver="liblinear", tol=1e-3, random_state=seed)
        if not self.weighed:
            model.fit(matrix, target)
            return model.coef_[0], float(model.intercept_[0])
        with_it, without = (
            1 + np.asarray((matrix[target == held] > 0).sum(axis=0)).ravel() for held in (1, 0)
        )
        ratio = np.log(with_it / with_it.sum()) - np.log(without / without.sum())
        model.fit(matrix @ diags(ratio), target)
        return model.coef_[0] * ratio, float(model.intercept_[0])

    def fit(
        self,
        rows: Sequence[Sequence[str]],
        targets: NDArray[np.int8],
        seed: int,
        folds: NDArray[np.int64] | None = None,
    ) -> Floats:
        """Fit one regression per column of `targets` (rows x outputs); no row names a feature twice.

        Returns:
            Logits (rows x outputs) from regressions fitted without the row's fold; 0 where there are no folds.
        """
        counts = Counter(f for row in rows for f in row)
        self.index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= self.min_count))}
        matrix = self.matrix(rows)
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
        return np.asarray(self.matrix(rows) @ self.weights.T) + self.intercepts

    def weigh(self, row: Sequence[str], output: int) -> list[tuple[str, float]]:
        """The weight that each feature of a row has for one output, heaviest first."""
        found = [
            (f, float(self.weights[output, self.index[f]])) for f in dict.fromkeys(row) if f in self.index
        ]
        return sorted(found, key=lambda x: -abs(x[1]))

    def state(self) -> dict[str, NDArray[np.generic]]:
        return {
            "features": np.array(sorted(self.index, key=self.index.__getitem__)),
            "weights": self.weights.astype(np.float32),
            "intercepts": self.intercepts,
            "weighed": np.array(self.weighed),
        }

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        self.index = {str(f): i for i, f in enumerate(state["features"])}
        self.weights = state["weights"].astype(np.float64)
        self.intercepts = state["intercepts"].astype(np.float64)
        self.weighed = bool(state["weighed"])
