"""Which roles are confused: annotated against predicted roles of the mentions of a split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ....training.evaluation.predictions import Predictions, SentenceRow

NONE = "no role"


@dataclass(frozen=True, slots=True)
class Confusion:
    """A table of counts.

    Attributes:
        names: the roles and `NONE`, of rows (annotated) and columns (predicted).
        counts: row by row; None for `NONE` against `NONE`, which is almost all mentions.
    """

    names: tuple[str, ...]
    counts: tuple[tuple[int | None, ...], ...]


def confusion_of(predictions: Predictions) -> Confusion:
    """Count the roles of every candidate that has one in the annotation or the model's output.

    A candidate may have several roles. Those that agree are counted first; then each annotated role that
    was not predicted is set against each predicted one that was not annotated, or against none.
    """
    pairs = Counter(pair for row in predictions.rows for pair in _pairs(row, predictions.roles))
    used = {name for pair in pairs for name in pair}
    names = (*(r for r in predictions.roles if r in used), NONE)
    table = tuple(tuple(None if a == b == NONE else pairs[a, b] for b in names) for a in names)
    return Confusion(names, table)


def _pairs(row: SentenceRow, roles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    predicted = _predicted(row)
    for k, candidate in enumerate(row.candidates):
        gold = {role for role, is_gold in zip(roles, candidate.gold, strict=True) if is_gold}
        own = predicted.get(k, set())
        yield from ((role, role) for role in sorted(gold & own))
        missed, extra = sorted(gold - own), sorted(own - gold)
        for role in missed:
            yield from ((role, other) for other in extra or (NONE,))
        if not missed:
            yield from ((NONE, other) for other in extra)


def _predicted(row: SentenceRow) -> dict[int, set[str]]:
    """The roles in the model's output, by index of the candidate."""
    at = {(c.start, c.end): k for k, c in enumerate(row.candidates)}
    out: dict[int, set[str]] = {}
    for statement in row.predicted:
        if not statement.kept:
            continue
        out.setdefault(statement.candidate, set()).add(f"{statement.stance}:actor")
        for target in statement.targets:
            if target.start is not None and (target.start, target.end) in at:
                out.setdefault(at[target.start, target.end], set()).add(f"{statement.stance}:target")
    return out
