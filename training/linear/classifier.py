"""The linear classifier: logistic regressions on sparse named features. Trains in seconds, explains itself by its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats, RoleExplanation, Scores, ServedAsTrained
from ..examples.dataset import Analysed, conflict_of
from ..progress import Progress
from .head import LinearHead
from .label_features import sentence_features
from .mention_features import SentenceView, mention_features
from .sentence_words import with_neighbours, wording_features
from .stacking import ContextHead, Surroundings, context_rows, surroundings
from .word_weights import explain_by_words

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


class LinearClassifier(ServedAsTrained):
    """Roles and labels from sparse features of the mention in its sentence. See `Classifier`."""

    kind: ClassVar[str] = "linear"

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
    def _second_look(
        sentences: Sequence[AnalysedSentence], rows: _Rows, roles: Floats, wording: Floats
    ) -> Floats:
        """What the second look sees of each mention, the first look's logits of roles and of whole sentences given."""
        seen = np.concatenate(
            [context_rows(a, x) for a, x in zip(rows.around, rows.apart(roles), strict=True)]
        )
        return np.concatenate(
            [seen, np.repeat(with_neighbours(sentences, wording), rows.sizes, axis=0)], axis=1
        )

    def fit(self, train: Analysed, validation: Analysed, progress: Progress) -> list[Floats]:
        sentences, targets, groups = train.sentences, train.targets, conflict_of(train)
        rows = self._rows(sentences)
        wanted = np.concatenate([t.roles for t in targets])
        held = np.stack(
            [t.roles.max(axis=0, initial=0) for t in targets]
        )  # the roles that any mention of a sentence has
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
            roles = self.context.logits(
                self._second_look(sentences, rows, roles, self.wording.logits(rows.wording)), roles
            )
        return [Scores(r, x) for r, x in zip(rows.apart(roles), labels, strict=True)]

    def explain(self, sentence: AnalysedSentence, mention: int, role: int) -> RoleExplanation:
        view = SentenceView(sentence)
        features = self.roles.weigh(mention_features(view, sentence.mentions[mention]), role)
        return explain_by_words(view, features)

    def save(self, folder: Path) -> None:
        from skops.io import dump

        parts: dict[str, LinearHead | ContextHead] = {
            "roles": self.roles,
            "labels": self.labels,
            "wording": self.wording,
            "context": self.context,
        }
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
            raise InputError(
                f"{FILE} cannot be read: {fault}", where=str(folder), hint="train the model again"
            ) from None
        return classifier
