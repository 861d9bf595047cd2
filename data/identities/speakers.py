"""Who speaks in the turns of a transcript, in a post, and in the numbered clauses of a resolution."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Name
from .home_press import ArticlePress, state_of_office
from .identity import UNKNOWN, Identity, at_most, from_article, from_name, guessed
from .nouns import TITLED
from .parties import ArticleParties
from .phrases import name_key

# Those who ask questions do not represent a party.
_ASKING = re.compile(
    r"(?:Q|QUESTION|REPORTER|JOURNALIST|MODERATOR|HOST|OPERATOR|INTERVIEWER|CORRESPONDENT)S?\b", re.IGNORECASE
)
_ROLE = re.compile(r" ?\([^()]*\)$")
# How many sentences back to look for the body that is the subject of a clause.
_PREAMBLE = 40


class Speakers:
    """The speakers of one article's turns, posts and clauses.

    Args:
        sentences: all sentences of the article.
        parties: the parties that it names.
        persons: by `name_key`, the party that each person represents.
        press: the press that it comes from.
    """

    def __init__(
        self,
        sentences: Sequence[AnalysedSentence],
        parties: ArticleParties,
        persons: Mapping[str, Identity],
        press: ArticlePress,
    ) -> None:
        self._sentences, self._parties = sentences, parties
        self._persons, self._press = persons, press
        # What a turn reveals about its speaker holds for later turns of the same name.
        self._known: dict[str, Identity] = {}
        self._by_key: dict[str, Identity] = {}
        # The numbers of the sentences outside turns and posts.
        self._outside = [n for n, s in enumerate(sentences) if s.segment.speaker is None]
        for n, sentence in enumerate(sentences):
            label = sentence.segment.speaker
            if label is not None and label not in self._known:
                self._known[label] = identity = self._read(n, label, sentence.speaker)
                self._by_key.setdefault(_key(label), identity)

    def of_turn(self, n: int) -> Identity | None:
        """Who speaks in sentence number `n`; None if it is not in a turn, post or clause."""
        segment = self._sentences[n].segment
        if segment.speaker is not None:
            return self._known[segment.speaker]
        return self._body_above(n) if segment.block == "clause" else None

    def _read(self, n: int, label: str, party: Name | None) -> Identity:
        if party is not None:
            return from_name(party)
        if _ASKING.match(label):
            return UNKNOWN
        key = _key(label)
        if key in self._persons:
            return at_most(self._persons[key], "article")
        return self._by_key.get(key) or self._host(n) or self._likely(label)

    def _host(self, n: int) -> Identity | None:
        """The only party in the title of a transcript, or else the state of the office in it."""
        earlier = (self._sentences[k] for k in takewhile(lambda k: k < n, self._outside))
        first = next((s for s in earlier if s.parse.words), None)
        if first is None:
            return None
        parties = list(dict.fromkeys(x.party.id for x in first.names if x.party.kind != "collective"))
        host = parties[0] if len(parties) == 1 else state_of_office(first.segment.text)
        return from_article(host) if host else None

    def _likely(self, label: str) -> Identity:
        """An office without a name ("THE PRESIDENT"): that of the article's press, or of its main state."""
        words = re.findall(r"[a-z]+", label.lower())
        if not any(w in TITLED for w in words):
            return UNKNOWN
        if self._press.titles is not None:
            return guessed(self._press.titles.state)
        return guessed(self._parties.main_state())

    def _body_above(self, n: int) -> Identity:
        """The body whose resolution has this clause: "The Security Council, 1. Demands …"."""
        for k in range(n - 1, max(-1, n - _PREAMBLE), -1):
            sentence = self._sentences[k]
            text = sentence.segment.plain.text
            if (
                sentence.segment.block == "clause"
                or text.endswith((".", "!", "?", "”"))
                or not sentence.names
            ):
                continue
            if sentence.names[0].start <= len("The "):
                return at_most(from_name(sentence.names[0]), "article")
        return UNKNOWN


def _key(label: str) -> str:
    """The `name_key` of a speaker's label, without a role in brackets: "MR. OKAFOR (Nigeria)"."""
    return name_key(_ROLE.sub("", label))
