"""Whose government, army or rebels a common noun phrase is: "Turkish officials", "the army", "both sides".

Each rule is one function from a phrase to an identity, or None where the rule does not apply. The first rule
that applies decides, so their order in `NounPhraseRules` matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..schema import MULTI, OTHER
from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Name
from ..text.mentions import Mention
from .home_press import ArticlePress
from .nouns import (
    COLLECTIVE,
    COLLECTIVE_SINGULAR,
    FORMER,
    GOVERNMENT,
    GROUP,
    MUTUAL,
    PRIVATE,
    REBEL,
    REBEL_MODIFIERS,
    SIDES,
    TEXTS,
    TITLED,
)
from .parties import ArticleParties, joined
from .phrases import original_words
from .references import References, Resolve, speaks

# Nouns that mean the two parties when they are in the plural, even without "both".
_OPPONENTS = frozenset({"side", "party", "neighbour", "neighbor", "rival", "foe"})
_STATES_ONLY = frozenset({"country", "neighbour", "neighbor", "nation", "state", "capital"})


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
        """Collect what the rules need to know of a mention."""
        inside = range(mention.first, mention.last + 1)
        lemmas = [sentence.parse.lemmas[i] for i in inside]
        names = [x for i in inside if (x := sentence.name_at(i)) is not None]
        lemma = sentence.parse.lemmas[mention.head]
        return cls(n, sentence, mention, lemma, lemmas, list(dict.fromkeys(names)))

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

    def is_bare(self, *determiners: str) -> bool:
        """Whether the phrase is the head after one of these determiners, without modifiers."""
        first = self.mention.first
        return first + 1 == self.mention.head and self.sentence.parse.lemmas[first] in determiners


class NounPhraseRules:
    """Resolves the noun phrases of one article.

    Args:
        parties: the parties that the article names.
        press: the press that it comes from.
        references: what its phrases refer back to.
        resolve: the identity of any other mention.
    """

    def __init__(
        self, parties: ArticleParties, press: ArticlePress, references: References, resolve: Resolve
    ) -> None:
        self._parties, self._press, self._references = parties, press, references
        self._resolve = resolve
        self._rules: tuple[Callable[[NounPhrase], str | None], ...] = (
            self._others,
            self._both_sides,
            self._partisan,
            _private,
            _body,
            self._rebels,
            _state,
            _known_collective,
            self._owner,
            _collective,
            self._armed_group,
            self._text,
            self._home_body,
            self._government,
        )

    def resolve(self, phrase: NounPhrase) -> str:
        """The identity of a noun phrase; `OTHER` where no rule applies."""
        for rule in self._rules:
            if (identity := rule(phrase)) is not None:
                return identity
        return self._same_noun(phrase) or OTHER

    def _same_noun(self, phrase: NounPhrase) -> str | None:
        return self._references.same_noun(phrase.n, phrase.mention, phrase.lemma)

    def _others(self, phrase: NounPhrase) -> str | None:
        """ "each other"; "the latter", "one"."""
        if phrase.lemma == "other":
            return self._parties.both_sides()
        return OTHER if phrase.lemma in ("latter", "former", "one", "other.") else None

    def _both_sides(self, phrase: NounPhrase) -> str | None:
        """ "both sides", "the two countries", "the rivals"."""
        if phrase.lemma in SIDES and (
            MUTUAL & set(phrase.lemmas) or (phrase.plural and phrase.lemma in _OPPONENTS)
        ):
            return self._parties.both_sides(states_only=phrase.lemma in _STATES_ONLY)
        return None

    def _partisan(self, phrase: NounPhrase) -> str | None:
        """ "Senate Republicans", "a former minister": they speak for themselves."""
        mention = phrase.mention
        words = original_words(phrase.sentence, range(mention.first, mention.last + 1))
        return OTHER if self._press.is_partisan(words) or FORMER & set(phrase.lemmas[:-1]) else None

    def _rebels(self, phrase: NounPhrase) -> str | None:
        """ "Syrian rebels", "opposition fighters"."""
        modified = bool(set(phrase.lemmas[:-1]) & REBEL_MODIFIERS) and phrase.lemma not in COLLECTIVE
        return self._parties.rebels(phrase.states) if phrase.lemma in REBEL or modified else None

    def _owner(self, phrase: NounPhrase) -> str | None:
        """ "his government", "the army of the region": the identity of the owner."""
        parse, head = phrase.sentence.parse, phrase.mention.head
        children = parse.children[head]
        objects = (
            g
            for i in children
            if parse.lemmas[i] == "of"
            for g in parse.children[i]
            if parse.deps[g] == "pobj"
        )
        owner = next((i for i in children if parse.deps[i] == "poss"), None)
        if owner is None:
            owner = next(objects, None)
        if owner is None:
            return None
        other = next((m for m in phrase.sentence.mentions if m.head == owner), None)
        other = other or Mention(owner, owner, owner, "name")
        if other == phrase.mention:
            return None
        identity = self._resolve(phrase.n, other)
        return identity if identity != OTHER else None

    def _armed_group(self, phrase: NounPhrase) -> str | None:
        """ "the group", "its leadership": the armed group named before."""
        parse, mention = phrase.sentence.parse, phrase.mention
        if (
            phrase.lemma not in GROUP
            or parse.tags[mention.head] != "NN"
            or not phrase.is_bare("the", "its", "this", "their")
        ):
            return None
        start = phrase.sentence.token_span(mention.first)[0]
        return self._same_noun(phrase) or self._references.recent_group(phrase.n, start) or OTHER

    def _text(self, phrase: NounPhrase) -> str | None:
        """ "the statement": whoever speaks before it."""
        if phrase.lemma not in TEXTS:
            return None
        return self._references.nearest(phrase.n, phrase.mention, speaks) or OTHER

    def _home_body(self, phrase: NounPhrase) -> str | None:
        """ "the administration", "the president": in the press of a state, its own."""
        press = self._press.titles
        if press is None:
            return None
        president = phrase.lemma == "president" and phrase.is_bare("the")
        return press.state if phrase.lemma in press.bodies or president else None

    def _government(self, phrase: NounPhrase) -> str | None:
        """ "the ministry", "the president": the one named before, else that of the main state."""
        if phrase.lemma not in GOVERNMENT and phrase.lemma not in TITLED:
            return None
        return self._same_noun(phrase) or self._parties.main_state() or OTHER


def _private(phrase: NounPhrase) -> str | None:
    """ "Syrian residents": they represent no party, unless they are "of" an organisation."""
    if phrase.lemma not in PRIVATE:
        return None
    return phrase.bodies[0] if phrase.bodies and "of" in phrase.lemmas else OTHER


def _body(phrase: NounPhrase) -> str | None:
    """ "a UN statement", "Hamas fighters"."""
    if not phrase.bodies:
        return None
    return phrase.bodies[-1 if phrase.lemma in GOVERNMENT | TITLED | TEXTS else 0]


def _state(phrase: NounPhrase) -> str | None:
    """ "Turkish officials", "Kenyan and Somali troops"."""
    if not phrase.states:
        return None
    if phrase.plural and len(set(phrase.states)) > 1:
        return joined(*phrase.states) or OTHER
    return phrase.states[0]


def _known_collective(phrase: NounPhrase) -> str | None:
    """ "Western diplomats": several states that the article does not name."""
    return MULTI if any(x.party.kind == "collective" for x in phrase.parties) else None


def _collective(phrase: NounPhrase) -> str | None:
    """ "world powers", "mediators", "the international community"."""
    several = phrase.plural and phrase.lemma in COLLECTIVE
    return MULTI if several or phrase.lemma in COLLECTIVE_SINGULAR else None
