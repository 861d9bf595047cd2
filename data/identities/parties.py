"""The parties that an article names, how often, and which of them are its main ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set

from ..schema import MULTI, OTHER
from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Gazetteer, Party, PartyKind, gazetteer
from .identity import UNKNOWN, Identity, from_article, guessed


def joined(*identities: str | None) -> str | None:
    """Several parties as one identity, in alphabetical order; None if none of them is a known party."""
    parts = sorted({p for i in identities if i and i not in (OTHER, MULTI) for p in i.split("+")})
    return "+".join(parts) or None


class ArticleParties:
    """The parties whose names occur in an article.

    Args:
        sentences: all sentences of the article.
        known: the known names. Default: those of the shipped tables.

    Attributes:
        branches: the id of the only group that the article means by a name of several, such as "Kurdish
            forces" where the only Kurdish group it names is the YPG, by the id of that name.
    """

    def __init__(self, sentences: Sequence[AnalysedSentence], known: Gazetteer | None = None) -> None:
        self._known = gazetteer() if known is None else known
        self._counts: Counter[str] = Counter()
        self._kinds: dict[str, PartyKind] = {}
        self._homes: dict[str, tuple[str, ...]] = {}
        groups: defaultdict[Party, set[str]] = defaultdict(set)
        for sentence in sentences:
            for name in sentence.names:
                self._counts[name.party.id] += 1
                self._kinds[name.party.id] = name.party.kind
                self._homes[name.party.id] = name.party.home
                if name.party.kind == "group":
                    groups[name.party].add(sentence.segment.text[name.start : name.end])
        self.branches = _branches(groups)

    def ranked(self, kind: PartyKind) -> list[str]:
        """The ids of the parties of one kind, most frequent first."""
        return [i for i, _ in self._counts.most_common() if self._kinds[i] == kind]

    def main_organisation(self) -> Identity | None:
        """The only organisation, or a guess: the UN if the article names it, else the most frequent one."""
        organisations = self.ranked("organisation")
        if len(organisations) == 1:
            return from_article(organisations[0])
        if not organisations:
            return None
        return guessed("UN" if "UN" in organisations else organisations[0])

    def main_state(self, other_than: str | None = None) -> str | None:
        """The state that "the army" belongs to: the one with a civil war, else the most frequent one."""
        states, groups = self.ranked("state"), self.ranked("group")
        states = [s for s in states if s != other_than]
        if groups and self._counts[groups[0]] >= 2:
            for home in self._homes[groups[0]]:
                if home in states[:3]:
                    return home
        return states[0] if states else None

    def main_group(self) -> str | None:
        """The armed group that is named most often."""
        groups = self.ranked("group")
        return groups[0] if groups else None

    def both_sides(self, states_only: bool = False) -> str:
        """The two parties meant by "both sides": a state and the group it fights, or the two main states.

        Returns:
            Two ids joined by "+"; `MULTI` if the article does not name two parties.
        """
        states, groups = self.ranked("state"), self.ranked("group")
        if groups and not states_only:
            home = self.main_state()
            rivals = [self._counts[s] for s in states if s != home]
            if home and self._counts[groups[0]] >= 0.5 * max(rivals, default=0):
                return joined(home, groups[0]) or MULTI
        return (joined(*states[:2]) if len(states) > 1 else None) or MULTI

    def rebels(self, states: Sequence[str], noun: str | None = None) -> Identity:
        """The armed group meant by unnamed rebels: the only one, or a guess at the main one.

        Args:
            states: if there are any, the group fights in one of them.
            noun: "rebels" or "opposition", which the tables may know with the name of the state.
        """
        groups = [g for g in self.ranked("group") if not states or set(states) & set(self._homes[g])]
        if noun and (named := self._named_after(states or [self.main_state()], noun)):
            return guessed(named)
        if not groups:
            return UNKNOWN
        return from_article(groups[0]) if len(groups) == 1 else guessed(groups[0])

    def _named_after(self, states: Sequence[str | None], noun: str) -> str | None:
        """The group that the tables call the "Syrian rebels", if one of these states is Syria."""
        for state in states:
            party = self._known.parties.get(state or "")
            for name in (f"{demonym} {noun}" for demonym in (party.demonyms if party else ())):
                found = self._known.find(name)
                if found and found[0].end == len(name):
                    return found[0].party.id
        return None

    def home_of(self, group: str) -> str | None:
        """The state in which an armed group fights, if the article names it."""
        return next((state for state in self._homes.get(group, ()) if state in self._counts), None)


def _branches(groups: Mapping[Party, Set[str]]) -> dict[str, str]:
    """By the id of each group, the only other one with its demonym in a name: "Syrian Kurdish".

    A group that the article also calls by another name, such as "the Communist Party of India (Maoist)", is
    left out.

    Args:
        groups: the groups that an article names, with the names that it uses for each.
    """
    found = {}
    for group, names in groups.items():
        others = [
            (other.id, shared)
            for other in groups
            if other.id != group.id and (shared := _demonyms_within(group, other))
        ]
        if len(others) == 1 and all(name.startswith(others[0][1]) for name in names):
            found[group.id] = others[0][0]
    return found


def _demonyms_within(group: Party, other: Party) -> tuple[str, ...]:
    """The demonyms of a group that are words of another one's names or demonyms."""
    words = {word for name in (*other.names, *other.demonyms) for word in name.split()}
    return tuple(demonym for demonym in group.demonyms if demonym in words)
