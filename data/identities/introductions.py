"""What an article says about a person when it names them: "Armenian Prime Minister Nikol Pashinyan".

Each kind of evidence is one function from a phrase next to the name to an introduction; the first one that
applies decides. The phrase before the name ("Prime Minister") comes first, then the apposition after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..schema import OTHER
from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Name
from ..text.mentions import Mention
from .home_press import ArticlePress, state_of_office
from .identity import Evidence, Identity, guessed
from .nouns import CIVIL, FORMER, PRIVATE, REBEL, TITLED
from .parties import ArticleParties, joined
from .phrases import original_words, own_names, phrase_after, phrase_before

# Offices that represent an organisation more often than a state.
_MEDIATING = frozenset({"envoy", "mediator", "rapporteur", "coordinator", "secretary-general"})
_SENT = frozenset({"ambassador", "envoy", "representative", "consul", "diplomat", "attaché"})
# A lawmaker's party and seat: "Ruth Adler (R-Ky.)", "Adler, D-Calif.,".
# No press calls its own government a regime: "the Reed regime", "the regime of President Ann Reed".
_REGIME = re.compile(
    r"\b([A-Z][\w-]+)(?:['’]s?)? regime\b|\bregime of (?:President |Mr\.? )?(?:[A-Z][\w-]+ )?([A-Z][\w-]+)"
)
_SEAT = re.compile(r",? \(?[RDI]-[A-Z]")


def name_key(name: str) -> str:
    """What an article calls a person later: the last word of the name, in lower case, without "al-"."""
    last = re.sub(r"['’]s?$", "", name.split()[-1]) if name.split() else name
    return re.sub(r"^(al|el|ar|as|ad|an|at|ash)[-‑]", "", last.lower())


def mention_key(sentence: AnalysedSentence, mention: Mention) -> str:
    """The `name_key` of a mention; empty for the unnamed speaker."""
    span = sentence.span(mention)
    return name_key(sentence.segment.text[span[0] : span[1]]) if span else ""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What one phrase says about a person: their identity, or else the person whom they represent.

    Attributes:
        identity: a party, or `OTHER` for private people and partisans.
        person_key: the `name_key` of the person whose identity they share ("Assad's spokesman").
        offices: lemmas of the offices that the phrase names.
        partisan: they speak for a party or for themselves.
        evidence: `guess` if the state is only likely, otherwise `article`.
    """

    identity: str | None = None
    person_key: str | None = None
    offices: tuple[str, ...] = ()
    partisan: bool = False
    evidence: Evidence = "article"


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words before or after a name, never empty.

    `parties` are the states, organisations and armed groups that it names.
    """

    sentence: AnalysedSentence
    mention: Mention
    tokens: Sequence[int]
    lemmas: Sequence[str]
    parties: Sequence[Name]
    offices: tuple[str, ...]
    words: str

    @classmethod
    def of(cls, sentence: AnalysedSentence, mention: Mention, tokens: Sequence[int]) -> Phrase:
        """Collect the information about these tokens that the kinds of evidence need."""
        lemmas = [sentence.parse.lemmas[i].rstrip(".") for i in tokens]
        names = own_names(sentence, _without_posting(sentence, tokens))
        parties = [x for x in names if x.party.kind != "collective"]
        offices = tuple(x for x in lemmas if x in TITLED and x != "head")
        words = original_words(sentence, tokens)
        return cls(sentence, mention, tokens, lemmas, parties, offices, words)

    @property
    def states(self) -> list[Name]:
        """The states among the parties."""
        return [x for x in self.parties if x.party.kind == "state"]

    @property
    def bodies(self) -> list[Name]:
        """The organisations and armed groups among the parties."""
        return [x for x in self.parties if x.party.kind != "state"]


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
        self._regimes = {
            name_key(name)
            for s in sentences
            for match in _REGIME.finditer(s.segment.text)
            for name in match.groups()
            if name
        }
        self._evidence: tuple[Callable[[Phrase], Introduction | None], ...] = (
            self._partisan,
            _private_person,
            _civil_society,
            _state_of_body,
            self._sent,
            _body,
            self._rebel,
            _state,
            self._owner,
            _principal,
            _unique_office,
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
        if not before and (state := _possessor(sentence, mention)) is not None:
            return Introduction(state)
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

    def _sent(self, phrase: Phrase) -> Introduction | None:
        """ "UN Ambassador Ann Reed": of the press's own state to the UN; an organisation sends envoys."""
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
        n = self._sentences.index(sentence)
        earlier = self._sentences[n - 1].names if n and not before else ()
        return next((x.party.id for x in (*before, *earlier) if x.party.kind != "collective"), None)

    def _title_alone(self, sentence: AnalysedSentence, mention: Mention, phrase: Phrase) -> Introduction | None:
        """ "Defence Minister Tomasz Wrona", of a party that the phrase does not name."""
        title, organisations = set(phrase.offices), self._parties.ranked("organisation")
        if _MEDIATING & title and organisations:
            usual = "UN" if "UN" in organisations else organisations[0]
            return Introduction(usual, evidence="article" if len(organisations) == 1 else "guess")
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
        state = self._state_before(sentence, mention, other_than) or self._parties.main_state(other_than)
        return Introduction(state, offices=phrase.offices, evidence="guess") if state else None

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
        n = self._sentences.index(sentence)
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
    return owner.party.id if owner is not None and owner.party.kind == "state" and owner.form == "name" else None


