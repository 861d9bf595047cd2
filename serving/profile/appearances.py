"""Where and when an article appeared: in its own outlet, and in those that carried copies of it."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from ...data.annotation.summary import ArticleSummary
from ..articles.selecting.selection import left_out
from ..articles.source import ReadOptions

Period = Literal["day", "week", "month", "year"]
PERIODS: tuple[Period, ...] = ("day", "week", "month", "year")
# An automatic period is the shortest with at most this many of them.
MOST_PERIODS = 40
_DAYS = {"day": 1, "week": 7, "month": 30.4, "year": 365.2}


class Appearance(NamedTuple):
    """An outlet and a date; None where the source did not say."""

    outlet: str | None
    date: str | None


def appearances(article: ArticleSummary, options: ReadOptions) -> list[Appearance]:
    """Where the article appeared, of which the options ask for; its own outlet first."""
    own = Appearance(article.outlet, article.date)
    copies = (Appearance(c.outlet, c.date) for c in article.also_in)
    return [a for a in (own, *copies) if left_out(a, options) is None]


def day_of(text: str | None) -> date | None:
    """The day of an ISO 8601 date or time; None if it has none."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def period_of(day: date, period: Period) -> str:
    """The name of the period that a day is in: `2024-05-31`, `2024-W22`, `2024-05`, `2024`."""
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[period]]


def periods_between(first: date, last: date, period: Period) -> list[str]:
    """The names of all periods from the first to the last day, in order."""
    days = range(first.toordinal(), last.toordinal() + 1)
    return list(dict.fromkeys(period_of(date.fromordinal(d), period) for d in days))


def suitable_period(first: date, last: date) -> Period:
    """The shortest period of which there are not too many from the first to the last day."""
    days = (last - first).days + 1
    return next((p for p in PERIODS if days / _DAYS[p] <= MOST_PERIODS), "year")
