"""Whose government, army or rebels a common noun phrase refers to: "Turkish officials", "the army".

Each rule is one function from a phrase to an identity, or None if the rule does not apply. The first rule
that applies decides, so their order in `NounPhraseRules` matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..schema import OTHER
from ..text.mentions import Mention
from .home_press import ArticlePress, state_of_government_noun
from .identity import UNKNOWN, Identity, at_most, from_article, from_name, guessed
from .nouns import (
    COLLECTIVE,
    FORMER,
    GOVERNMENT,
    GROUP,
    LOCAL,
    MUTUAL,
    OFFICIAL,
    REBEL,
    REBEL_MODIFIERS,
    RECEIVING,
    SIDES,
    TEXTS,
    TITLED,
)
from .parties import ArticleParties
from .phrase_rules import (
    NounPhrase,
    body,
    collective,
    is_placed,
    known_collective,
    portion,
    private,
    seat,
    state,
    surroundings,
)
from .phrases import name_key, original_words, own_names
from .references import References, Resolve, speaks

# Nouns that mean the two parties when they are in the plural, even without "both".
_OPPONENTS = frozenset({"side", "party", "neighbour", "neighbor", "rival", "foe"})
# Who speaks for whom: "a spokesman for", "an adviser to".
_SPEAKING_FOR = {
    **dict.fromkeys(("spokesman", "spokeswoman", "spokesperson", "lawyer", "attorney"), ("for",)),
    **dict.fromkeys(("adviser", "advisor", "aide", "assistant", "counselor"), ("to", "for")),
}
_SECRETARY = re.compile(r"[Ss]ecretary[-\u2010\u2011 ][Gg]eneral")
_STATES_ONLY = frozenset({"country", "neighbour", "neighbor", "nation", "state", "capital"})


class NounPhraseRules:
    """Resolves the noun phrases of one article.

    Args:
        parties: the parties that the article names.
        press: the press that it comes from.
        references: what its phrases refer back to.
        persons: by `name_key`, the party that each person represents.
        resolve: the identity of any other mention.
    """

    def __init__(
        self,
        parties: ArticleParties,
        press: ArticlePress,
        references: References,
        persons: Mapping[str, Identity],
        resolve: Resolve,
    ) -> None:
        self._parties, self._press, self._references = parties, press, references
        self._persons = persons
        self._resolve = resolve
        self._rules: tuple[Callable[[NounPhrase], Identity | None], ...] = (
            self._others,
            surroundings,
            self._both_sides,
            self._partisan,
            private,
            portion,
            body,
            self._rebels,
            state,
            known_collective,
            seat,
            self._represented,
            self._owner,
            self._namesake,
            collective,
            self._armed_group,
            self._text,
            self._secretary_general,
            self._home_body,
            self._government,
        )

    def resolve(self, phrase: NounPhrase) -> Identity:
        """The identity of a noun phrase; unknown if no rule applies."""
        for rule in self._rules:
            if (identity := rule(phrase)) is not None:
                return identity
        return self._same_noun(phrase) or UNKNOWN

    def _same_noun(self, phrase: NounPhrase) -> Identity | None:
        return self._references.same_noun(phrase.n, phrase.mention, phrase.lemma)

    def _others(self, phrase: NounPhrase) -> Identity | None:
        """ "each other" means both sides; "others", "the latter" and "one" nobody in particular."""
        if phrase.lemma == "other" and phrase.plural:
            return UNKNOWN
        if phrase.lemma == "other":
            return self._references.both_sides(phrase.n, phrase.mention)
        return UNKNOWN if phrase.lemma in ("latter", "former", "one") else None

    def _both_sides(self, phrase: NounPhrase) -> Identity | None:
        """ "both sides", "the two countries", "the rivals"."""
        # "two officials" are not those of the two parties, "the two presidents" are.
        some = phrase.lemma in TITLED | {"people", "military", "force"} and not phrase.is_definite
        mutual = MUTUAL - {"two"} if some else MUTUAL
        if phrase.lemma in SIDES and (
            mutual & set(phrase.lemmas) or (phrase.plural and phrase.lemma in _OPPONENTS)
        ):
            return self._references.both_sides(phrase.n, phrase.mention, phrase.lemma in _STATES_ONLY)
        return None

    def _partisan(self, phrase: NounPhrase) -> Identity | None:
        """ "Senate Republicans", "a former minister": they speak for themselves."""
        mention = phrase.mention
        words = original_words(phrase.sentence, range(mention.first, mention.last + 1))
        if FORMER & set(phrase.lemmas[:-1]):
            return UNKNOWN
        # "Iraqi lawmakers" are not those of the article's own parliament.
        foreign = self._press.home and phrase.states and self._press.home.state not in phrase.states
        return UNKNOWN if not foreign and self._press.is_partisan(words) else None

    def _rebels(self, phrase: NounPhrase) -> Identity | None:
        """ "Syrian rebels", "opposition fighters"."""
        modified = bool(set(phrase.lemmas[:-1]) & REBEL_MODIFIERS) and phrase.lemma not in COLLECTIVE
        if phrase.lemma not in REBEL and not modified:
            return None
        inside = range(phrase.mention.first, phrase.mention.last + 1)
        if not phrase.states and any(phrase.sentence.name_at(i) for i in inside):
            return UNKNOWN  # "Iran-backed militias" may be in any country
        noun = (
            "opposition" if "opposition" in phrase.lemmas else "rebels" if "rebel" in phrase.lemmas else None
        )
        return self._parties.rebels(phrase.states, noun)

    def _owner(self, phrase: NounPhrase) -> Identity | None:
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
        if identity.id != OTHER:
            return at_most(identity, "article")
        # "the Ministry of Foreign Affairs of China"
        inside = own_names(phrase.sentence, parse.subtree(owner))
        official = phrase.lemma in GOVERNMENT or phrase.lemma in TITLED
        return from_name(inside[-1]) if inside and official else None

    def _armed_group(self, phrase: NounPhrase) -> Identity | None:
        """ "the group", "its leadership": the armed group named before."""
        parse, mention = phrase.sentence.parse, phrase.mention
        if (
            phrase.lemma not in GROUP
            or parse.tags[mention.head] != "NN"
            or not phrase.is_bare("the", "its", "this", "their")
        ):
            return None
        start = phrase.sentence.token_span(mention.first)[0]
        return self._same_noun(phrase) or self._references.recent_group(phrase.n, start)

    def _text(self, phrase: NounPhrase) -> Identity | None:
        """ "the statement": the party that speaks before it."""
        if phrase.lemma not in TEXTS:
            return None
        if (author := self._author(phrase)) is not None:
            return author
        return self._references.nearest(phrase.n, phrase.mention, speaks) or UNKNOWN

    def _author(self, phrase: NounPhrase) -> Identity | None:
        """ "Kenya dropped leaflets": the subject of the verb whose object the text is."""
        parse, head = phrase.sentence.parse, phrase.mention.head
        verb = parse.heads[head]
        if parse.deps[head] != "dobj" or parse.pos[verb] != "VERB" or parse.lemmas[verb] in RECEIVING:
            return None
        subject = next((i for i in parse.children[verb] if parse.deps[i] == "nsubj"), None)
        author = next((m for m in phrase.sentence.mentions if m.head == subject), None)
        if author is None:
            return None
        identity = self._resolve(phrase.n, author)
        return at_most(identity, "article") if identity.id != OTHER else None

    def _home_body(self, phrase: NounPhrase) -> Identity | None:
        """ "the administration", "the president": in the press of a state, those of that state."""
        press = self._press.titles
        if press is None:
            return None
        president = phrase.lemma == "president" and phrase.is_bare("the")
        # "the administration", "senior administration officials"
        body = phrase.lemma in press.bodies or (phrase.lemma in TITLED and press.bodies & set(phrase.lemmas))
        return from_article(press.state) if body or president else None

    def _namesake(self, phrase: NounPhrase) -> Identity | None:
        """ "the Obama administration", "the Wa State Army": a name in no table is a person's or unknown."""
        parse, mention = phrase.sentence.parse, phrase.mention
        if phrase.lemma not in GOVERNMENT and phrase.lemma not in TITLED | REBEL:
            return None
        own = [
            i
            for i in range(mention.first, mention.last + 1)
            if i != mention.head
            and parse.pos[i] == "PROPN"
            and parse.words[i][0].isupper()
            and parse.words[i].lower().rstrip(".") not in OFFICIAL
        ]
        if not own:
            return None
        known = (self._persons.get(name_key(parse.words[i])) for i in reversed(own))
        named = next((at_most(x, "article") for x in known if x is not None), None)
        # One press names its government by "administration".
        return named or guessed(state_of_government_noun(phrase.lemma))

    def _represented(self, phrase: NounPhrase) -> Identity | None:
        """ "a spokesman for the German chancellor", "an adviser to Putin": whom they speak for."""
        parse, head = phrase.sentence.parse, phrase.mention.head
        prepositions = _SPEAKING_FOR.get(phrase.lemma, ())
        for i in parse.children[head]:
            if parse.lemmas[i] not in prepositions:
                continue
            principal = next(
                (m for m in phrase.sentence.mentions if m.head >= 0 and parse.heads[m.head] == i), None
            )
            if principal is not None and principal != phrase.mention:
                return at_most(self._resolve(phrase.n, principal), "article")
            inside = own_names(phrase.sentence, parse.subtree(i))
            return from_name(inside[0]) if inside else None
        return None

    def _secretary_general(self, phrase: NounPhrase) -> Identity | None:
        """ "the Secretary-General": of the organisation that the article names."""
        words = original_words(phrase.sentence, range(phrase.mention.first, phrase.mention.last + 1))
        if not _SECRETARY.search(words):
            return None
        return self._parties.main_organisation() or guessed("UN")

    def _local(self, phrase: NounPhrase) -> Identity:
        """ "In Sudan, officials said": of the only state that the sentence names.

        Without such a state, the police and troops are a guess at those of the article's main state.
        "Diplomats" may be from anywhere.
        """
        if phrase.lemma not in LOCAL | {"official"}:
            return UNKNOWN
        here = {x.party.id for x in phrase.sentence.names if x.party.kind == "state"}
        if len(here) == 1:
            return guessed(here.pop())
        return guessed(self._parties.main_state()) if phrase.lemma in LOCAL else UNKNOWN

    def _government(self, phrase: NounPhrase) -> Identity | None:
        """ "the ministry", "the president": the one named before, else that of the main state."""
        if phrase.lemma not in GOVERNMENT and phrase.lemma not in TITLED:
            return None
        if (known := self._same_noun(phrase)) is not None:
            return known
        if is_placed(phrase):
            return UNKNOWN  # "the court in The Hague" is not in the table
        if phrase.plural and not phrase.is_definite:
            return self._local(phrase)
        return guessed(self._parties.main_state())
