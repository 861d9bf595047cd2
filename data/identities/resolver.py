"""Who a mention is: an identity from the tables, from the article's own evidence, or OTHER or MULTI.

The order of evidence: a known name in the phrase itself ("Turkish officials", "the government of Sudan"); for
a person, how the article introduces them (`persons`); for a pronoun or "the ministry", what it refers back to
(`references`); for "both sides", the two main parties (`parties`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..schema import MULTI
from ..text.analysis import AnalysedSentence
from ..text.gazetteer import Gazetteer
from ..text.mentions import OFFICES, Mention
from .home_press import ArticlePress
from .identity import UNKNOWN, Identity, at_most, from_article, from_name
from .introductions import IntroductionReader
from .noun_phrases import NounPhraseRules
from .nouns import GOVERNMENT, TITLED
from .parties import ArticleParties
from .persons import Persons
from .phrase_rules import NounPhrase
from .phrases import mention_key
from .references import References
from .speakers import Speakers

# Adjectives that stand for several states.
_COLLECTIVE_ADJECTIVES = frozenset(
    {"western", "international", "regional", "global", "arab", "european", "african"}
)
# What an article may call a state whose name begins with one of these: "the North" after "North Korea".
_COMPASS = frozenset({"North", "South", "East", "West"})
# Last words of names that other bodies and people share: "Council", "Army".
_COMMON = OFFICES | GOVERNMENT
# A word that does not begin its sentence.
_WITHIN = re.compile(r"(?<=\S[\s-])[^\W\d_]\w*")
# How many references are followed in one go: each takes up to nine frames of Python's stack of 1,000.
_MAX_DEPTH = 50

_Key = tuple[int, Mention]


class _TooDeep(Exception):
    """The chain of references is too long for the stack; its rest begins with this mention."""

    def __init__(self, key: _Key) -> None:
        super().__init__(key)
        self.key = key


class IdentityResolver:
    """Resolves the mentions of one article.

    Args:
        sentences: all sentences of the article, in order.
        gazetteer: the known names. Default: those of the shipped tables.

    Attributes:
        sentences: the same.
    """

    def __init__(self, sentences: Sequence[AnalysedSentence], gazetteer: Gazetteer | None = None) -> None:
        self.sentences = sentences
        self._short_names = _short_names(sentences)
        self._capitalised = {w for s in sentences for w in _WITHIN.findall(s.segment.text) if w[0].isupper()}
        self._parties = parties = ArticleParties(sentences, gazetteer)
        press = ArticlePress.of("\n".join(s.segment.text for s in sentences))
        self._introductions = IntroductionReader(sentences, parties, press)
        self._persons = Persons(sentences, self._introductions, press)
        speakers = Speakers(sentences, parties, self._persons, press)
        self._references = References(sentences, parties, self._persons.offices, speakers, self.identify)
        self._noun_phrases = NounPhraseRules(parties, press, self._references, self._persons, self.identify)
        self._resolved: dict[_Key, Identity] = {}
        self._depth = 0

    def resolve(self, sentence: int, mention: Mention) -> str:
        """The id of a mention of the sentence with this number, from 0; see `identify`."""
        return self.identify(sentence, mention).id

    def identify(self, sentence: int, mention: Mention) -> Identity:
        """The identity of a mention of the sentence with this number, from 0, and how it is known."""
        key = (sentence, mention)
        if self._depth:
            return self._follow(key)
        pending = [key]
        while pending:
            try:
                self._follow(pending[-1])
                pending.pop()
            except _TooDeep as chain:
                if chain.key in pending:
                    self._resolved[chain.key] = UNKNOWN  # it refers back to itself
                else:
                    pending.append(chain.key)
        return self._resolved[key]

    def _follow(self, key: _Key) -> Identity:
        """The identity of a mention, with those that it refers to.

        Raises:
            _TooDeep: more than `_MAX_DEPTH` references follow one another.
        """
        if key in self._resolved:
            return self._resolved[key]
        if self._depth >= _MAX_DEPTH:
            raise _TooDeep(key)
        self._resolved[key] = UNKNOWN  # the answer if a mention refers back to itself
        self._depth += 1
        try:
            identity = self._identify(*key)
        except BaseException:
            del self._resolved[key]
            raise
        finally:
            self._depth -= 1
        if (branch := self._parties.branches.get(identity.id)) is not None:
            identity = at_most(identity._replace(id=branch), "article")
        self._resolved[key] = identity
        return identity

    def _identify(self, n: int, mention: Mention) -> Identity:
        if mention.head < 0:
            return self._references.speaker(n)
        if mention.kind == "pronoun":
            return self._references.pronoun(n, mention)
        sentence = self.sentences[n]
        if (name := sentence.name_at(mention.head)) is not None:
            return from_name(name)
        if mention.kind == "name" or self._is_surname(sentence, mention):
            return self._name(n, mention)
        if mention.kind == "adjective" and sentence.parse.lemmas[mention.head] in _COLLECTIVE_ADJECTIVES:
            return from_article(MULTI)
        return self._noun_phrases.resolve(NounPhrase.of(n, sentence, mention))

    def _is_surname(self, sentence: AnalysedSentence, mention: Mention) -> bool:
        """Whether a common noun by the parse is the name of a person of the article ("Power said").

        Most capitalised nouns only begin their sentences ("Officials said"): to look them up as persons would
        parse each sentence that has the word, see `UnparsedSentence`.
        """
        return (
            sentence.parse.words[mention.head] in self._capitalised
            and mention.first == mention.head
            and mention_key(sentence, mention) in self._persons
        )

    def _name(self, n: int, mention: Mention) -> Identity:
        """A name that is in no table: a person, or a phrase with capitals."""
        sentence = self.sentences[n]
        key, lemma = mention_key(sentence, mention), sentence.parse.lemmas[mention.head]
        if key in self._persons:
            return at_most(self._persons[key], "article")
        inside = [
            x for i in range(mention.last, mention.first - 1, -1) if (x := sentence.name_at(i)) is not None
        ]
        # "the Syrian Arab News Agency" is Syrian, not of the Arab states.
        inside.sort(key=lambda x: x.party.kind == "collective")
        if inside:
            return from_name(inside[0])
        if (short := self._short_names.get(_bare(sentence, mention))) is not None:
            return from_article(short)
        if lemma in ("west", "states"):
            return from_article(MULTI)
        # Offices in capitals are tagged as names: "the Foreign Ministry", "the Defence Minister".
        if lemma in GOVERNMENT or lemma in TITLED:
            return self._noun_phrases.resolve(NounPhrase.of(n, sentence, mention))
        introduction = self._introductions.read(sentence, mention)
        if introduction is None or introduction.identity is None:
            return UNKNOWN
        return at_most(from_article(introduction.identity), introduction.evidence)


def _bare(sentence: AnalysedSentence, mention: Mention) -> str:
    """The words of a mention as the article has them, without "the"."""
    span = sentence.span(mention)
    return re.sub(r"^[Tt]he ", "", sentence.segment.text[span[0] : span[1]]) if span else ""


def _short_names(sentences: Sequence[AnalysedSentence]) -> dict[str, str]:
    """What an article may call a party after its full name: "the Brotherhood", "the North".

    Returns:
        The ids of the parties by the last words of their names, or by the points of the compass before them,
        unless several parties have them.
    """
    found: dict[str, set[str]] = {}
    for sentence in sentences:
        for name in sentence.names:
            words = sentence.segment.text[name.start : name.end].split()
            if name.party.kind == "state":
                short = [words[0]] if len(words) == 2 and words[0] in _COMPASS else []
            elif name.party.kind == "collective":
                short = []
            else:
                short = [" ".join(words[k:]) for k in range(1, len(words))]
            for x in short:
                if x[0].isupper() and x.lower() not in _COMMON:
                    found.setdefault(x, set()).add(name.party.id)
    return {short: ids.pop() for short, ids in found.items() if len(ids) == 1}
