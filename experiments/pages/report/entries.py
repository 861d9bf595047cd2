"""The entries of the error browser: what is wrong, who got it wrong, and what each side says instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ....training.evaluation.predictions import PartyRow, SentenceRow, StatementRow
from ...comparison.error_report import in_context
from ...comparison.errors import Error, errors_of, exchange, is_same
from ...comparison.texts import OverRepresented, corpora_of, over_represented, texts_of
from .contents import Contents, ReportSide

ANNOTATION, NOTHING = "annotation", "nothing"
# Characters of context before and after a sentence.
CONTEXT = 160
_Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a side, or the annotation, says about a sentence: a statement in words.

    Attributes:
        by: `annotation`, or the letter of the side.
        words: the statement: `Kenya (KEN) → Somalia (SOM)`, or `nothing`.
        score: of the actor, in [0, 1]; None for the annotation, and where the actor was not scored.
    """

    by: str
    words: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An error of at least one side.

    Attributes:
        made_by: letters of the sides that made it: `A`, `B`, `A, B`.
        kind, cause, stance: see `experiments.comparison.errors.Error`.
        conflict: of the article; empty if not stated.
        where: article and sentence, for people.
        before, sentence, after: text; empty if it was left out or not found.
        readings: the annotation first, then each side.
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


@dataclass(frozen=True, slots=True)
class Errors:
    """What the error browser shows.

    Attributes:
        entries: in the order of the text.
        words: over-represented in sentences with errors, under a heading each: of the only side, or of those
            that one side gets wrong and another right.
    """

    entries: tuple[Entry, ...]
    words: tuple[tuple[str, tuple[OverRepresented, ...]], ...]


def errors_of_report(contents: Contents, *, text: bool = True, corpora: Sequence[str] = ()) -> Errors:
    """The errors of all sides.

    Args:
        text: whether to join texts.
        corpora: where the texts are. Default: the corpora that the runs name.
    """
    first = contents.sides[0]
    names = corpora or [c for side in contents.sides for c in corpora_of(side.run)]
    texts = texts_of(first.predictions, list(dict.fromkeys(names))) if text else {}
    shared = set(first.counts.doc_ids)
    found, words = _collected(contents, texts)
    rows = [{(r.doc_id, r.sentence): r for r in s.predictions.rows} for s in contents.sides]
    builder = _Builder(contents.sides, rows, texts)
    order = {place: n for n, place in enumerate(rows[0])}
    entries = [builder.entry(error, made_by) for error, made_by in found if error.doc_id in shared]
    places = [error.where for error, _ in found if error.doc_id in shared]
    ranked = sorted(range(len(entries)), key=lambda k: order.get(places[k], len(order)))
    return Errors(tuple(entries[k] for k in ranked), tuple(words))


_Words = list[tuple[str, tuple[OverRepresented, ...]]]


def _collected(contents: Contents, texts: Mapping[str, str]) -> tuple[list[tuple[Error, list[str]]], _Words]:
    """The errors, each with the letters of the sides that made it; and over-represented words."""
    first, *others = contents.sides
    of = first.predictions
    if not others:
        own = errors_of(of)
        words = over_represented(of, {e.where for e in own}, texts)
        return [(e, [first.letter]) for e in own], [("Sentences with errors", tuple(words))]
    made_by: dict[Error, list[str]] = {}
    # Errors that the first side does not make, by sentence.
    only: dict[_Place, list[tuple[Error, list[str]]]] = {}
    headings: _Words = []
    for side in others:
        both = exchange(of, side.predictions)
        for error in (*both.lost, *both.both):
            made_by.setdefault(_comparable(error), [first.letter])
        for error in both.both:
            made_by[_comparable(error)].append(side.letter)
        for error in both.won:
            there = only.setdefault(error.where, [])
            letters = next((x for e, x in there if side.letter not in x and is_same(e, error)), None)
            if letters is None:
                there.append((error, [side.letter]))
            else:
                letters.append(side.letter)
        for errors, right, wrong in ((both.won, first, side), (both.lost, side, first)):
            title = f"Sentences that {right.letter} gets right and {wrong.letter} wrong"
            headings.append((title, tuple(over_represented(of, {e.where for e in errors}, texts))))
    return [*made_by.items(), *(pair for there in only.values() for pair in there)], headings


def _comparable(error: Error) -> Error:
    """The error without what depends on the run that it is compared with."""
    return replace(error, other_score=None)


class _Builder:
    """Makes entries.

    Args:
        rows: the sentences of each side, by article and index.
        texts: by doc_id.
    """

    def __init__(
        self,
        sides: Sequence[ReportSide],
        rows: Sequence[Mapping[_Place, SentenceRow]],
        texts: Mapping[str, str],
    ) -> None:
        self.sides, self.rows, self.texts = sides, rows, texts

    def entry(self, error: Error, made_by: Sequence[str]) -> Entry:
        text = self.texts.get(error.doc_id)
        before, sentence, after = ("", "", "") if text is None else in_context(text, error, CONTEXT)
        row = self.rows[0][error.where]
        return Entry(
            made_by=", ".join(made_by),
            kind=error.kind,
            cause=error.cause,
            stance=error.stance,
            conflict=row.conflict or "",
            where=f"{error.doc_id}, sentence {error.sentence}",
            before=before,
            sentence=sentence,
            after=after,
            readings=tuple(self._readings(error)),
        )

    def _readings(self, error: Error) -> list[Reading]:
        text = self.texts.get(error.doc_id)
        gold = [s for s in self.rows[0][error.where].gold if s.stance == error.stance]
        out = [Reading(ANNOTATION, _in_words(s, text)) for s in gold] or [Reading(ANNOTATION, NOTHING)]
        for side, rows in zip(self.sides, self.rows, strict=True):
            row = rows.get(error.where)
            found = [p for p in row.predicted if p.kept and p.stance == error.stance] if row else []
            out += [Reading(side.letter, _in_words(p, text), p.score) for p in found]
            if not found:
                out.append(Reading(side.letter, NOTHING, _score(row, side, error)))
        return out


def _score(row: SentenceRow | None, side: ReportSide, error: Error) -> float | None:
    """The highest score of what a side left out: of the gold actor, if there is one."""
    role = f"{error.stance}:actor"
    if row is None or error.gold is None or role not in side.predictions.roles:
        return None
    actor, k = error.gold.actor, side.predictions.roles.index(role)
    scores = [c.scores[k] for c in row.candidates if (c.start, c.end) == (actor.start, actor.end)]
    return max(scores, default=None)


def _in_words(statement: StatementRow, text: str | None) -> str:
    named = [t for t in statement.targets if t.start is not None or t.id is not None]
    actor = _party(statement.actor, text)
    return f"{actor} → {', '.join(_party(t, text) for t in named)}" if named else actor


def _party(party: PartyRow, text: str | None) -> str:
    """The words that name a party and its identity; without a text, the kind of words."""
    if party.start is None or party.end is None:
        words = "unnamed speaker"
    else:
        words = text[party.start : party.end] if text is not None else f"[{party.kind}]"
    return f"{words} ({party.id})" if party.id else words
