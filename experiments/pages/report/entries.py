"""One entry of the error browser, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What a side, or the annotation, says about a sentence: a statement in words.

    Attributes:
        by: `annotation`, or the letter of the side.
        words: the statement: `Kenya (KEN) → Somalia (SOM)`; `nothing` if there is none.
        score: of a prediction, in [0, 1]; None for the annotation.
        kept: whether a prediction reached its threshold.
    """

    by: str
    words: str
    score: float | None = None
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """An error of at least one side.

    Attributes:
        made_by: letters of the sides that made it: `A`, `B`, `A, B`.
        kind: `missed` or `false alarm`, or what else is wrong.
        cause: such as `threshold` or `candidate missed`.
        stance: name in the codebook.
        conflict: of the article; empty if not stated.
        where: article and sentence, for people.
        before, sentence, after: text; empty if it was left out or not found.
        readings: the annotation first.
    """

    made_by: str
    kind: str
    cause: str
    stance: str
    conflict: str
    where: str
    before: str
    sentence: str
    after: str
    readings: tuple[Reading, ...]
