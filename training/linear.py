"""The linear classifier: logistic regressions on sparse named features. Trains in seconds, explains itself by its weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from ..data.analysis import AnalysedSentence
from ..data.codebook import Codebook
from ..data.errors import InputError
from .classifier import Floats, Scores
from .context import ContextHead, Surroundings, context_rows, surroundings
from .examples import Analysed, conflict_of
from .features import SentenceView, mention_features
from .label_features import sentence_features
from .watch import Watch
from .wording import with_neighbours, wording_features

FILE = "linear.skops"
# The second look is learnt from scores of a model fitted without a third of the conflicts.
FOLDS = 3


@dataclass(slots=True)
class _Rows:
    """What is read of sentences: features of their mentions, of their own wording, of all their words, and what stands around each mention."""

    mentions: list[list[str]] = field(default_factory=list)
    own: list[list[str]] = field(default_factory=list)
    wording: list[list[str]] = field(default_factory=list)
    around: list[Surroundings] = field(default_factory=list)

    @property
    def sizes(self) -> list[int]:
        """How many mentions each sentence has."""
        return [len(a.places) for a in self.around]

    def apart(self, logits: Floats) -> list[Floats]:
        """Logits of all mentions (mentions x roles), sentence by sentence."""
        return np.split(logits, np.cumsum(self.sizes)[:-1])


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
        with_it, without = (1 + np.asarray((matrix[target == held] > 0).sum(axis=0)).ravel() for held in (1, 0))
        ratio = np.log(with_it / with_it.sum()) - np.log(without / without.sum())
        model.fit(matrix @ diags(ratio), target)
        return model.coef_[0] * ratio, float(model.intercept_[0])

    def fit(self, rows: Sequence[Sequence[str]], targets: NDArray[np.int8], seed: int, folds: NDArray[np.int64] | None = None) -> Floats:
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
        found = [(f, float(self.weights[output, self.index[f]])) for f in dict.fromkeys(row) if f in self.index]
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


class LinearClassifier:
    """Roles and labels from sparse features of the mention in its sentence. See `Classifier`."""

    kind = "linear"

    def __init__(
        self,
        *,
        regularisation: float = 0.5,
        label_regularisation: float = 2.0,
        wording_regularisation: float = 0.1,
        context_regularisation: float = 0.02,
        min_count: int = 2,
        seed: int = 0,
    ) -> None:
        self.seed = seed
        self.roles = LinearHead(regularisation, min_count)
        self.labels = LinearHead(label_regularisation, min_count, weighed=True)
        self.wording = LinearHead(wording_regularisation, min_count)
        self.context = ContextHead(context_regularisation)

    @staticmethod
    def _rows(sentences: Sequence[AnalysedSentence]) -> _Rows:
        rows = _Rows()
        for sentence in sentences:
            view = SentenceView(sentence)
            rows.mentions += [mention_features(view, m) for m in sentence.mentions]
            rows.own.append(sentence_features(view))
            rows.wording.append(wording_features(view))
            rows.around.append(surroundings(view))
        return rows

    @staticmethod
    def _second_look(sentences: Sequence[AnalysedSentence], rows: _Rows, roles: Floats, wording: Floats) -> Floats:
        """What the second look sees of each mention, the first look's logits of roles and of whole sentences given."""
        seen = np.concatenate([context_rows(a, x) for a, x in zip(rows.around, rows.apart(roles), strict=True)])
        return np.concatenate([seen, np.repeat(with_neighbours(sentences, wording), rows.sizes, axis=0)], axis=1)

    def fit(self, train: Analysed, validation: Analysed, watch: Watch) -> list[Floats]:
        sentences, targets, groups = train.sentences, train.targets, conflict_of(train)
        rows = self._rows(sentences)
        wanted = np.concatenate([t.roles for t in targets])
        held = np.stack([t.roles.max(axis=0, initial=0) for t in targets])  # the roles that any mention of a sentence has
        fold_of = np.unique(groups, return_inverse=True)[1] % FOLDS
        roles = self.roles.fit(rows.mentions, wanted, self.seed, np.repeat(fold_of, rows.sizes))
        self.labels.fit(rows.own, np.stack([t.labels for t in targets]), self.seed)
        if wanted.size:
            wording = self.wording.fit(rows.wording, held, self.seed, fold_of)
            seen = self._second_look(sentences, rows, roles, wording)
            self.context.fit(seen, wanted, self.seed)
            roles = self.context.logits(seen, roles)
        return rows.apart(roles)

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        if not sentences:
            return []
        rows = self._rows(sentences)
        roles, labels = self.roles.logits(rows.mentions), self.labels.logits(rows.own)
        if self.context.fitted.any():
            roles = self.context.logits(self._second_look(sentences, rows, roles, self.wording.logits(rows.wording)), roles)
        return [Scores(r, x) for r, x in zip(rows.apart(roles), labels, strict=True)]

    def save(self, folder: Path) -> None:
        from skops.io import dump

        parts: dict[str, LinearHead | ContextHead] = {"roles": self.roles, "labels": self.labels, "wording": self.wording, "context": self.context}
        dump({name: part.state() for name, part in parts.items()}, folder / FILE)

    @classmethod
    def load(cls, folder: Path, codebook: Codebook) -> LinearClassifier:
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
            classifier.wording.restore(state["wording"])
            classifier.context.restore(state["context"])
        except FileNotFoundError:
            raise InputError(f"no {FILE} in this model", where=str(folder)) from None
        except Exception as fault:
            raise InputError(f"{FILE} cannot be read: {fault}", where=str(folder), mend="train the model again") from None
        return classifier
