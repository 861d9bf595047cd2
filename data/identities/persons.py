"""Which party each person of an article represents.

Introductions decide: "Armenian Prime Minister Nikol Pashinyan" makes every later "Pashinyan" ARM. So do
"the Obama administration" and "Iran and Iraq … X and Y". Nobody else represents a party: the state that a
person is most often named with may just as well be the enemy's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..schema import OTHER
from ..text.analysis import AnalysedSentence, UnparsedSentence
from ..text.mentions import OFFICES, Mention
from .evidence import Introduction
from .home_press import ArticlePress
from .identity import Identity, from_article, guessed
from .introductions import IntroductionReader
from .phrases import mention_key, name_key

_GOVERNING = re.compile(r"\b([A-Z]\w+)(?:['’]s?)? (?:administration|White House|presidency|Cabinet)\b")


class OfficeHolder(NamedTuple):
    """A person of this identity is introduced with this office in sentence number `sentence`."""

    sentence: int
    office: str
    identity: Identity


class Persons(Mapping[str, Identity]):
    """The party that each person of one article represents, by `name_key`; no item for those of none.

    A person's sentences are read when the person is looked up, because reading one may parse it.
    """

    def __init__(
        self, sentences: Sequence[AnalysedSentence], reader: IntroductionReader, press: ArticlePress
    ) -> None:
        self._sentences, self._reader, self._press = sentences, reader, press
        self._found: dict[str, Identity | None] = {}
        self._offices: dict[int, list[OfficeHolder]] = {}
        self._lower = [s.segment.text.lower() for s in sentences]

    def __getitem__(self, key: str) -> Identity:
        if key not in self._found:
            self._found[key] = None  # the answer if a person represents themselves through another
            self._found[key] = self._identify(key)
        identity = self._found[key]
        if identity is None:
            raise KeyError(key)
        return identity

    def __iter__(self) -> Iterator[str]:
        keys = (mention_key(s, m) for s in self._sentences for m in s.mentions if m.kind == "name")
        return (key for key in dict.fromkeys(keys) if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def offices(self, n: int) -> list[OfficeHolder]:
        """The offices that sentence number `n` gives to persons, in its order."""
        if n not in self._offices:
            self._offices[n] = [
                OfficeHolder(n, office, Identity(introduction.identity, introduction.evidence))
                for _, _, introduction in self._introductions(n)
                if introduction.identity is not None
                for office in introduction.offices
            ]
        return self._offices[n]

    def _introductions(self, n: int, only: str = "") -> Iterator[tuple[str, Mention, Introduction]]:
        """The persons whom sentence number `n` introduces; only the one with a key, if it is not empty."""
        sentence = self._sentences[n]
        for mention in sentence.mentions:
            if mention.kind != "name" or sentence.name_at(mention.head) is not None:
                continue
            key = mention_key(sentence, mention)
            if not key or key in OFFICES or (only and key != only):
                continue
            introduction = self._reader.read(sentence, mention)
            if introduction is not None:
                yield key, mention, introduction

    def _identify(self, key: str) -> Identity | None:
        """The identity with most votes; without votes, that of whom the person represents."""
        numbers = [n for n, text in enumerate(self._lower) if key and key in text]
        votes: Counter[str] = Counter()
        told: set[str] = set()  # by the article itself, not a guess
        principals = []
        UnparsedSentence.parse_together(self._sentences[n] for n in numbers)
        for n in numbers:
            for _, mention, introduction in self._introductions(n, key):
                if introduction.identity is None:
                    principals += [introduction.person_key] if introduction.person_key else []
                    continue
                votes[introduction.identity] += _weight(introduction, mention)
                if introduction.evidence != "guess":
                    told.add(introduction.identity)
        own = [self._sentences[n] for n in numbers]
        titles = self._press.likely
        states = [titles.state for k in _heads_of_government(own) if k == key] if titles is not None else []
        states += [state for k, state in _listed_in_order(own) if k == key]
        for state in states:
            votes[state] += 2
            told.add(state)
        if votes:
            identity = votes.most_common(1)[0][0]
            return from_article(identity) if identity in told else guessed(identity)
        if (known := next((self[p] for p in principals if p in self), None)) is not None:
            return known
        return self._reader.ruler(key)


def _weight(introduction: Introduction, mention: Mention) -> int:
    """A full name outweighs a last name; private people weigh least: they may be an official's namesakes."""
    if introduction.identity == OTHER and not introduction.partisan:
        return 1
    return 4 if mention.last > mention.first else 2


def _heads_of_government(sentences: Sequence[AnalysedSentence]) -> Iterator[str]:
    """Keys of persons after whom the article names a government: "the Obama administration"."""
    for sentence in sentences:
        for match in _GOVERNING.finditer(sentence.segment.text):
            yield name_key(match[1])


def _listed_in_order(sentences: Sequence[AnalysedSentence]) -> Iterator[tuple[str, str]]:
    """Persons and their states if two of each are listed in the same order: "Iran and Iraq … X and Y"."""
    for sentence in sentences:
        if sum(x.party.kind == "state" for x in sentence.names) < 2:
            continue
        states: list[tuple[int, list[str]]] = []
        persons: list[tuple[int, list[str]]] = []
        for first, second in _coordinated_names(sentence):
            names = [x for m in (first, second) if (x := sentence.name_at(m.head)) is not None]
            pos = {sentence.parse.pos[m.head] for m in (first, second)}
            if len(names) == 2 and all(x.party.kind == "state" for x in names):
                states.append((first.head, [x.party.id for x in names]))
            elif not names and pos == {"PROPN"}:
                persons.append((first.head, [mention_key(sentence, m) for m in (first, second)]))
        if len(states) == 1 and len(persons) == 1 and states[0][0] < persons[0][0]:
            yield from zip(persons[0][1], states[0][1], strict=True)


def _coordinated_names(sentence: AnalysedSentence) -> Iterator[tuple[Mention, Mention]]:
    """Pairs of names joined by "and" or a comma."""
    parse = sentence.parse
    names = {m.head: m for m in sentence.mentions if m.kind == "name"}
    for first in sentence.mentions:
        if first.kind == "name":
            for child in parse.children[first.head]:
                if parse.deps[child] == "conj" and child in names:
                    yield first, names[child]
