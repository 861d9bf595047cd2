"""The network of statements: who takes which stance towards whom, when and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ....data.annotation.summary import ArticleSummary
from ..counts import NO_PARTY, sides


@dataclass
class Edge:
    """One party takes one stance towards another.

    Attributes:
        weight: the number of statements; one by or towards several parties counts as a part for each.
        days: the weight of each day; None is the weight of articles without a date.
        articles: the number of articles with such a statement.
        outlets: who carried them.
    """

    stance: str
    actor: str
    target: str
    weight: float = 0.0
    days: Counter[date | None] = field(default_factory=Counter)
    articles: int = 0
    outlets: set[str] = field(default_factory=set)

    @property
    def first(self) -> date | None:
        """The earliest day; None if no date is known."""
        return min((d for d in self.days if d is not None), default=None)

    @property
    def last(self) -> date | None:
        """The latest day; None if no date is known."""
        return max((d for d in self.days if d is not None), default=None)


class StatementRow(NamedTuple):
    """One statement towards one target, or none, as Discourse Network Analyzer stores it."""

    article: ArticleSummary
    stance: str
    words: str | None
    actor: str | None
    target: str | None


class Network:
    """Edges by stance, actor and target. `OTHER`, `MULTI` and unknown parties are no nodes."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str, str], Edge] = {}

    def add(self, article: ArticleSummary, day: date | None, outlets: Iterable[str]) -> None:
        """Add the statements of an article."""
        touched: dict[tuple[str, str, str], Edge] = {}
        for s in article.statements:
            own = sides(s.actor)
            for target in s.targets:
                others = sides(target)
                part = 1 / len(own) / len(others)
                for side in own:
                    for other in others:
                        if side in NO_PARTY or other in NO_PARTY:
                            continue
                        key = (s.stance, side, other)
                        edge = self._edges.setdefault(key, Edge(*key))
                        edge.weight += part
                        edge.days[day] += part  # type: ignore[assignment]
                        touched[key] = edge
        for edge in touched.values():
            edge.articles += 1
            edge.outlets |= set(outlets)

    @property
    def edges(self) -> list[Edge]:
        """All edges, the heaviest first."""
        return sorted(self._edges.values(), key=lambda e: (-e.weight, e.stance, e.actor, e.target))

    @property
    def parties(self) -> list[str]:
        """The parties, those with the heaviest edges first."""
        weights: Counter[str] = Counter()
        for e in self._edges.values():
            for party in (e.actor, e.target):
                weights[party] += e.weight  # type: ignore[assignment]
        return sorted(weights, key=lambda p: (-weights[p], p))


def statement_rows(article: ArticleSummary) -> Iterator[StatementRow]:
    """One row for each statement and target; a statement without a target has one row."""
    for s in article.statements:
        for target in s.targets or (None,):
            yield StatementRow(article, s.stance, s.words, s.actor, target)
