"""The linear classifier: logistic regressions on sparse named features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ..classifier import ClassifierDefaults, Floats, RoleExplanation, Scores
from ..examples.dataset import Analysed, conflict_of
from ..progress import Progress
from .head import LinearHead
from .label_features import label_features
from .mention_features import SentenceView, mention_features
from .sentence_words import with_neighbours, word_features
from .stacking import StackingHead, Surroundings, stacking_columns, stacking_features, surroundings
from .weights import load_weights, save_weights
from .word_weights import explain_by_words

# The second stage learns from out-of-fold scores: each model is fitted without a third of the conflicts.
FOLDS = 3
# The number of sentences whose features are in memory at the same time while scoring.
BLOCK = 512


@dataclass(slots=True)
class _Features:
    """The features of sentences.

    Attributes:
        mentions: of each mention, for roles.
        labels: of each sentence, for its labels.
        words: of each sentence, for the roles that its mentions have.
        surroundings: of each sentence, for the second stage.
    """

    mentions: list[list[str]] = field(default_factory=list)
    labels: list[list[str]] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=list)
    surroundings: list[Surroundings] = field(default_factory=list)

    @property
    def sizes(self) -> list[int]:
        """The number of mentions of each sentence."""
        return [len(s.features) for s in self.surroundings]

    def by_sentence(self, logits: Floats) -> list[Floats]:
        """Split the logits of all mentions (mentions x roles) by sentence."""
        return np.split(logits, np.cumsum(self.sizes)[:-1])


class LinearClassifier(ClassifierDefaults):
    """Scores roles and labels from sparse features, in two stages. See `Classifier`.

    The first stage scores each mention on its own and each sentence by its words. The second, `StackingHead`,
    scores each mention again, given all these scores. Labels need only the first stage.
    """

    kind: ClassVar[str] = "linear"

    def __init__(
        self,
        *,
        regularisation: float = 0.5,
        label_regularisation: float = 2.0,
        sentence_regularisation: float = 0.1,
        context_regularisation: float = 0.02,
        min_count: int = 2,
        seed: int = 0,
    ) -> None:
        self.seed = seed
        self.roles = LinearHead(regularisation, min_count)
        self.labels = LinearHead(label_regularisation, min_count, naive_bayes=True)
        self.sentence_roles = LinearHead(sentence_regularisation, min_count)
        self.stacking = StackingHead(context_regularisation)

    @staticmethod
    def _features(sentences: Sequence[AnalysedSentence]) -> _Features:
        features = _Features()
        for sentence in sentences:
            view = SentenceView(sentence)
            features.mentions += [mention_features(view, m) for m in sentence.mentions]
            features.labels.append(label_features(view))
            features.words.append(word_features(view))
            features.surroundings.append(surroundings(view))
        return features

    @staticmethod
    def _stacking_rows(features: _Features, roles: Floats, sentence_roles: Floats) -> Floats:
        """The features of the second stage (mentions x features).

        Args:
            roles: first-stage logits of the mentions (mentions x roles).
            sentence_roles: logits of sentences by their words (sentences x roles), `with_neighbours`.
        """
        by_sentence = zip(features.surroundings, features.by_sentence(roles), strict=True)
        rows = np.concatenate([stacking_features(around, logits) for around, logits in by_sentence])
        return np.concatenate([rows, np.repeat(sentence_roles, features.sizes, axis=0)], axis=1)

    def fit(
        self, train: Analysed, validation: Analysed, progress: Progress, epochs: int | None = None
    ) -> list[Floats]:
        if not any(t.roles.any() or t.labels.any() for t in train.targets):
            raise InputError(
                "no sentence has a statement or a label to learn from",
                where="training articles",
                hint="annotate more sentences",
            )
        features = self._features(train.sentences)
        gold = np.concatenate([t.roles for t in train.targets])
        # A sentence has the roles of all its mentions.
        sentence_gold = np.stack([t.roles.max(axis=0, initial=0) for t in train.targets])
        fold_of = np.unique(conflict_of(train), return_inverse=True)[1] % FOLDS
        mention_folds = np.repeat(fold_of, features.sizes)
        roles = self.roles.fit(features.mentions, gold, self.seed, mention_folds)
        self.labels.fit(features.labels, np.stack([t.labels for t in train.targets]), self.seed)
        if gold.size:
            sentence_roles = self.sentence_roles.fit(features.words, sentence_gold, self.seed, fold_of)
            neighbours = with_neighbours(train.sentences, sentence_roles)
            rows = self._stacking_rows(features, roles, neighbours)
            self.stacking.fit(rows, gold, self.seed)
            roles = self.stacking.logits(rows, roles)
        return features.by_sentence(roles)

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        if not sentences:
            return []
        features, roles, labels, words = self._first_stage(sentences)
        if self.stacking.fitted.any():
            roles = self._second_stage(sentences, features, roles, words)
        return [Scores(r, x) for r, x in zip(features.by_sentence(roles), labels, strict=True)]

    def _first_stage(self, sentences: Sequence[AnalysedSentence]) -> tuple[_Features, Floats, Floats, Floats]:
        """The logits of mentions, labels and sentences, and the surroundings of the mentions.

        In blocks, because the names of the features of a long article take more than a gigabyte.
        """
        kept = _Features()
        parts: list[tuple[Floats, Floats, Floats]] = []
        for i in range(0, len(sentences), BLOCK):
            features = self._features(sentences[i : i + BLOCK])
            roles, labels = self.roles.logits(features.mentions), self.labels.logits(features.labels)
            words = self.sentence_roles.logits(features.words) if self.stacking.fitted.any() else labels
            parts.append((roles, labels, words))
            kept.surroundings += features.surroundings
        roles, labels, words = (np.concatenate(p) for p in zip(*parts, strict=True))
        return kept, roles, labels, words

    def _second_stage(
        self, sentences: Sequence[AnalysedSentence], features: _Features, roles: Floats, words: Floats
    ) -> Floats:
        """The logits of mentions after comparing them (mentions x roles), in blocks like the first stage.

        Args:
            features: the surroundings of the mentions.
            roles: first-stage logits of the mentions (mentions x roles).
            words: logits of the sentences by their words (sentences x roles).
        """
        neighbours = with_neighbours(sentences, words)
        parts, first = [], 0
        for i in range(0, len(sentences), BLOCK):
            block = _Features(surroundings=features.surroundings[i : i + BLOCK])
            own = roles[first : first + sum(block.sizes)]
            rows = self._stacking_rows(block, own, neighbours[i : i + BLOCK])
            parts.append(self.stacking.logits(rows, own))
            first += len(own)
        return np.concatenate(parts)

    def explain(self, sentence: AnalysedSentence, mention: int, role: int) -> RoleExplanation:
        view = SentenceView(sentence)
        features = self.roles.weigh(mention_features(view, sentence.mentions[mention]), role)
        return explain_by_words(view, features)

    def save(self, folder: Path) -> None:
        heads = {"roles": self.roles, "labels": self.labels, "sentence_roles": self.sentence_roles}
        arrays = {name: head.arrays() for name, head in heads.items()} | {"stacking": self.stacking.arrays()}
        save_weights(folder, arrays, {name: head.vocabulary.features for name, head in heads.items()})

    @classmethod
    def load(cls, folder: Path, codebook: Codebook) -> LinearClassifier:
        """Read what `save` wrote.

        Raises:
            InputError: a file is missing or damaged, or was saved for another codebook.
        """
        classifier, stored = cls(), load_weights(folder)
        roles = len(codebook.roles)
        classifier.roles.restore(stored, "roles", roles)
        classifier.labels.restore(stored, "labels", len(codebook.label_names))
        classifier.sentence_roles.restore(stored, "sentence_roles", roles)
        # The features of the mention, then the scores of its sentence and of the two beside it.
        classifier.stacking.restore(stored, "stacking", roles, stacking_columns(roles) + 3 * roles)
        return classifier
