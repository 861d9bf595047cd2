"""What the words beside a person's name say about them, one function per kind of evidence.

Each one takes such a phrase and returns an introduction, or None if the phrase has no evidence of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..schema import OTHER
from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Name
from ..text.mentions import Mention
from .home_press import state_of_office
from .identity import Evidence
from .nouns import CIVIL, PRIVATE, TITLED
from .parties import joined
from .phrases import name_key, observed_for, original_words, own_names

# Offices that represent an organisation more often than a state.
MEDIATING = frozenset({"envoy", "mediator", "rapporteur", "coordinator", "secretary-general"})
# Offices of those whom a party sends elsewhere.
_SENT = frozenset({"ambassador", "envoy", "representative", "consul", "diplomat", "attaché"})


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


def _without_posting(sentence: AnalysedSentence, tokens: Sequence[int]) -> list[int]:
    """The tokens without the place that an envoy is sent to: "U.S. ambassador to the United Nations"."""
    lemmas = sentence.parse.lemmas
    sent = next((k for k, i in enumerate(tokens) if lemmas[i] in _SENT), None)
    if sent is None:
        return list(tokens)
    to = next((k for k in range(sent, len(tokens)) if lemmas[tokens[k]] in ("to", "in")), len(tokens))
    return list(tokens[:to])


def private_person(phrase: Phrase) -> Introduction | None:
    """ "Mark Hale, a researcher at HRW": the staff of an organisation represent it, others do not."""
    if phrase.offices or not any(x in PRIVATE for x in phrase.lemmas):
        return None
    employers = [x.party.id for x in phrase.bodies if x.party.kind == "organisation"]
    if "observer" in phrase.lemmas and (sender := observed_for(phrase.parties)) is not None:
        return Introduction(sender.party.id)
    return Introduction(employers[0] if employers else OTHER)


def civil_society(phrase: Phrase) -> Introduction | None:
    """ "head of the Syrian Nonviolence Movement" is not an official of the state."""
    if any(x in CIVIL for x in phrase.lemmas) and not phrase.bodies:
        return Introduction(OTHER)
    return None


def state_of_body(phrase: Phrase) -> Introduction | None:
    """ "Secretary of the Security Council of Armenia": the state, although the UN's council has that name."""
    bodies, states = phrase.bodies, phrase.states
    if not bodies or not states or states[-1].start <= bodies[-1].end or "of" not in phrase.lemmas:
        return None
    between = phrase.sentence.segment.text[bodies[-1].end : states[-1].start]
    if not re.fullmatch(r" ?(?:of )?(?:the )?", between):
        return None
    return Introduction(states[-1].party.id, offices=phrase.offices)


def body(phrase: Phrase) -> Introduction | None:
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
    if len(phrase.bodies) != 2 or not MEDIATING & set(phrase.lemmas):
        return False
    between = phrase.sentence.segment.text[phrase.bodies[0].end : phrase.bodies[1].start]
    return re.fullmatch(r"[-\u2010-\u2013/]| and (?:the )?", between) is not None


def state(phrase: Phrase) -> Introduction | None:
    """ "Armenian Prime Minister Nikol Pashinyan"."""
    return Introduction(phrase.states[0].party.id, offices=phrase.offices) if phrase.states else None


def principal(phrase: Phrase) -> Introduction | None:
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


def unique_office(phrase: Phrase) -> Introduction | None:
    """ "Secretary of State Dana Whitlow": only one state has this office."""
    state = state_of_office(phrase.words)
    return Introduction(state, offices=phrase.offices) if state else None
