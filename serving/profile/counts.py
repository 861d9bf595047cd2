"""Count what articles carry: the numbers that shares are made of.

Every count of an article is a number under a key, so that a share is the quotient of the sums of two keys:
`("side", "statements", "ISR")` of `("statements",)`. A statement by two named parties at once (`ARM+AZE`)
counts half for each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ...data.annotation.summary import ArticleSummary
from ...data.schema import MULTI, OTHER

Key = tuple[str, ...]
Counts = Counter[Key]
# The side of an actor whose identity is not known.
UNKNOWN = "?"
# Sides that are no party.
NO_PARTY = (OTHER, MULTI, UNKNOWN)

STATEMENTS: Key = ("statements",)
SENTENCES: Key = ("sentences",)
WITHOUT_SENTENCES: Key = ("articles without sentences",)
UNATTRIBUTED: Key = ("unattributed",)
VOICED: Key = ("voiced",)


class Share(NamedTuple):
    """A share: the quotient of the sums of two counts.

    Attributes:
        measure: what it is a share of: `statements`, `blame given`, `loaded`, …
        of: the side, stance or label; "" for a share without.
        part, whole: the keys of the two counts.
    """

    measure: str
    of: str
    part: Key
    whole: Key


def sides(identity: str | None) -> list[str]:
    """The parties of an identity: `ARM+AZE` has two."""
    return identity.split("+") if identity else [UNKNOWN]


def counts(article: ArticleSummary) -> Counts:
    """The counts of one article.

    Returns:
        `statements`; `sentences`, or `articles without sentences` if their number is not known; `label NAME`,
        labelled sentences, if it is; `stance NAME`; `by NAME SIDE`, statements
        of a stance by a side, and `by statements SIDE` of all stances; `to NAME SIDE`, targets; `pairs NAME`,
        pairs of actor and target, and `pair NAME SIDE SIDE`; `voiced`, statements of which it is known how
        they are carried, `unattributed`, those that the outlet carries in its own words, and both by side
        and by stance.
    """
    out: Counts = Counter()
    if article.sentences is None:  # of a table, which also lacks most labelled sentences
        out[WITHOUT_SENTENCES] = 1
    else:
        out[SENTENCES] = article.sentences
        for name, n in article.labels.items():
            out["label", name] = n
    for s in article.statements:
        own = sides(s.actor)
        out[STATEMENTS] += 1
        out["stance", s.stance] += 1
        for side in own:
            part = 1 / len(own)
            out["by", "statements", side] += part  # type: ignore[assignment]
            out["by", s.stance, side] += part  # type: ignore[assignment]
        _count_targets(out, s.stance, own, s.targets)
        if s.voice is not None:
            _count_voice(out, s.stance, own, s.voice == "unattributed")
    return out


def _count_targets(out: Counts, stance: str, own: list[str], targets: Iterable[str | None]) -> None:
    for target in targets:
        out["pairs", stance] += 1
        others = sides(target)
        for other in others:
            out["to", stance, other] += 1 / len(others)  # type: ignore[assignment]
            for side in own:
                out["pair", stance, side, other] += 1 / len(own) / len(others)  # type: ignore[assignment]


def _count_voice(out: Counts, stance: str, own: list[str], unattributed: bool) -> None:
    for key in (VOICED, UNATTRIBUTED)[: 1 + unattributed]:
        out[key] += 1
        out[*key, "stance", stance] += 1
        for side in own:
            out[*key, "side", side] += 1 / len(own)  # type: ignore[assignment]


def ranked(total: Counts, *prefix: str) -> list[tuple[str, float]]:
    """The last part of the keys that begin with a prefix and their counts, largest first."""
    n = len(prefix)
    found = [(k[n], float(v)) for k, v in total.items() if len(k) == n + 1 and k[:n] == prefix and v > 0]
    return sorted(found, key=lambda x: (-x[1], x[0]))


def shares_of(total: Counts, most: int) -> Iterator[Share]:
    """The shares of a profile, in the order in which it shows them.

    Args:
        total: the counts of all articles.
        most: sides per measure; the largest ones.
    """
    for side, _ in ranked(total, "by", "statements")[:most]:
        yield Share("statements", side, ("by", "statements", side), STATEMENTS)
    for stance, _ in ranked(total, "stance"):
        yield Share("stance", stance, ("stance", stance), STATEMENTS)
    for stance, _ in ranked(total, "stance"):
        for side, _ in ranked(total, "by", stance)[:most]:
            yield Share(f"{stance} by", side, ("by", stance, side), ("stance", stance))
        for side, _ in ranked(total, "to", stance)[:most]:
            yield Share(f"{stance} of", side, ("to", stance, side), ("pairs", stance))
    for label, _ in ranked(total, "label"):
        yield Share("label", label, ("label", label), SENTENCES)
    if total[VOICED]:
        yield Share("unattributed", "", UNATTRIBUTED, VOICED)
        for stance, _ in ranked(total, "voiced", "stance"):
            key = ("stance", stance)
            yield Share("unattributed", stance, (*UNATTRIBUTED, *key), (*VOICED, *key))
        for side, _ in ranked(total, "voiced", "side")[:most]:
            yield Share("unattributed by", side, (*UNATTRIBUTED, "side", side), (*VOICED, "side", side))


def added(totals: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    out: Counts = Counter()
    for total in totals:
        out.update(total)
    return out


def as_number(value: float) -> Any:
    """A count for output: an integer where it is one."""
    return int(value) if float(value).is_integer() else round(value, 2)
