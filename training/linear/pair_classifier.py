"""The linear classifier for known pairs: it chooses the stance of an actor towards a target."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ..classifier import ClassifierDefaults, Floats, RoleExplanation, Scores
from ..examples.dataset import Analysed
from ..progress import Progress
from ..regression import fit_regression
from .head import CONSTANT
from .mention_features import SentenceView, mention_features
from .negation import is_negated
from .sentence_words import word_features
from .vocabulary import Vocabulary, unit_rows
from .weights import load_weights, save_weights
from .word_weights import explain_by_words

# The number of words after the second mention that are features.
AFTER = 6


def _path(view: SentenceView, actor: int, target: int) -> Iterator[str]:
    """The path between two tokens in the parse: its predicates, and the dependents of the topmost one."""
    parse = view.parse
    up, down = [actor, *parse.ancestors(actor)], [target, *parse.ancestors(target)]
    joint = next((i for i in up if i in down), None)
    if joint is None:
        return
    for i in up[1 : up.index(joint) + 1] + down[1 : down.index(joint)]:
        for p in view.predicate(i):
            yield f"path:{p}"
            if i == joint:
                yield f"joint:{p}"
    yield f"path:{parse.deps[actor]}-{parse.deps[target]}"
    yield f"joint:{view.lemmas[joint]}:{parse.deps[actor]}:{parse.deps[target]}"
    if is_negated(parse, joint):
        yield "joint:not"
    for child in parse.children[joint]:
        if parse.deps[child] in ("dobj", "prep", "xcomp", "ccomp", "aux", "prt", "advmod"):
            for p in view.predicate(child):
                yield f"joint:{parse.deps[child]}:{p}"


def _between(view: SentenceView) -> Iterator[str]:
    """The words between actor and target and after the second of them, and the path between the two."""
    actor, target = view.sentence.mentions[:2]
    first, second = sorted((actor, target), key=lambda m: m.first)
    direction = ">" if first is actor else "<"
    between = view.lemmas[first.last + 1 : second.first]
    after = view.lemmas[second.last + 1 : second.last + 1 + AFTER]
    for i, w in enumerate(between, first.last + 1):
        yield from (f"between:{w}", f"between{direction}{w}")
        yield from (f"between{direction}#{c}" for c in view.classes[i])
    yield from (f"between:{a}_{b}" for a, b in itertools.pairwise(between))
    yield from (f"after{direction}{w}" for w in after)
    yield from (f"after:{a}_{b}" for a, b in itertools.pairwise(after))
    yield from _path(view, actor.head, target.head)


def pair_features(sentence: AnalysedSentence) -> list[str]:
    """Names of the binary features of a known pair, without duplicates.

    Args:
        sentence: its first mention is the actor, its second, if any, the target; see `examples.known_pairs`.
    """
    view, mentions = SentenceView(sentence), sentence.mentions
    out = [f"source|{f}" for f in mention_features(view, mentions[0])]
    out += word_features(view)
    # Prefixes as well, because in a table of a thousand rows few whole words occur often.
    out += [f"begins:{w[:4]}" for w in view.lemmas if len(w) > 4]
    trigrams = zip(view.lemmas, view.lemmas[1:], view.lemmas[2:], strict=False)
    out += [f"three:{'_'.join(trigram)}" for trigram in trigrams]
    if len(mentions) > 1:
        out += [f"target|{f}" for f in mention_features(view, mentions[1])]
        if min(m.head for m in mentions) >= 0:
            out += _between(view)
    return list(dict.fromkeys(out))


class LinearPairClassifier(ClassifierDefaults):
    """Scores the stances of a known actor towards a known target. See `Classifier`.

    The logit of a stance is that of the actor's role; all other logits are 0, and labels are not predicted.

    Args:
        regularisation: inverse strength C of the L2 penalty, above 0.
        min_count: features that occur in fewer pairs are ignored.
    """

    kind: ClassVar[str] = "linear_choice"

    def __init__(
        self, codebook: Codebook, regularisation: float = 40.0, min_count: int = 2, seed: int = 0
    ) -> None:
        self.codebook, self.regularisation, self.min_count, self.seed = (
            codebook,
            regularisation,
            min_count,
            seed,
        )
        self.vocabulary = Vocabulary()
        self.idf: Floats = np.zeros(0)
        self.weights: Floats = np.zeros((len(codebook.stances), 0))
        self.intercepts: Floats = np.full(len(codebook.stances), -CONSTANT)

    def _matrix(self, rows: Sequence[Sequence[str]]) -> csr_matrix:
        """TF-IDF of the features of pairs, with rows of length 1."""
        return unit_rows(self.vocabulary.matrix(rows) @ diags(self.idf))

    def fit(
        self, train: Analysed, validation: Analysed, progress: Progress, epochs: int | None = None
    ) -> None:
        from sklearn.feature_extraction.text import TfidfTransformer

        if not len(train):
            raise InputError(
                "no statement to learn from",
                where="training articles",
                hint="annotate more sentences",
            )
        rows = [pair_features(s) for s in train.sentences]
        actor_columns = [s.actor for s in self.codebook.stance_roles]
        gold = np.array([int(np.argmax(t.roles[0, actor_columns])) for t in train.targets])
        self.vocabulary = Vocabulary.learn(rows, self.min_count)
        self.idf = TfidfTransformer().fit(self.vocabulary.matrix(rows)).idf_
        self._regress(self._matrix(rows), gold)

    def _regress(self, matrix: csr_matrix, gold: NDArray[np.int64]) -> None:
        """Fit weights and intercepts; stances that do not occur have a constant low logit.

        Args:
            gold: the index of the stance of each row.
        """
        stances = len(self.codebook.stances)
        self.weights, self.intercepts = np.zeros((stances, matrix.shape[1])), np.full(stances, -CONSTANT)
        present = np.unique(gold)
        if len(present) < 2:
            self.intercepts[present] = CONSTANT
            return
        # Rare stances count as much as common ones, as in macro-F1.
        weights, intercepts = fit_regression(
            matrix, gold, self.regularisation, solver="lbfgs", seed=self.seed, balanced=True
        )
        if len(present) == 2:  # scikit-learn then has one row of weights, for the second stance
            sign = np.array([-0.5, 0.5])
            weights, intercepts = sign[:, None] * weights, sign * intercepts
        self.weights[present], self.intercepts[present] = weights, intercepts

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        if not sentences:
            return []
        matrix = self._matrix([pair_features(s) for s in sentences])
        logits = np.asarray(matrix @ self.weights.T) + self.intercepts
        out = []
        for sentence, row in zip(sentences, logits, strict=True):
            roles = np.zeros((len(sentence.mentions), len(self.codebook.roles)))
            roles[0, [s.actor for s in self.codebook.stance_roles]] = row
            out.append(Scores(roles, np.full(len(self.codebook.labels), -CONSTANT)))
        return out

    def weigh(self, sentence: AnalysedSentence, stance: int) -> list[tuple[str, float]]:
        """The contributions of a pair's features to the logit of a stance, by decreasing absolute value."""
        row = self._matrix([pair_features(sentence)])
        names = self.vocabulary.features
        contributions = [
            (names[i], float(v * self.weights[stance, i])) for i, v in zip(row.indices, row.data, strict=True)
        ]
        return sorted(contributions, key=lambda pair: -abs(pair[1]))

    def explain(self, sentence: AnalysedSentence, mention: int, role: int) -> RoleExplanation:
        stance = [s.actor for s in self.codebook.stance_roles].index(role)
        return explain_by_words(SentenceView(sentence), self.weigh(sentence, stance))

    def save(self, folder: Path) -> None:
        arrays: dict[str, NDArray[np.generic]] = {
            "weights": self.weights.astype(np.float32),
            "intercepts": self.intercepts,
            "idf": self.idf,
        }
        save_weights(folder, {"pairs": arrays}, {"pairs": self.vocabulary.features})

    @classmethod
    def load(cls, folder: Path, codebook: Codebook) -> LinearPairClassifier:
        """Read what `save` wrote.

        Raises:
            InputError: a file is missing or damaged, or was saved for another codebook.
        """
        classifier, stored = cls(codebook), load_weights(folder)
        classifier.vocabulary = Vocabulary(stored.features("pairs"))
        stances, features = len(codebook.stances), len(classifier.vocabulary)
        classifier.weights = stored.array("pairs.weights", (stances, features))
        classifier.intercepts = stored.array("pairs.intercepts", (stances,))
        classifier.idf = stored.array("pairs.idf", (features,))
        return classifier
