"""Which party each person of an article represents.

Introductions decide: "Armenian Prime Minister Nikol Pashinyan" makes every later "Pashinyan" ARM. So do
"the Obama administration" and "Iran and Iraq … X and Y". Nobody else represents a party: the state that a
person is most often named with may just as well be the enemy's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..schema import OTHER
from ..text.analysis import AnalysedSentence
from ..text.mentions import OFFICES, Mention
from .home_press import ArticlePress
from .identity import Identity, from_article, guessed
from .introductions import Introduction, IntroductionReader, mention_key, name_key

_GOVERNING = re.compile(r"\b([A-Z]\w+)(?:['’]s?)? (?:administration|White House|presidency|Cabinet)\b")


class OfficeHolder(NamedTuple):
    """A person of this identity is introduced with this office in sentence number `sentence`."""

    sentence: int
    office: str
    identity: Identity


class Persons:
    """The persons of one article.

    Attributes:
        identities: by `name_key`, the party that each person represents, or none.
        offices: the offices that the article gives to persons, in its order.
    """

    def __init__(
        self, sentences: Sequence[AnalysedSentence], reader: IntroductionReader, press: ArticlePress
    ) -> None:
        self._sentences = sentences
        self._votes: dict[str, Counter[str]] = {}
        # The votes that come from the article itself, not from a guess.
        self._told: set[tuple[str, str]] = set()
        # Pairs of a person and the one whom they represent.
        self._represented: list[tuple[str, str]] = []
        self.offices: list[OfficeHolder] = []
        for n, sentence in enumerate(sentences):
            for mention in sentence.mentions:
                self._read(n, mention, reader)
        if press.titles is not None:
            for key in _heads_of_government(sentences):
                self._vote(key, press.titles.state, 2)
                self._told.add((key, press.titles.state))
        for key, state in _listed_in_order(sentences):
            self._vote(key, state, 2)
            self._told.add((key, state))
        self.identities = {key: self._elected(key, votes) for key, votes in self._votes.items()}
        for key, principal in self._represented:
            if key not in self.identities and principal in self.identities:
                self.identities[key] = self.identities[principal]

    def _elected(self, key: str, votes: Counter[str]) -> Identity:
        identity = votes.most_common(1)[0][0]
        return from_article(identity) if (key, identity) in self._told else guessed(identity)

    def _vote(self, key: str, identity: str, weight: int) -> None:
        self._votes.setdefault(key, Counter())[identity] += weight

    def _read(self, n: int, mention: Mention, reader: IntroductionReader) -> None:
        """Take the evidence of one mention, if it names a person."""
        sentence = self._sentences[n]
        if mention.kind != "name" or sentence.name_at(mention.head) is not None:
            return
        key = mention_key(sentence, mention)
        if not key or key in OFFICES:
            return
        introduction = reader.read(sentence, mention)
        if introduction is None:
            return
        if introduction.identity is None:
            if introduction.person_key is not None:
                self._represented.append((key, introduction.person_key))
            return
        told = Identity(introduction.identity, introduction.evidence)
        self.offices += [OfficeHolder(n, office, told) for office in introduction.offices]
        if introduction.evidence != "guess":
            self._told.add((key, introduction.identity))
        self._vote(key, introduction.identity, _weight(introduction, mention))


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
