"""What a noun phrase itself says about its party: "Turkish officials", "the ministry in Moscow"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..schema import MULTI
from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Name
from ..text.mentions import Mention
from .identity import UNKNOWN, Identity, from_article, from_name, from_table
from .nouns import COLLECTIVE, COLLECTIVE_SINGULAR, GOVERNMENT, MUTUAL, PRIVATE, SEATED, TEXTS, TITLED
from .parties import joined
from .phrases import observed_for, own_names

# Plurals that mean several parties only if the phrase calls them those of the world or of a part of it.
_MEMBERS = frozenset({"leader", "member", "participant", "signatory"})
_WORLDWIDE = frozenset(
    "world foreign international regional global european western arab african other".split()
)
# Plurals that mean several parties if the phrase says whose: "its allies".
_AROUND = frozenset({"ally", "neighbour", "neighbor"})
# Plurals that mean several parties if an organisation comes before: "EU members".
_OF_BODY = frozenset({"member", "nation", "capital", "country", "state", "government"})
# Heads of phrases for a number of people: "a majority of Iranians".
_PORTIONS = frozenset(
    "percent % majority minority third quarter half fifth poll dozen hundred thousand million most "
    "number".split()
)


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A mention with a common noun as its head, in sentence number `n`.

    Attributes:
        lemma: of the head.
        lemmas: of all tokens.
        parties: the known names within the phrase, in order, without duplicates.
    """

    n: int
    sentence: AnalysedSentence
    mention: Mention
    lemma: str
    lemmas: Sequence[str]
    parties: Sequence[Name]

    @classmethod
    def of(cls, n: int, sentence: AnalysedSentence, mention: Mention) -> NounPhrase:
        """Collect the information about a mention that the rules need."""
        inside = range(mention.first, mention.last + 1)
        lemmas = [sentence.parse.lemmas[i] for i in inside]
        lemma = sentence.parse.lemmas[mention.head]
        return cls(n, sentence, mention, lemma, lemmas, own_names(sentence, inside))

    @property
    def head_start(self) -> int:
        """The first character of the head."""
        return self.sentence.token_span(self.mention.head)[0]

    @property
    def plural(self) -> bool:
        """Whether the head is in the plural."""
        return self.sentence.parse.tags[self.mention.head] == "NNS"

    @property
    def bodies(self) -> list[str]:
        """The ids of the organisations and armed groups in the phrase."""
        return [x.party.id for x in self.parties if x.party.kind in ("organisation", "group")]

    @property
    def states(self) -> list[str]:
        """The ids of the states in the phrase."""
        return [x.party.id for x in self.parties if x.party.kind == "state"]

    @property
    def is_definite(self) -> bool:
        """Whether the phrase has an article, demonstrative or possessive that says which one is meant."""
        first, parse = self.mention.first, self.sentence.parse
        return parse.lemmas[first] in ("the", "this", "that", "these", "those") or parse.tags[first] == "PRP$"

    @property
    def is_possessed(self) -> bool:
        """Whether the phrase begins with a possessive pronoun."""
        return self.sentence.parse.tags[self.mention.first] == "PRP$"

    def is_bare(self, *determiners: str) -> bool:
        """Whether the phrase is the head after one of these determiners, without modifiers."""
        first = self.mention.first
        return first + 1 == self.mention.head and self.sentence.parse.lemmas[first] in determiners


def surroundings(phrase: NounPhrase) -> Identity | None:
    """ "NATO allies", "North Korea's neighbours", "European capitals": several parties, but not which."""
    if not phrase.plural or MUTUAL & set(phrase.lemmas):
        return None
    if phrase.lemma in _AROUND and (phrase.parties or phrase.is_possessed):
        return from_article(MULTI)
    if phrase.parties and (
        phrase.lemma in _OF_BODY
        and phrase.parties[0].party.kind == "organisation"
        and phrase.parties[0].end <= phrase.head_start
    ):
        return from_article(MULTI)
    return None


def portion(phrase: NounPhrase) -> Identity | None:
    """ "78 percent of Americans", "a majority of Iranians", "one Israeli": people, not their state."""
    people = any(x.form == "people" for x in phrase.parties)
    return UNKNOWN if people and phrase.lemma in _PORTIONS else None


def private(phrase: NounPhrase) -> Identity | None:
    """ "Syrian residents" do not represent a party; observers and staff "of" an organisation do."""
    if phrase.lemma not in PRIVATE:
        return None
    if phrase.lemma == "observer" and (sender := observed_for(phrase.parties)) is not None:
        return from_name(sender)
    return from_table(phrase.bodies[0]) if phrase.bodies and "of" in phrase.lemmas else UNKNOWN


def body(phrase: NounPhrase) -> Identity | None:
    """ "a UN statement", "Hamas fighters"; not the state's own "China's UN ambassador"."""
    if not phrase.bodies:
        return None
    first = phrase.parties[0]
    if phrase.lemma in TITLED | GOVERNMENT and first.party.kind == "state":
        organisation = next((x for x in phrase.parties if x.party.kind == "organisation"), None)
        if organisation is not None and organisation.end <= phrase.head_start:
            return from_name(first)
    return from_table(phrase.bodies[-1 if phrase.lemma in GOVERNMENT | TITLED | TEXTS else 0])


def state(phrase: NounPhrase) -> Identity | None:
    """ "Turkish officials", "Kenyan and Somali troops"."""
    if not phrase.states:
        return None
    if phrase.plural and len(set(phrase.states)) > 1:
        return from_table(joined(*phrase.states))
    return from_table(phrase.states[0])


def seat(phrase: NounPhrase) -> Identity | None:
    """ "the Defence Ministry in Moscow", "officials in Ankara": the state that the place belongs to."""
    parse, after = phrase.sentence.parse, phrase.mention.last + 1
    if phrase.lemma not in SEATED or after + 1 >= len(parse) or parse.lemmas[after] not in ("in", "at"):
        return None
    name = next((x for i in (after + 1, after + 2) if (x := _name_at(phrase.sentence, i)) is not None), None)
    return from_name(name) if name is not None and name.form in ("place", "name") else None


def is_placed(phrase: NounPhrase) -> bool:
    """Whether "in" and a name follow the phrase, which say more precisely which one is meant."""
    parse, after = phrase.sentence.parse, phrase.mention.last + 1
    following = parse.words[after + 1 : after + 3]
    return (
        after < len(parse) and parse.lemmas[after] in ("in", "at") and any(w[0].isupper() for w in following)
    )


def _name_at(sentence: AnalysedSentence, token: int) -> Name | None:
    return sentence.name_at(token) if token < len(sentence.parse) else None


def known_collective(phrase: NounPhrase) -> Identity | None:
    """ "Western diplomats": several states that the article does not name."""
    return from_table(MULTI) if any(x.party.kind == "collective" for x in phrase.parties) else None


def collective(phrase: NounPhrase) -> Identity | None:
    """ "world powers", "mediators", "the international community"."""
    several = phrase.plural and phrase.lemma in COLLECTIVE
    if several and phrase.lemma in _MEMBERS and not _WORLDWIDE & set(phrase.lemmas):
        return UNKNOWN  # "faith leaders", "service members"
    return from_article(MULTI) if several or phrase.lemma in COLLECTIVE_SINGULAR else None
