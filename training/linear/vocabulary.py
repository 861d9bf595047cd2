"""Named binary features as columns of a sparse matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from ...data.errors import InputError


class Vocabulary:
    """The features of a model and their columns.

    scikit-learn's vectorizers are not used, so that scoring does not have to import scikit-learn.

    Args:
        features: the names of the features in the order of their columns, without duplicates.
    """

    def __init__(self, features: Sequence[str] = ()) -> None:
        self.index = {feature: column for column, feature in enumerate(features)}

    @classmethod
    def learn(cls, rows: Sequence[Sequence[str]], min_count: int) -> Vocabulary:
        """Collect the features that occur at least `min_count` times, in alphabetical order.

        Raises:
            InputError: no feature is frequent enough.
        """
        # Not `CountVectorizer`: its `min_df` counts rows, and the row of an unnamed speaker can have a
        # feature twice.
        counts = Counter(feature for row in rows for feature in row)
        frequent = sorted(feature for feature, n in counts.items() if n >= min_count)
        if not frequent:
            raise InputError(
                f"too few sentences: no feature occurs {min_count} times",
                where="training articles",
                hint="annotate more sentences, or lower classifier.min_count",
            )
        return cls(frequent)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def features(self) -> list[str]:
        """The names of the features in the order of their columns."""
        return list(self.index)

    def matrix(self, rows: Iterable[Sequence[str]]) -> csr_matrix:
        """A sparse matrix (rows x features) with an entry of 1.0 for each known feature of a row."""
        columns: list[int] = []
        pointers = [0]
        for row in rows:
            columns += [column for column in map(self.index.get, row) if column is not None]
            pointers.append(len(columns))
        shape = (len(pointers) - 1, len(self.index))
        matrix = csr_matrix((np.ones(len(columns)), columns, pointers), shape=shape)
        matrix.sort_indices()
        return matrix


def unit_rows(matrix: csr_matrix) -> csr_matrix:
    """The rows scaled to Euclidean length 1; empty rows stay empty."""
    scaled = matrix.copy()
    norms = np.sqrt(matrix.power(2) @ np.ones(matrix.shape[1]))
    scaled.data /= np.repeat(norms, np.diff(matrix.indptr))
    return scaled