def _is_unknown_body(sentence: AnalysedSentence, token: int) -> bool:
    """Whether a token of a title names a body that is in no table: "RSPB spokeswoman Ann Reed"."""
    word = sentence.parse.words[token]
    return len(word) > 2 and word.isupper() and word.isalpha() and sentence.name_at(token) is None


def _quoted_names(sentence: AnalysedSentence) -> set[Name]:
    return {x for i, q in enumerate(sentence.quoted) if q and (x := sentence.name_at(i)) is not None}


def _without_posting(sentence: AnalysedSentence, tokens: Sequence[int]) -> list[int]:
    """The tokens without the place that an envoy is sent to: "U.S. ambassador to the United Nations"."""
    lemmas = sentence.parse.lemmas
    sent = next((k for k, i in enumerate(tokens) if lemmas[i] in _SENT), None)
    if sent is None:
        return list(tokens)
    to = next((k for k in range(sent, len(tokens)) if lemmas[tokens[k]] in ("to", "in")), len(tokens))
    return list(tokens[:to])


def _private_person(phrase: Phrase) -> Introduction | None:
    """ "Mark Hale, a researcher at HRW": the staff of an organisation represent it, others do not."""
    if phrase.offices or not any(x in PRIVATE for x in phrase.lemmas):
        return None
    employers = [x.party.id for x in phrase.bodies if x.party.kind == "organisation"]
    if employers and "observer" in phrase.lemmas and phrase.parties[0].party.kind == "state":
        return Introduction(phrase.parties[0].party.id)  # "the Palestinian U.N. observer"
    return Introduction(employers[0] if employers else OTHER)


def _civil_society(phrase: Phrase) -> Introduction | None:
    """ "head of the Syrian Nonviolence Movement": not an official of the state."""
    if any(x in CIVIL for x in phrase.lemmas) and not phrase.bodies:
        return Introduction(OTHER)
    return None


def _state_of_body(phrase: Phrase) -> Introduction | None:
    """ "Secretary of the Security Council of Armenia": the state, although the UN's council has that name."""
    bodies, states = phrase.bodies, phrase.states
    if not bodies or not states or states[-1].start <= bodies[-1].end or "of" not in phrase.lemmas:
        return None
    between = phrase.sentence.segment.text[bodies[-1].end : states[-1].start]
    if between.strip(" the").replace("of", ""):
        return None
    return Introduction(states[-1].party.id, offices=phrase.offices)


def _body(phrase: Phrase) -> Introduction | None:
    """ "UN envoy Staffan de Mistura"; not the state's own "Ukrainian Security Council spokesman"."""
    if not phrase.bodies:
        return None
    body, states = phrase.bodies[0], phrase.states
    if body.party.kind == "organisation" and states and states[0].end <= body.start:
        return None
    if _joint(phrase):
        return Introduction(joined(*(x.party.id for x in phrase.bodies)), offices=phrase.offices)
    return Introduction(body.party.id, offices=phrase.offices)


def _joint(phrase: Phrase) -> bool:
    """ "the envoy of the United Nations and the Arab League", "the UN-Arab League envoy"."""
    if len(phrase.bodies) != 2 or not _MEDIATING & set(phrase.lemmas):
        return False
    between = phrase.sentence.segment.text[phrase.bodies[0].end : phrase.bodies[1].start]
    return re.fullmatch(r"[-\u2010-\u2013/]| and (?:the )?", between) is not None


def _state(phrase: Phrase) -> Introduction | None:
    """ "Armenian Prime Minister Nikol Pashinyan"."""
    return Introduction(phrase.states[0].party.id, offices=phrase.offices) if phrase.states else None


def _principal(phrase: Phrase) -> Introduction | None:
    """ "an adviser to Reed", "the spokesman for Reed": they share the identity of that person."""
    parse = phrase.sentence.parse
    for i, after in pairwise(phrase.tokens):
        if parse.lemmas[i] in ("to", "for") and parse.pos[after] == "PROPN" and phrase.offices:
            last = after
            while last + 1 in phrase.tokens and parse.pos[last + 1] == "PROPN":
                last += 1
            if parse.lemmas[last] not in TITLED:
                return Introduction(person_key=name_key(parse.words[last]), offices=phrase.offices)
    return None


def _unique_office(phrase: Phrase) -> Introduction | None:
    """ "Secretary of State Dana Whitlow": only one state has this office."""
    state = state_of_office(phrase.words)
    return Introduction(state, offices=phrase.offices) if state else None
