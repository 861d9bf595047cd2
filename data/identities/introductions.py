"""What an article says about a person when it names them: "Armenian Prime Minister Nikol Pashinyan".

Each kind of evidence is one function from a phrase next to the name to an introduction (see `evidence`); the
first one that applies decides. The phrase before the name ("Prime Minister") comes first, then the apposition
after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..schema import OTHER
from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Name
from ..text.mentions import Mention
from .evidence import (
    MEDIATING,
    Introduction,
    Phrase,
    body,
    civil_society,
    principal,
    private_person,
    state,
    state_of_body,
    unique_office,
)
from .home_press import ArticlePress
from .identity import Identity, guessed
from .nouns import FORMER, REBEL
from .parties import ArticleParties
from .phrases import mention_key, name_key, phrase_after, phrase_before

# A lawmaker's party and seat: "Ruth Adler (R-Ky.)", "Adler, D-Calif.,".
_SEAT = re.compile(r",? \(?[RDI]-[A-Z]")
# No press calls its own government a regime: "the Reed regime", "the regime of President Ann Reed".
_REGIME = re.compile(
    r"\b(?!(?:The|This|That|His|Its|Their) )([A-Z][\w-]+)(?:['’]s?)? regime\b|"
    r"\bregime of (?:President |Mr\.? )?(?:[A-Z][\w-]+ )?((?:[a-z]{2,3}-)?[A-Z][\w-]+)"
)


class IntroductionReader:
    """Reads the introductions of one article.

    Args:
        sentences: all sentences of the article.
        parties: the parties that it names.
        press: the press that it comes from.
    """

    def __init__(
        self, sentences: Sequence[AnalysedSentence], parties: ArticleParties, press: ArticlePress
    ) -> None:
        self._sentences, self._parties, self._press = sentences, parties, press
        # With known pairs, a sentence is there once per pair; the first one counts.
        self._numbers: dict[int, int] = {}
        for n, sentence in enumerate(sentences):
            self._numbers.setdefault(sentence.segment.start, n)
        self._regimes = {
            name_key(name)
            for s in sentences
            for match in _REGIME.finditer(s.segment.text)
            for name in match.groups()
            if name
        }
        self._evidence: tuple[Callable[[Phrase], Introduction | None], ...] = (
            self._partisan,
            private_person,
            civil_society,
            state_of_body,
            self._ambassador,
            body,
            self._rebel,
            state,
            self._owner,
            principal,
            unique_office,
        )

    def read(self, sentence: AnalysedSentence, mention: Mention) -> Introduction | None:
        """What the words before and after a person's name say about them; None if they say nothing."""
        if _SEAT.match(sentence.segment.text, sentence.token_span(mention.last)[1]):
            return Introduction(OTHER, partisan=True)
        before = phrase_before(sentence, mention)
        for tokens in (before, phrase_after(sentence, mention)):
            if not tokens:
                continue
            phrase = Phrase.of(sentence, mention, tokens)
            for evidence in self._evidence:
                if (introduction := evidence(phrase)) is not None:
                    return introduction
        if not before and (owner := _possessor(sentence, mention)) is not None:
            return Introduction(owner)
        title = Phrase.of(sentence, mention, before) if before else None
        if title is None or not title.offices:
            return None
        return self._title_alone(sentence, mention, title)

    def ruler(self, key: str) -> Identity | None:
        """A guess at the state of a person with a regime, whom the article introduces nowhere."""
        if key not in self._regimes:
            return None
        home = self._press.titles
        return guessed(self._parties.main_state(home.state if home else None))

    def _partisan(self, phrase: Phrase) -> Introduction | None:
        """ "Sen. Ruth Adler", "former Defense Secretary Dana Whitlow": they speak for themselves."""
        parse, first = phrase.sentence.parse, phrase.tokens[0]
        # "retired Col. Don Christensen": the parse takes the participle for a verb.
        former = FORMER & set(phrase.lemmas) or (first and parse.words[first - 1].lower() in FORMER)
        if former or self._press.is_partisan(phrase.words):
            return Introduction(OTHER, partisan=True)
        return None

    def _ambassador(self, phrase: Phrase) -> Introduction | None:
        """ "UN Ambassador Ann Reed": an ambassador of the home state to the UN, which itself sends envoys."""
        home = self._press.titles
        if home and "ambassador" in phrase.lemmas and phrase.bodies and not phrase.states:
            return Introduction(home.state, offices=phrase.offices)
        return None

    def _rebel(self, phrase: Phrase) -> Introduction | None:
        """ "rebel commander Ali Dirir": the armed group of the state that the phrase names."""
        if any(x in REBEL for x in phrase.lemmas):
            group = self._parties.rebels([x.party.id for x in phrase.states])
            return Introduction(group.id, offices=phrase.offices, evidence=group.evidence or "article")
        return None

    def _owner(self, phrase: Phrase) -> Introduction | None:
        """ "Assad's spokesman", "its ambassador": the person they represent, or the party named before."""
        sentence, mention, parse = phrase.sentence, phrase.mention, phrase.sentence.parse
        outside = (i for i in phrase.tokens if not mention.first <= i <= mention.last)
        owner = next((i for i in outside if parse.deps[i] == "poss"), None)
        if owner is None or not phrase.offices:
            return None
        if parse.pos[owner] == "PROPN":
            return Introduction(person_key=name_key(parse.words[owner]), offices=phrase.offices)
        party = self._party_before(sentence, owner)
        return Introduction(party, offices=phrase.offices) if party else None

    def _party_before(self, sentence: AnalysedSentence, token: int) -> str | None:
        """The first party named before a token outside quotations, in its sentence or in the one before."""
        start = sentence.token_span(token)[0]
        quoted = _quoted_names(sentence)
        before = [x for x in sentence.names if x.end <= start and x not in quoted]
        n = self._numbers[sentence.segment.start]
        earlier = self._sentences[n - 1].names if n and not before else ()
        return next((x.party.id for x in (*before, *earlier) if x.party.kind != "collective"), None)

    def _title_alone(
        self, sentence: AnalysedSentence, mention: Mention, phrase: Phrase
    ) -> Introduction | None:
        """ "Defence Minister Tomasz Wrona", of a party that the phrase does not name."""
        title = set(phrase.offices)
        if MEDIATING & title and (usual := self._parties.main_organisation()) is not None:
            return Introduction(usual.id, evidence=usual.evidence or "guess")
        if any(_is_unknown_body(sentence, i) for i in phrase.tokens):
            return None
        home, likely = self._press.titles, self._press.likely
        abroad = mention_key(sentence, mention) in self._regimes
        if home and not abroad and not home.absent & title:
            return Introduction(home.state, offices=phrase.offices)
        if likely and not abroad and likely.leaders & title:
            return Introduction(likely.state, offices=phrase.offices, evidence="guess")
        foreign = home or (likely if likely and (abroad or likely.absent & title) else None)
        other_than = foreign.state if foreign else None
        near = self._state_before(sentence, mention, other_than) or self._parties.main_state(other_than)
        return Introduction(near, offices=phrase.offices, evidence="guess") if near else None

    def _state_before(
        self, sentence: AnalysedSentence, mention: Mention, other_than: str | None
    ) -> str | None:
        """The state named last before the mention, at most two sentences back.

        "Warsaw said it would wait. Defence Minister Tomasz Wrona …"
        """
        span = sentence.span(mention)
        quoted = _quoted_names(sentence)
        near = [
            x.party.id
            for x in sentence.names
            if x.party.kind == "state"
            and x.party.id != other_than
            and span
            and x.end <= span[0]
            and x not in quoted
        ]
        if near:
            return near[-1]
        n = self._numbers[sentence.segment.start]
        for earlier in reversed(self._sentences[max(0, n - 2) : n]):
            states = [
                x.party.id for x in earlier.names if x.party.kind == "state" and x.party.id != other_than
            ]
            if states:
                return states[0]
        return None


def _possessor(sentence: AnalysedSentence, mention: Mention) -> str | None:
    """The state in "Kenya's Ruto"."""
    first = mention.first
    if first < 2 or sentence.parse.tags[first - 1] != "POS":
        return None
    owner = sentence.name_at(first - 2)
    return (
        owner.party.id if owner is not None and owner.party.kind == "state" and owner.form == "name" else None
    )


def _is_unknown_body(sentence: AnalysedSentence, token: int) -> bool:
    """Whether a token of a title names a body that is in no table: "RSPB spokeswoman Ann Reed"."""
    word = sentence.parse.words[token]
    return len(word) > 2 and word.isupper() and word.isalpha() and sentence.name_at(token) is None


def _quoted_names(sentence: AnalysedSentence) -> set[Name]:
    return {x for i, q in enumerate(sentence.quoted) if q and (x := sentence.name_at(i)) is not None}
