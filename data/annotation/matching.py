"""Match statements of two annotations: the same rule for models and for annotators.

Two parties are the same if their spans overlap by at least 0.2 (intersection over union), if they have the
same identity and it names a party, or if neither has a span. Within a sentence, statements of one stance are
matched one to one by their actors.
"""

# nervaluate and similar libraries are not used: they match labelled spans, not relations between them.

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..schema import MULTI, OTHER

# Spans with at least this intersection over union are the same party.
MIN_OVERLAP = 0.2


class Party(NamedTuple):
    """An actor or target.

    Attributes:
        span: (start, end) in characters; None if the party is not named in the sentence.
        identity: `KEN`, `ARM+AZE`, `OTHER` …; None if unknown.
    """

    span: tuple[int, int] | None
    identity: str | None


class Actor(NamedTuple):
    """An actor and all its targets."""

    party: Party
    targets: list[Party]


class Matches(NamedTuple):
    """Pairs of matched actors, and the unmatched actors of each annotation."""

    pairs: list[tuple[Actor, Actor]]
    only_first: list[Actor]
    only_second: list[Actor]


def overlap(a: tuple[int, int] | None, b: tuple[int, int] | None) -> float:
    """Intersection over union of two spans, in [0, 1]; 0 if either is None."""
    if a is None or b is None:
        return 0.0
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / (max(a[1], b[1]) - min(a[0], b[0])) if shared > 0 else 0.0


def same_party(a: Party, b: Party) -> bool:
    """Whether two parties are the same, as the module docstring defines it. Symmetric in its arguments."""
    if a.span and b.span and overlap(a.span, b.span) >= MIN_OVERLAP:
        return True
    if a.identity == b.identity and a.identity not in (None, OTHER, MULTI):
        return True
    return a.span is None and b.span is None


def by_actor(statements: Iterable[tuple[Party, Party]]) -> list[Actor]:
    """Group (actor, target) pairs by actor; duplicate pairs count once."""
    out: list[Actor] = []
    for party, target in statements:
        actor = next((a for a in out if a.party == party), None)
        if actor is None:
            out.append(Actor(party, [target]))
        elif target not in actor.targets:
            actor.targets.append(target)
    return out


def match(first: Sequence[Actor], second: Sequence[Actor]) -> Matches:
    """Match actors one to one: first pairs of actors with spans, then all others."""
    remaining = list(second)
    pairs: list[tuple[Actor, Actor]] = []
    # Compared with `is`, because two equal actors are still two actors.
    for by_span in (True, False):
        for a in first:
            if any(a is x for x, _ in pairs):
                continue
            for b in remaining:
                if same_party(a.party, b.party) and (not by_span or (a.party.span and b.party.span)):
                    pairs.append((a, b))
                    remaining = [x for x in remaining if x is not b]
                    break
    matched = {id(a) for a, _ in pairs}
    return Matches(pairs, [a for a in first if id(a) not in matched], remaining)


def shared_targets(first: Actor, second: Actor) -> int:
    """The number of targets that two matched actors share, matched one to one."""
    remaining, shared = list(second.targets), 0
    for target in first.targets:
        same = next((x for x in remaining if same_party(target, x)), None)
        if same is not None:
            remaining.remove(same)
            shared += 1
    return shared
