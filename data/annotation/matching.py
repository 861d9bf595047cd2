"""Whether two annotations mean the same statement: one rule for measuring models and for comparing annotators.

Two parties are the same where their spans share a fifth of their union, or where both identities are equal and name a
party, or where both have no span. Statements of one stance in one sentence are matched one to one by their actors.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..schema import MULTI, OTHER

SAME = 0.2

Party = tuple[tuple[int, int] | None, str | None]
Actor = tuple[Party, list[Party]]


def overlap(a: tuple[int, int] | None, b: tuple[int, int] | None) -> float:
    """Shared characters over those of the union; 0 where one is missing."""
    if a is None or b is None:
        return 0.0
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / (max(a[1], b[1]) - min(a[0], b[0])) if shared > 0 else 0.0


def same_party(a: Party, b: Party) -> bool:
    if a[0] and b[0] and overlap(a[0], b[0]) >= SAME:
        return True
    if a[1] == b[1] and a[1] not in (None, OTHER, MULTI):
        return True
    return a[0] is None and b[0] is None


def by_actor(statements: Sequence[tuple[Party, Party]]) -> list[Actor]:
    """Pairs of actor and target as actors, each with its targets."""
    out: list[Actor] = []
    for actor, target in statements:
        entry = next((e for e in out if e[0] == actor), None)
        if entry is None:
            out.append((actor, [target]))
        elif target not in entry[1]:
            entry[1].append(target)
    return out


def match(
    one: Sequence[Actor], other: Sequence[Actor]
) -> tuple[list[tuple[Actor, Actor]], list[Actor], list[Actor]]:
    """One-to-one pairs (of one, of other), by span first; and what is left of each."""
    left = list(other)
    pairs: list[tuple[Actor, Actor]] = []
    for by_span in (True, False):
        for p in one:
            if any(p is q for q, _ in pairs):
                continue
            for g in left:
                if same_party(p[0], g[0]) and (not by_span or (p[0][0] and g[0][0])):
                    pairs.append((p, g))
                    left = [x for x in left if x is not g]
                    break
    taken = {id(p) for p, _ in pairs}
    return pairs, [p for p in one if id(p) not in taken], left


def shared_targets(one: Actor, other: Actor) -> int:
    """How many targets of two matched actors are the same, one to one."""
    left, found = list(other[1]), 0
    for target in one[1]:
        hit = next((x for x in left if same_party(target, x)), None)
        if hit is not None:
            left.remove(hit)
            found += 1
    return found
