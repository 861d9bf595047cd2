"""Counts per article from the predictions of a run: all that comparisons and tests of significance need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...training.evaluation.predictions import Predictions, SentenceRow, StatementRow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STATEMENTS, WITH_TARGET, IDENTITY = "statements", "with_target", "identity"
NO_CONFLICT = "not stated"
# Bins of equal width for the calibration error; candidates with a lower probability are left out, see
# `training.decoding.calibration`.
BINS, ABOVE = 10, 0.05


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of a run by article.

    Attributes:
        doc_ids: the articles.
        conflicts: their conflicts; `NO_CONFLICT` where none is stated.
        texts: SHA-256 of their texts.
        measures: matched, predicted and gold items (articles x 3) of `statements`, each stance, `with_target`
            (statements with their targets), `identity` (matched statements whose actor has the right
            identity, and twice all matched ones, so that F1 is the accuracy) and each label. Without stances
            in the codebook, only labels.
        slices: the same of statements, by criterion and slice: `slices["actor"]["pronoun"]`.
        calibration: number of candidates, sum of their probabilities and number of positives
            (articles x bins x 3), over actor roles, or over labels if there are no stances.
    """

    doc_ids: tuple[str, ...]
    conflicts: tuple[str, ...]
    texts: tuple[str, ...]
    measures: dict[str, Ints]
    slices: dict[str, dict[str, Ints]]
    calibration: Floats

    @property
    def headline(self) -> str:
        """The measure that decides: all statements, or the first label if the codebook has no stances."""
        return STATEMENTS if STATEMENTS in self.measures else next(iter(self.measures))

    def __len__(self) -> int:
        return len(self.doc_ids)

    def of_articles(self, doc_ids: Sequence[str]) -> Counts:
        """The counts of the articles with these ids, in this order."""
        index_of = {d: i for i, d in enumerate(self.doc_ids)}
        return self.take([index_of[d] for d in doc_ids])

    def take(self, indices: Sequence[int] | Ints) -> Counts:
        """The counts of some articles, in this order."""
        chosen = np.asarray(indices, dtype=np.int64)
        return Counts(
            tuple(self.doc_ids[i] for i in chosen),
            tuple(self.conflicts[i] for i in chosen),
            tuple(self.texts[i] for i in chosen),
            {k: v[chosen] for k, v in self.measures.items()},
            {k: {name: v[chosen] for name, v in by.items()} for k, by in self.slices.items()},
            self.calibration[chosen],
        )


def f1_of(counts: Ints | Floats) -> Any:
    """F1 in [0, 1] from counts of matched, predicted and gold items in the last axis; 0 where all are 0."""
    matched, items = counts[..., 0], counts[..., 1] + counts[..., 2]
    return 2 * matched / np.maximum(items, 1e-12)


def calibration_error(bins: Floats) -> Any:
    """The expected calibration error, in [0, 1], from `Counts.calibration` summed over articles.

    See Guo et al. 2017, "On calibration of modern neural networks", ICML.
    """
    size = bins[..., 0].sum(axis=-1)
    return np.abs(bins[..., 1] - bins[..., 2]).sum(axis=-1) / np.maximum(size, 1e-12)


def counts_of(predictions: Predictions) -> Counts:
    """Count the predictions of a run by article."""
    index_of: dict[str, int] = {}
    first: list[SentenceRow] = []
    for row in predictions.rows:
        if row.doc_id not in index_of:
            index_of[row.doc_id] = len(first)
            first.append(row)
    counter = _Counter(len(first), predictions)
    for row in predictions.rows:
        counter.add(index_of[row.doc_id], row)
    return Counts(
        tuple(index_of),
        tuple(row.conflict or NO_CONFLICT for row in first),
        tuple(row.text_sha256 for row in first),
        counter.measures,
        {criterion: dict(sorted(by.items())) for criterion, by in counter.slices.items()},
        counter.calibration,
    )


# The slice of a statement, by criterion. A matched prediction belongs to the slice of its gold statement.
CRITERIA: dict[str, Callable[[StatementRow, SentenceRow], str]] = {
    "conflict": lambda _, row: row.conflict or NO_CONFLICT,
    "register": lambda _, row: row.genre or NO_CONFLICT,
    "actor": lambda statement, _: statement.actor.kind,
    "quotation": lambda _, row: "quoted" if row.quoted else "not quoted",
    "length": lambda _, row: _length(row.words),
}


def _length(words: int) -> str:
    return "up to 20 words" if words <= 20 else "21 to 35 words" if words <= 35 else "over 35 words"


class _Counter:
    """Adds up sentences."""

    def __init__(self, articles: int, predictions: Predictions) -> None:
        self.articles = articles
        stances = (STATEMENTS, *predictions.stances, WITH_TARGET, IDENTITY) if predictions.stances else ()
        self.measures = {k: self._zeros() for k in (*stances, *predictions.labels)}
        self.slices: dict[str, dict[str, Ints]] = {k: {} for k in CRITERIA} if predictions.stances else {}
        self.calibration = np.zeros((articles, BINS, 3))
        self.actor_roles = [k for k, role in enumerate(predictions.roles) if role.endswith(":actor")]

    def _zeros(self) -> Ints:
        return np.zeros((self.articles, 3), dtype=np.int64)

    def add(self, article: int, row: SentenceRow) -> None:
        for label in row.labels:
            self.measures[label.name][article] += (
                label.gold and label.predicted,
                label.predicted,
                label.gold,
            )
        self._calibrate(article, row)
        for statement, count in counted(row):
            self.measures[STATEMENTS][article] += count
            self.measures[statement.stance][article] += count
            for criterion, slice_of in CRITERIA.items():
                by = self.slices[criterion]
                name = slice_of(statement, row)
                if name not in by:
                    by[name] = self._zeros()
                by[name][article] += count
        if row.gold or row.predicted:
            self._targets(article, row)

    def _targets(self, article: int, row: SentenceRow) -> None:
        kept = [p for p in row.predicted if p.kept]
        targets = self.measures[WITH_TARGET][article]
        targets += (
            sum(p.shared_targets for p in kept),
            sum(len(p.targets) for p in kept),
            sum(len(g.targets) for g in row.gold),
        )
        for p in kept:
            if p.match is not None:
                right = p.actor.id == row.gold[p.match].actor.id
                self.measures[IDENTITY][article] += (right, 1, 1)

    def _calibrate(self, article: int, row: SentenceRow) -> None:
        if self.actor_roles:
            pairs = [(c.scores[k], c.gold[k]) for c in row.candidates for k in self.actor_roles]
        else:
            pairs = [(x.score, int(x.gold)) for x in row.labels if x.score is not None]
        for score, gold in pairs:
            if score > ABOVE:
                self.calibration[article, min(BINS - 1, int(score * BINS))] += (1, score, gold)


def counted(row: SentenceRow) -> Iterator[tuple[StatementRow, tuple[int, int, int]]]:
    """The statements of a sentence, each with what it adds to matched, predicted and gold.

    A gold statement comes with its match; predictions without one follow.
    """
    for g in row.gold:
        found = g.match is not None and row.predicted[g.match].kept
        yield g, (int(found), int(found), 1)
    for p in row.predicted:
        if p.kept and p.match is None:
            yield p, (0, 1, 0)
