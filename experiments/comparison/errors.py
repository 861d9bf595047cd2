"""The errors of a run by kind and cause, and those that it makes but another run does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ...data.annotation.matching import overlap
from ...data.errors import InputError
from ...training.evaluation.predictions import PartyRow, Predictions, SentenceRow, StatementRow

Kind = Literal["missed", "extra", "wrong target", "wrong identity"]
Cause = Literal["candidate missed", "role", "threshold", "pairing", "identity"]
KINDS: tuple[Kind, ...] = ("missed", "extra", "wrong target", "wrong identity")
CAUSES: tuple[Cause, ...] = ("candidate missed", "role", "threshold", "pairing", "identity")
# A score this close to its threshold would have been on the other side of a slightly different one.
NEAR = 0.1


@dataclass(frozen=True, slots=True)
class Error:
    """A statement that a run gets wrong.

    Attributes:
        doc_id, sentence: where it is; `sentence` is the index in the article, from 0.
        start, end: span of the sentence in the article's text.
        stance: name in the codebook.
        kind: `missed`, `extra` (predicted but not gold), or found with a `wrong target` or `wrong identity`.
        cause: `candidate missed` (no mention matches the actor), `role` (the mention's score is far from the
            threshold), `threshold` (it is within 0.1), `pairing` (of actor and target), or `identity` (wrong,
            or the actor was merged with another one because of it).
        gold, predicted: the statement in either; None if it is only in the other.
        score: the run's score of the actor, in [0, 1]; None without a candidate.
        threshold: the run's threshold for it.
        other_score: the score of the run that it is compared with.
        actor_kind: `name`, `pronoun`, `common noun` or `unnamed`.
        quoted: whether some of the sentence is within a quotation.
    """

    doc_id: str
    sentence: int
    start: int
    end: int
    stance: str
    kind: Kind
    cause: Cause
    gold: StatementRow | None
    predicted: StatementRow | None
    score: float | None
    threshold: float
    actor_kind: str
    quoted: bool
    other_score: float | None = None

    @property
    def where(self) -> tuple[str, int]:
        """Article and index of the sentence."""
        return self.doc_id, self.sentence


@dataclass(frozen=True, slots=True)
class Exchange:
    """Errors of two runs on the same sentences.

    Attributes:
        lost: errors of the first run that the second one does not make.
        won: errors of the second run that the first one does not make.
        both: errors of the first run that both make.
    """

    lost: tuple[Error, ...]
    won: tuple[Error, ...]
    both: tuple[Error, ...]


def errors_of(predictions: Predictions) -> list[Error]:
    """The errors of a run, in the order of the text."""
    return [error for row in predictions.rows for error in _of_sentence(row, predictions)]


def _of_sentence(row: SentenceRow, of: Predictions) -> Iterator[Error]:
    for gold in row.gold:
        found = row.predicted[gold.match] if gold.match is not None else None
        if found is None or not found.kept:
            yield _error(row, of, "missed", _cause_of_missed(gold, row, of), gold, None)
            continue
        if found.shared_targets < max(len(found.targets), len(gold.targets)):
            yield _error(row, of, "wrong target", "pairing", gold, found)
        if found.actor.id != gold.actor.id:
            yield _error(row, of, "wrong identity", "identity", gold, found)
    for found in row.predicted:
        if found.kept and found.match is None:
            near = found.score is not None and found.score - _threshold(of, found.stance) < NEAR
            yield _error(row, of, "extra", "threshold" if near else "role", None, found)


def _cause_of_missed(gold: StatementRow, row: SentenceRow, of: Predictions) -> Cause:
    score = role_score(row, of, gold.stance, gold.candidate)
    if score is None:
        return "candidate missed"
    threshold = _threshold(of, gold.stance)
    # At or above the threshold, and yet not predicted: another mention was taken for the same party.
    if score >= threshold:
        return "identity"
    return "threshold" if threshold - score < NEAR else "role"


def _threshold(of: Predictions, stance: str) -> float:
    return of.thresholds.get(f"{stance}:actor", 0.5)


def role_score(row: SentenceRow, of: Predictions, stance: str, candidate: int) -> float | None:
    """The score of a candidate as actor of a stance; None if there is no such candidate."""
    role = f"{stance}:actor"
    if not 0 <= candidate < len(row.candidates) or role not in of.roles:
        return None
    return row.candidates[candidate].scores[of.roles.index(role)]


def _error(
    row: SentenceRow,
    of: Predictions,
    kind: Kind,
    cause: Cause,
    gold: StatementRow | None,
    found: StatementRow | None,
) -> Error:
    statement = gold or found
    assert statement is not None
    score = found.score if found is not None else role_score(row, of, statement.stance, statement.candidate)
    return Error(
        doc_id=row.doc_id,
        sentence=row.sentence,
        start=row.start,
        end=row.end,
        stance=statement.stance,
        kind=kind,
        cause=cause,
        gold=gold,
        predicted=found,
        score=score,
        threshold=_threshold(of, statement.stance),
        actor_kind=statement.actor.kind,
        quoted=row.quoted,
    )


def exchange(run: Predictions, against: Predictions) -> Exchange:
    """Compare the errors of two runs on the sentences that both have.

    Raises:
        InputError: they have no sentence in common.
    """
    rows = {(r.doc_id, r.sentence): r for r in run.rows}
    others = {(r.doc_id, r.sentence): r for r in against.rows}
    shared = {k for k, r in rows.items() if k in others and others[k].text_sha256 == r.text_sha256}
    if not shared:
        raise InputError("the runs were not measured on the same articles", hint="name runs of one corpus")
    own = _with_other_scores(errors_of(run), shared, others, against)
    theirs = _with_other_scores(errors_of(against), shared, rows, run)
    theirs_at, own_at = _by_place(theirs), _by_place(own)
    lost = tuple(e for e in own if not _has(theirs_at, e))
    both = tuple(e for e in own if _has(theirs_at, e))
    return Exchange(lost, tuple(e for e in theirs if not _has(own_at, e)), both)


def _with_other_scores(
    errors: Sequence[Error],
    shared: set[tuple[str, int]],
    others: dict[tuple[str, int], SentenceRow],
    of: Predictions,
) -> list[Error]:
    out = []
    for error in errors:
        if error.where in shared:
            statement = error.gold or error.predicted
            assert statement is not None
            row = others[error.where]
            candidate = _candidate_like(row, statement.actor)
            out.append(replace(error, other_score=role_score(row, of, error.stance, candidate)))
    return out


def _candidate_like(row: SentenceRow, actor: PartyRow) -> int:
    """The candidate that overlaps most with an actor; -1 without one."""
    if actor.start is None or actor.end is None:
        return next((k for k, c in enumerate(row.candidates) if c.start is None), -1)
    span = actor.start, actor.end
    spans = [(c.start, c.end) if c.start is not None and c.end is not None else None for c in row.candidates]
    shares = [overlap(span, other) for other in spans]
    best = max(range(len(shares)), key=shares.__getitem__, default=-1)
    return best if best >= 0 and shares[best] > 0 else -1


_At = dict[tuple[str, int], list[Error]]


def _by_place(errors: Sequence[Error]) -> _At:
    out: _At = {}
    for error in errors:
        out.setdefault(error.where, []).append(error)
    return out


def _has(errors: _At, error: Error) -> bool:
    """Whether one of the errors is the same: same kind and stance, same or overlapping actor."""
    return any(is_same(e, error) for e in errors.get(error.where, ()))


def is_same(a: Error, b: Error) -> bool:
    """Whether errors of two runs in one sentence are the same, whatever their scores and causes."""
    return a.kind == b.kind and a.stance == b.stance and _same_actor(a, b)


def _same_actor(a: Error, b: Error) -> bool:
    if a.gold is not None and b.gold is not None:
        return a.gold.actor == b.gold.actor
    first, second = (x.predicted.actor if x.predicted else None for x in (a, b))
    if first is None or second is None:
        return False
    if first.start is None or second.start is None or first.end is None or second.end is None:
        return first.start is second.start
    return overlap((first.start, first.end), (second.start, second.end)) > 0


def count_errors(errors: Sequence[Error]) -> Counter[tuple[str, str]]:
    """The number of errors by cause and kind."""
    return Counter((e.cause, e.kind) for e in errors)
