"""The linear choice of a stance where source and target are given: one multinomial regression on what is around and between the two."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats, RoleExplanation, Scores, ServedAsTrained
from ..examples.dataset import Analysed
from ..progress import Progress
from .head import LinearHead
from .mention_features import SentenceView, mention_features
from .sentence_words import wording_features
from .word_weights import explain_by_words

FILE = "choice.skops"
AFTER = 6


def _path(view: SentenceView, source: int, target: int) -> Iterator[str]:
    """The way from source to target over the parse: its predicates, and what else hangs on the one that joins them."""
    parse = view.parse
    up, down = [source, *parse.ancestors(source)], [target, *parse.ancestors(target)]
    joint = next((i for i in up if i in down), None)
    if joint is None:
        return
    for i in up[1 : up.index(joint) + 1] + down[1 : down.index(joint)]:
        for p in view.predicate(i):
            yield f"path:{p}"
            if i == joint:
                yield f"joint:{p}"
    yield f"path:{parse.deps[source]}-{parse.deps[target]}"
    yield f"joint:{view.lemmas[joint]}:{parse.deps[source]}:{parse.deps[target]}"
    if view.negated(joint):
        yield "joint:not"
    for child in parse.children[joint]:
        if parse.deps[child] in ("dobj", "prep", "xcomp", "ccomp", "aux", "prt", "advmod"):
            for p in view.predicate(child):
                yield f"joint:{parse.deps[child]}:{p}"


def question_features(sentence: AnalysedSentence) -> list[str]:
    """Names of the features of a question (see `training.examples.known_pairs`): of its source, its target, the words between and after, and the sentence."""
    view, mentions = SentenceView(sentence), sentence.mentions
    out = [f"source|{f}" for f in mention_features(view, mentions[0])]
    out += wording_features(view)
    # Beginnings of words and runs of three: a table of a thousand rows has seen few words often.
    out += [f"begins:{w[:4]}" for w in view.lemmas if len(w) > 4]
    out += [
        f"three:{'_'.join(run)}" for run in zip(view.lemmas, view.lemmas[1:], view.lemmas[2:], strict=False)
    ]
    if len(mentions) > 1:
        out += [f"target|{f}" for f in mention_features(view, mentions[1])]
        if min(m.head for m in mentions) >= 0:
            first, second = sorted(mentions, key=lambda m: m.first)
            way = ">" if first is mentions[0] else "<"
            between, after = (
                view.lemmas[first.last + 1 : second.first],
                view.lemmas[second.last + 1 : second.last + 1 + AFTER],
            )
            for i, w in enumerate(between, first.last + 1):
                out += [f"between:{w}", f"between{way}{w}", *(f"between{way}#{c}" for c in view.classes[i])]
            out += [f"between:{a}_{b}" for a, b in itertools.pairwise(between)]
            out += [f"after{way}{w}" for w in after] + [
                f"after:{a}_{b}" for a, b in itertools.pairwise(after)
            ]
            out += _path(view, mentions[0].head, mentions[1].head)
    return list(dict.fromkeys(out))


class LinearChoice(ServedAsTrained):
    """Chooses among stances. See `Classifier`: a stance's logit stands in the source's actor role; the other roles and the labels add nothing."""

    kind: ClassVar[str] = "linear_choice"

    def __init__(
        self, codebook: Codebook, regularisation: float = 40.0, min_count: int = 2, seed: int = 0
    ) -> None:
        self.codebook, self.seed = codebook, seed
        self.head = LinearHead(regularisation, min_count)
        self.idf: Floats = np.zeros(0)

    def _matrix(self, sentences: Sequence[AnalysedSentence]) -> csr_matrix:
        return self.head.matrix([question_features(s) for s in sentences])

    def _weighted(self, matrix: csr_matrix) -> csr_matrix:
        """Counts as TF-IDF, each row of length 1."""
        return normalize(matrix @ diags(self.idf))

    def fit(self, train: Analysed, validation: Analysed, progress: Progress) -> None:
        rows = [question_features(s) for s in train.sentences]
        counts = Counter(f for row in rows for f in row)
        self.head.index = {
            f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= self.head.min_count))
        }
        matrix = self.head.matrix(rows)
        self.idf = np.log((1 + len(rows)) / (1 + np.asarray(matrix.sum(axis=0)).ravel())) + 1
        wanted = np.array(
            [
                next(k for k, s in enumerate(self.codebook.stance_roles) if t.roles[0, s.actor])
                for t in train.targets
            ]
        )
        stances = len(self.codebook.stances)
        self.head.weights, self.head.intercepts = (
            np.zeros((stances, matrix.shape[1])),
            np.full(stances, -10.0),
        )
        seen = np.unique(wanted)
        if len(seen) < 2:
            self.head.intercepts[seen] = 10.0
        else:
            # Rare stances count as much as common ones: that is what macro-F1 asks.
            model = LogisticRegression(
                C=self.head.regularisation, max_iter=300, class_weight="balanced", random_state=self.seed
            ).fit(self._weighted(matrix), wanted)
            # Two classes have one row of weights, for the second.
            weights, intercepts = (
                (model.coef_, model.intercept_)
                if len(seen) > 2
                else (
                    np.stack([-model.coef_[0], model.coef_[0]]) / 2,
                    np.array([-1, 1]) * model.intercept_ / 2,
                )
            )
            self.head.weights[seen], self.head.intercepts[seen] = weights, intercepts

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        if not sentences:
            return []
        logits = (
            np.asarray(self._weighted(self._matrix(sentences)) @ self.head.weights.T) + self.head.intercepts
        )
        out = []
        for sentence, row in zip(sentences, logits, strict=True):
            roles = np.zeros((len(sentence.mentions), len(self.codebook.roles)))
            roles[0, [s.actor for s in self.codebook.stance_roles]] = row
            out.append(Scores(roles, np.full(len(self.codebook.labels), -10.0)))
        return out

    def weigh(self, sentence: AnalysedSentence, stance: int) -> list[tuple[str, float]]:
        """What each feature of a question adds to the logit of a stance, heaviest first."""
        row = self._weighted(self._matrix([sentence]))
        names = sorted(self.head.index, key=self.head.index.__getitem__)
        found = [
            (names[i], float(v * self.head.weights[stance, i]))
            for i, v in zip(row.indices, row.data, strict=True)
        ]
        return sorted(found, key=lambda x: -abs(x[1]))

    def explain(self, sentence: AnalysedSentence, mention: int, role: int) -> RoleExplanation:
        stance = [s.actor for s in self.codebook.stance_roles].index(role)
        return explain_by_words(SentenceView(sentence), self.weigh(sentence, stance))

    def save(self, folder: Path) -> None:
        from skops.io import dump

        dump({**self.head.state(), "idf": self.idf}, folder / FILE)

    @classmethod
    def load(cls, folder: Path, codebook: Codebook) -> LinearChoice:
        """Read what `save` wrote.

        Raises:
            InputError: the file is missing, damaged, or holds anything else.
        """
        from skops.io import load

        found = cls(codebook)
        try:
            state = load(folder / FILE, trusted=[])
            found.idf = state.pop("idf")
            found.head.restore(state)
        except FileNotFoundError:
            raise InputError(f"no {FILE} in this model", where=str(folder)) from None
        except Exception as fault:
            raise InputError(
                f"{FILE} cannot be read: {fault}", where=str(folder), hint="train the model again"
            ) from None
        return found
