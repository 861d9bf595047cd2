"""What a model predicted for annotated articles, sentence by sentence: ids, offsets and scores, no text.

Everything that reviews a run is computed from these rows: F1 by slice, calibration, precision-recall curves
and errors by cause. Offsets are Unicode code points of `Article.text`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartyRow:
    """An actor or target.

    Attributes:
        start, end: span in the article's text; None if the sentence does not name the party.
        id: its identity; None if unknown.
        kind: `name`, `pronoun`, `common noun` or `unnamed`.
    """

    start: int | None
    end: int | None
    id: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One actor takes one stance in a sentence, towards any number of targets.

    Attributes:
        stance: name in the codebook.
        actor: who takes the stance.
        targets: a target without span and identity stands for none.
        candidate: index of the actor among the sentence's candidates; -1 if no candidate matches it.
        match: index of the matching statement in the other list (`gold` or `predicted`); None without one.
        shared_targets: the number of targets that the two have in common.
        score: calibrated probability of the actor, in [0, 1]; None in `gold`.
        kept: whether it is part of the model's output. False for a prediction below the threshold, which is
            kept for curves and to tell why a statement was missed; True in `gold`.
    """

    stance: str
    actor: PartyRow
    targets: tuple[PartyRow, ...]
    candidate: int
    match: int | None = None
    shared_targets: int = 0
    score: float | None = None
    kept: bool = True


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A mention that the model scored.

    Attributes:
        start, end: span in the article's text; None for the unnamed speaker.
        kind: as in `PartyRow`.
        scores: calibrated probability of each role of the codebook.
        gold: 1 for the roles that the annotation gives it, otherwise 0.
    """

    start: int | None
    end: int | None
    kind: str
    scores: tuple[float, ...]
    gold: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label of a sentence, such as `loaded`.

    Attributes:
        score: calibrated probability, in [0, 1]; None if the sentence was not scored.
    """

    name: str
    gold: bool
    predicted: bool
    score: float | None


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """An annotated sentence with everything that was predicted for it.

    Attributes:
        doc_id, conflict, outlet, genre: of its article.
        text_sha256: SHA-256 of the article's text, to recognise the text when it is joined again.
        sentence: index in the article, from 0.
        start, end: span in the article's text.
        words: number of words.
        quoted: whether some of it is within a quotation.
        labels: one per label of the codebook.
        candidates: in order of their heads, the unnamed speaker last.
        gold, predicted: statements, see `StatementRow`.
    """

    doc_id: str
    conflict: str | None
    outlet: str | None
    genre: str | None
    text_sha256: str
    sentence: int
    start: int
    end: int
    words: int
    quoted: bool
    labels: tuple[LabelRow, ...]
    candidates: tuple[CandidateRow, ...]
    gold: tuple[StatementRow, ...]
    predicted: tuple[StatementRow, ...]


@dataclass(frozen=True, slots=True)
class Predictions:
    """The rows of one split with what is needed to read them.

    Attributes:
        split: `validation`, `test`, or another name for the articles: `evaluation`.
        roles: names of the roles, in the order of `CandidateRow.scores`.
        stances, labels: names in the codebook.
        thresholds: in [0, 1], by actor role (`blame:actor`), target role (`blame:target`) and label; `target`
            for targets of stances without a threshold of their own.
        rows: in the order of the articles and their sentences.
    """

    split: str
    roles: tuple[str, ...]
    stances: tuple[str, ...]
    labels: tuple[str, ...]
    thresholds: dict[str, float]
    rows: tuple[SentenceRow, ...]
