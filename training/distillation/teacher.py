"""A teacher: a trained model that labels unlabelled sentences for another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats, Scores
from ..decoding.calibration import Sigmoid
from ..decoding.labeller import Labeller
from ..decoding.statement_finder import StatementFinder
from ..examples.soft_labels import MIN_ACTOR, TeacherScores

SETTING = "classifier.teacher"


@dataclass(frozen=True, slots=True)
class Teacher:
    """A trained model of any kind that finds statements.

    Attributes:
        finder: the model.
        name: a name by which it can be loaded again.
        digest: SHA-256 of its files, in hexadecimal.
    """

    finder: StatementFinder
    name: str
    digest: str

    def scores(self, sentences: Sequence[AnalysedSentence]) -> list[TeacherScores]:
        """The probabilities of all sentences of one article, also of those that its gate would leave out."""
        scores = self.finder.classifier.score(sentences)
        return [_probabilities(self.finder, s, x) for s, x in zip(sentences, scores, strict=True)]


def make_teacher(labeller: Labeller, name: str, digest: str, codebook: Codebook) -> Teacher:
    """A teacher for a student with this codebook.

    Raises:
        InputError: the model has other stances or labels, or chooses stances of known pairs.
    """
    where = f"{SETTING}: {name}"
    if not isinstance(labeller, StatementFinder):
        what = "it chooses the stance of a known pair, and a teacher has to find statements"
        raise InputError(what, where=where, hint='name a model that was trained with mentions = "found"')
    if labeller.codebook.digest != codebook.digest:
        raise InputError(
            f"its stances and labels are {_label_set(labeller.codebook)}, those of the student "
            f"{_label_set(codebook)}",
            where=where,
            hint="a teacher needs the student's stances and labels, in the same order",
        )
    return Teacher(labeller, name, digest)


def _label_set(codebook: Codebook) -> str:
    stances = [s.name if s.has_target else f"{s.name} (no target)" for s in codebook.stances]
    return ", ".join([*stances, *codebook.label_names])


def _probabilities(finder: StatementFinder, sentence: AnalysedSentence, scores: Scores) -> TeacherScores:
    decisions, names = finder.decisions, finder.codebook.label_names
    roles = finder.probabilities(scores)
    labels = [
        float(decisions.calibration.get(name, Sigmoid())(scores.labels[k : k + 1])[0])
        for k, name in enumerate(names)
    ]
    pairs = _pairs(finder, sentence, scores, roles)
    return TeacherScores(*(np.asarray(x, dtype=np.float32) for x in (roles, labels, pairs)))


def _pairs(finder: StatementFinder, sentence: AnalysedSentence, scores: Scores, roles: Floats) -> Floats:
    """See `TeacherScores.pairs`."""
    stances = list(enumerate(finder.codebook.stance_roles))
    n = len(sentence.mentions)
    out = np.zeros((n, n, sum(r.pair is not None for _, r in stances)))
    for stance, columns in stances:
        if columns.pair is None:
            continue
        actors = np.flatnonzero(roles[:, columns.actor] >= MIN_ACTOR).tolist()
        for actor in actors:
            others = [m for m in range(n) if m != actor]
            if others:
                found = finder.pair_scores(sentence, scores, stance, actor, others, actors)
                out[actor, others, columns.pair] = found
    return out
