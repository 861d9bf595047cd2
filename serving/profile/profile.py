"""The profile of scored articles: whose statements they carry, overall and by outlet or date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from .appearances import Period
from .correction import Estimate
from .counts import Counts, Share
from .network.network import Network

By = Literal["outlet", "date", "actor"]
# In place of the name of an outlet, or of a date.
NOT_KNOWN = "(not known)"


class ShareRow(NamedTuple):
    """A share in a profile.

    Attributes:
        number, total: what the share is the quotient of.
        corrected: the corrected share; None if shares are not corrected.
    """

    share: Share
    number: float
    total: float
    corrected: Estimate | None

    @property
    def raw(self) -> float:
        """The share as the model counts it, in [0, 1]."""
        return self.number / self.total if self.total else 0.0


@dataclass(frozen=True)
class Group:
    """The articles of one outlet or period, or all.

    Attributes:
        name: of the outlet or period; "" for all.
    """

    name: str
    articles: int
    counts: Counts
    shares: tuple[ShareRow, ...]


class CarriedArticle(NamedTuple):
    """An article that several outlets carried."""

    id: str
    title: str | None
    outlets: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """The profile of scored articles.

    Attributes:
        overall: all articles, each counted once.
        by: what the groups are; None if there are none.
        groups: by size, or in order of time. An article is in the group of every outlet that carried it.
        period: of `timeline`, and of the groups by date.
        timeline: the counts of each period, in order.
        copies: the number of copies that were not counted again.
        carried: the articles that most outlets carried.
        first, last: the days of the earliest and the latest article; None if no date is known.
        outlets: the number of outlets.
        models: the models that scored the articles.
        annotated: what the shares were corrected with; None if they were not.
        network: who takes which stance towards whom.
    """

    overall: Group
    by: By | None
    groups: tuple[Group, ...]
    period: Period
    timeline: dict[str, Counts]
    copies: int
    carried: tuple[CarriedArticle, ...]
    first: date | None
    last: date | None
    outlets: int
    models: tuple[str, ...]
    annotated: str | None
    network: Network
