"""Collect the counts of articles one after another, and make the profile of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ...data.annotation.summary import ArticleSummary
from ..articles.source import ReadOptions
from .appearances import Period, appearances, day_of, period_of, periods_between, suitable_period
from .correction import Corrector
from .counts import Counts, Share, added, counts, shares_of
from .network.network import Network
from .profile import NOT_KNOWN, By, CarriedArticle, Group, Profile, ShareRow

# Articles that are listed as carried most.
MOST_CARRIED = 10
# Sides per measure: overall, and of an outlet or a period.
MOST_SIDES, MOST_GROUP_SIDES = 30, 10
# Periods of a timeline that may be empty.
MOST_PERIODS = 400


@dataclass
class _Tally:
    """The number of articles in a set and their counts."""

    articles: int = 0
    counts: Counts = field(default_factory=Counter)

    def add(self, of_article: Counts) -> None:
        self.articles += 1
        self.counts.update(of_article)


@dataclass
class _Carried:
    """An article and the outlets that carried it."""

    id: str
    title: str | None
    outlets: dict[str, None]


class Profiler:
    """Collects articles: keeps counts, and of each article id, title, outlets and the checksum of its text.

    Args:
        options: which dates and outlets are counted.

    Attributes:
        left_out: the number of articles that the options leave out.
    """

    def __init__(self, options: ReadOptions | None = None) -> None:
        self.left_out = 0
        self._options = options or ReadOptions()
        self._all = _Tally()
        self._outlets: dict[str, _Tally] = {}
        self._days: dict[date | None, _Tally] = {}
        self._carried: dict[str, _Carried] = {}
        self._copies = 0
        self._models: dict[str, None] = {}
        self._network = Network()

    def add(self, article: ArticleSummary) -> bool:
        """Count one article; one with the text of an earlier article counts as a copy of it.

        Returns:
            Whether it was counted as an article.
        """
        found = appearances(article, self._options)
        if not found:
            self.left_out += 1
            return False
        names = dict.fromkeys(a.outlet or NOT_KNOWN for a in found)
        key = article.text_sha256 or f"{article.id} {self._all.articles}"
        known = self._carried.get(key)
        of_article = counts(article)
        for name in names:
            if known is None or name not in known.outlets:
                self._outlets.setdefault(name, _Tally()).add(of_article)
        self._copies += len(found) - (known is None)
        if known is not None:
            known.outlets |= names
            return False
        self._carried[key] = _Carried(article.id, article.title, names)
        self._all.add(of_article)
        day = min((d for a in found if (d := day_of(a.date))), default=None)
        self._days.setdefault(day, _Tally()).add(of_article)
        if article.model:
            self._models[article.model] = None
        self._network.add(article, day, names)
        return True

    @property
    def articles(self) -> int:
        """The number of articles so far, copies not counted."""
        return self._all.articles

    @property
    def models(self) -> tuple[str, ...]:
        """The models that scored them."""
        return tuple(self._models)

    def profile(
        self, by: By | None = None, period: Period | None = None, corrector: Corrector | None = None
    ) -> Profile:
        """The profile of the articles so far.

        Args:
            by: what to group by.
            period: of the timeline. Default: one that suits the dates.
            corrector: corrects the shares; None leaves them as the model counts them.
        """
        days = sorted(d for d in self._days if d is not None)
        period = period or (suitable_period(days[0], days[-1]) if days else "day")
        periods = self._by_period(period)
        groups: list[Group] = []
        if by == "outlet":
            ranked = sorted(self._outlets.items(), key=lambda x: (-x[1].articles, x[0]))
            groups = [_group(name, tally, corrector, name) for name, tally in ranked]
        elif by == "date":
            groups = [_group(name, tally, corrector) for name, tally in periods.items()]
        known = [name for name in self._outlets if name != NOT_KNOWN]
        return Profile(
            overall=_group(
                "", self._all, corrector, next(iter(self._outlets)) if len(self._outlets) == 1 else None
            ),
            by=by,
            groups=tuple(groups),
            period=period,
            timeline=_timeline(periods, days, period),
            copies=self._copies,
            carried=self._most_carried(),
            first=days[0] if days else None,
            last=days[-1] if days else None,
            outlets=len(known),
            models=tuple(self._models),
            annotated=corrector.annotated.about if corrector else None,
            network=self._network,
        )

    def _by_period(self, period: Period) -> dict[str, _Tally]:
        """The tallies of all periods in order; those without a date last."""
        out: dict[str, _Tally] = {}
        for day in sorted(self._days, key=lambda d: (d is None, d or date.min)):
            tally = out.setdefault(period_of(day, period) if day else NOT_KNOWN, _Tally())
            tally.articles += self._days[day].articles
            tally.counts = added((tally.counts, self._days[day].counts))
        return out

    def _most_carried(self) -> tuple[CarriedArticle, ...]:
        several = [c for c in self._carried.values() if len(c.outlets) > 1]
        several.sort(key=lambda c: (-len(c.outlets), c.id))
        return tuple(CarriedArticle(c.id, c.title, tuple(c.outlets)) for c in several[:MOST_CARRIED])


def _timeline(periods: dict[str, _Tally], days: list[date], period: Period) -> dict[str, Counts]:
    """The counts of each period; also of those without articles, unless there are too many."""
    shown = periods_between(days[0], days[-1], period) if days else []
    if len(shown) > MOST_PERIODS:
        shown = [name for name in periods if name != NOT_KNOWN]
    return {name: periods[name].counts if name in periods else Counter() for name in shown}


def _group(name: str, tally: _Tally, corrector: Corrector | None, outlet: str | None = None) -> Group:
    shares: list[Share] = list(shares_of(tally.counts, MOST_GROUP_SIDES if name else MOST_SIDES))
    corrected = corrector.corrected(tally.counts, tally.articles, shares, outlet) if corrector else {}
    rows = (ShareRow(s, tally.counts[s.part], tally.counts[s.whole], corrected.get(s)) for s in shares)
    return Group(name, tally.articles, tally.counts, tuple(rows))


def profile_of(articles: Iterable[ArticleSummary], by: By | None = None) -> Profile:
    """The profile of articles, not corrected."""
    profiler = Profiler()
    for article in articles:
        profiler.add(article)
    return profiler.profile(by)
