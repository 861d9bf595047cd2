"""Who a mention is: an identity from the tables, from the article's own evidence, or OTHER or MULTI.

The order of evidence: a known name in the phrase itself ("Turkish officials", "the government of Sudan"); for a person,
how the article introduces them (`introductions`); for a pronoun or "the ministry", what it refers back to; for "both sides",
the two main parties.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..schema import MULTI, OTHER
from ..text.analysis import AnalysedSentence
from ..text.mentions import Mention
from .nouns import (
    COLLECTIVE,
    COLLECTIVE_SINGULAR,
    FORMER,
    GOVERNMENT,
    GROUP,
    MUTUAL,
    PRIVATE,
    REBEL,
    REPORTING,
    SIDES,
    TEXTS,
    TITLED,
)
from .persons import Introductions, joined, name_key

_SINGULAR = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
_NEUTER = frozenset({"it", "its", "itself"})
_PLURAL = frozenset({"they", "them", "their", "themselves"})
_FIRST = frozenset({"i", "we", "us", "our", "my", "me", "ourselves"})


class IdentityResolver(Introductions):
    """Resolves the mentions of one article. Made once an article, from its analysed sentences."""

    def __init__(self, sentences: Sequence[AnalysedSentence]) -> None:
        super().__init__(sentences)
        self._resolved: dict[tuple[int, Mention], str] = {}

    def resolve(self, sentence: int, mention: Mention) -> str:
        """The identity of a mention of sentence number `sentence`: a party, several joined by "+", MULTI or OTHER."""
        key = (sentence, mention)
        if key not in self._resolved:
            self._resolved[key] = OTHER  # what a circle of references comes to
            self._resolved[key] = self._resolve(sentence, mention)
        return self._resolved[key]

    def _resolve(self, n: int, m: Mention) -> str:
        s = self.sentences[n]
        if m.head < 0:
            return self.speaker(n)
        _parse, lemma, word = s.parse, s.parse.lemmas[m.head], s.parse.words[m.head].lower()
        if m.kind == "pronoun":
            return self._pronoun(n, m, word)
        own = s.name_at(m.head)
        if own is not None:
            return MULTI if own.party.kind == "collective" else own.party.id
        if m.kind == "adjective":
            return (
                MULTI
                if lemma in ("western", "international", "regional", "global", "arab", "european", "african")
                else self._noun(n, m, lemma)
            )
        if m.kind == "name":
            span = s.span(m)
            key = name_key(s.segment.text[span[0] : span[1]]) if span else ""
            if key in self.persons:
                return self.persons[key]
            inner = [x for i in range(m.first, m.last + 1) if (x := s.name_at(i)) is not None]
            if inner:
                return inner[-1].party.id if inner[-1].party.kind != "collective" else MULTI
            if lemma in ("west", "states"):
                return MULTI
            # An office in capitals is tagged as a name: "the Foreign Ministry", "the Defence Minister".
            if lemma in GOVERNMENT or lemma in TITLED:
                return self._noun(n, m, lemma)
            return self._introduced(s, m)[0] or OTHER
        return self._noun(n, m, lemma)

    def _noun(self, n: int, m: Mention, lemma: str) -> str:
        s, parse = self.sentences[n], self.sentences[n].parse
        inside = range(m.first, m.last + 1)
        words = [parse.lemmas[i] for i in inside]
        parties = [x for i in inside if (x := s.name_at(i)) is not None]
        parties = list(dict.fromkeys(parties))
        if lemma in ("other", "latter", "former", "one", "other."):
            return self.both_sides() if lemma == "other" else OTHER
        if lemma in SIDES and (
            MUTUAL & set(words)
            or (
                lemma in ("side", "party", "neighbour", "neighbor", "rival", "foe")
                and parse.tags[m.head] == "NNS"
            )
        ):
            return self.both_sides(
                lemma in ("country", "neighbour", "neighbor", "nation", "state", "capital")
            )
        if lemma in PRIVATE and not any(x.party.kind in ("organisation", "group") for x in parties):
            return OTHER
        if self._partisan(self._original(s, list(inside))) or FORMER & set(words[:-1]):
            return OTHER
        bodies = [x for x in parties if x.party.kind in ("organisation", "group")]
        if bodies and lemma not in PRIVATE:
            return bodies[-1].party.id if lemma in GOVERNMENT | TITLED | TEXTS else bodies[0].party.id
        if lemma in PRIVATE:
            return bodies[0].party.id if bodies and words.count("of") else OTHER
        states = [x.party.id for x in parties if x.party.kind == "state"]
        if lemma in REBEL or (
            set(words[:-1]) & {"rebel", "opposition", "separatist", "insurgent", "militant", "jihadist"}
            and lemma not in COLLECTIVE
        ):
            return self._rebels(states)
        if states:
            if parse.tags[m.head] == "NNS" and len(set(states)) > 1:
                return joined(*states) or OTHER
            return states[0]
        if any(x.party.kind == "collective" for x in parties) and lemma not in PRIVATE:
            return MULTI
        owner = next((i for i in parse.children[m.head] if parse.deps[i] == "poss"), None)
        if owner is None:
            owner = next(
                (
                    g
                    for i in parse.children[m.head]
                    if parse.lemmas[i] == "of"
                    for g in parse.children[i]
                    if parse.deps[g] == "pobj"
                ),
                None,
            )
        if (
            owner is not None
            and lemma not in PRIVATE
            and (other := self._mention_at(n, owner)) is not None
            and other != m
        ):
            found = self.resolve(n, other)
            if found != OTHER:
                return found
        if (
            lemma in COLLECTIVE and parse.tags[m.head] == "NNS" and lemma not in ("official", "general")
        ) or lemma in COLLECTIVE_SINGULAR:
            return MULTI
        if (
            lemma in GROUP
            and parse.tags[m.head] == "NN"
            and parse.lemmas[m.first] in ("the", "its", "this", "their")
            and m.first + 1 == m.head
        ):
            return self._same_noun(n, m, lemma) or self._recent_group(n, s.token_span(m.first)[0]) or OTHER
        if lemma in TEXTS:
            return self._back(n, m, lambda k, x: self._speaks(k, x)) or OTHER
        if self.titles and (
            lemma in self.titles.bodies
            or (lemma == "president" and m.first + 1 == m.head and parse.lemmas[m.first] == "the")
        ):
            return self.titles.state
        if lemma in GOVERNMENT or lemma in TITLED:
            return self._same_noun(n, m, lemma) or self.main_state() or OTHER
        return self._same_noun(n, m, lemma) or OTHER

    def _recent_group(self, n: int, before: int) -> str | None:
        """The armed group named last before this place in sentence `n`, else the one named most."""
        for k in range(n, -1, -1):
            s = self.sentences[k]
            for name in reversed(s.names):
                if name.party.kind == "group" and (k < n or name.end <= before):
                    return name.party.id
        return self.main_group()

    def _mention_at(self, n: int, head: int) -> Mention | None:
        return next((x for x in self.sentences[n].mentions if x.head == head), None) or Mention(
            head, head, head, "name"
        )

    def _same_noun(self, n: int, m: Mention, lemma: str) -> str | None:
        """What the same noun stood for last: "the ministry" after "Iran's foreign ministry", "the spokesman" after one with a name."""
        for k in range(n, max(-1, n - 12), -1):
            s = self.sentences[k]
            for x in reversed(s.mentions):
                if x.head < 0 or (k == n and x.head >= m.head):
                    continue
                name = s.name_at(x.head)
                if name is not None:
                    words = s.segment.text[name.start : name.end].lower().split()
                    if len(words) > 1 and words[-1] == lemma:
                        return name.party.id
                elif s.parse.lemmas[x.head] == lemma and any(
                    s.name_at(i) for i in range(x.first, x.last + 1)
                ):
                    return self.resolve(k, x)
            for where, office, found in reversed(self.offices):
                if where == k < n and office == lemma:
                    return found
        return None

    def _speaks(self, n: int, m: Mention) -> bool:
        parse = self.sentences[n].parse
        return (
            m.head >= 0 and parse.deps[m.head] == "nsubj" and parse.lemmas[parse.heads[m.head]] in REPORTING
        )

    def _back(self, n: int, m: Mention | None, fits, reach: int = 4) -> str | None:  # type: ignore[no-untyped-def]
        """The identity of the nearest fitting mention before, in this sentence or up to `reach` earlier ones; subjects first."""
        for k in range(n, max(-1, n - reach - 1), -1):
            s = self.sentences[k]
            fitting = [
                x
                for x in s.mentions
                if x.head >= 0 and (k < n or m is None or x.head < m.head) and x != m and fits(k, x)
            ]
            subjects = [x for x in fitting if s.parse.deps[x.head] in ("nsubj", "nsubjpass")]
            # In this sentence the nearest subject, in an earlier one its main one.
            for x in reversed(subjects) if k == n else subjects:
                if (
                    (found := self.resolve(k, x)) != OTHER
                    or s.parse.pos[x.head] == "PROPN"
                    or s.parse.lemmas[x.head] in PRIVATE
                ):
                    return found
            for x in reversed(fitting):
                if (found := self.resolve(k, x)) != OTHER:
                    return found
        return None

    def _is_person(self, n: int, m: Mention) -> bool:
        s = self.sentences[n]
        if m.kind == "pronoun":
            return s.parse.words[m.head].lower() in _SINGULAR
        if m.kind == "name":
            return s.name_at(m.head) is None
        lemma = s.parse.lemmas[m.head]
        return (
            m.kind == "noun"
            and s.parse.tags[m.head] == "NN"
            and (
                lemma in TITLED
                or (
                    lemma in PRIVATE
                    and lemma not in ("group", "agency", "organisation", "organization", "charity")
                )
            )
        )

    def _is_body(self, n: int, m: Mention) -> bool:
        s = self.sentences[n]
        name = s.name_at(m.head)
        if name is not None:
            return m.kind != "adjective" and name.form in ("name", "place")
        return (
            m.kind == "noun" and s.parse.tags[m.head] == "NN" and s.parse.lemmas[m.head] in GOVERNMENT | REBEL
        )

    def _is_plural(self, n: int, m: Mention) -> bool:
        s = self.sentences[n]
        name = s.name_at(m.head)
        return s.parse.tags[m.head] in ("NNS", "NNPS") or (
            name is not None and name.form in ("people", "name") and name.party.kind != "organisation"
        )

    def _pronoun(self, n: int, m: Mention, word: str) -> str:
        s = self.sentences[n]
        if s.parse.tags[m.head] in ("WP", "WDT"):
            hangs_on = s.parse.heads[s.parse.heads[m.head]]
            antecedent = next((x for x in s.mentions if x.head == hangs_on), None)
            return self.resolve(n, antecedent) if antecedent is not None else OTHER
        if word in _FIRST or (word == "you" and s.quoted[m.head]):
            return self.speaker(n) if word != "you" else OTHER
        if word in _SINGULAR:
            return self._back(n, m, self._is_person) or OTHER
        if word in _NEUTER:
            return self._back(n, m, self._is_body) or OTHER
        if word in _PLURAL:
            return self._back(n, m, self._is_plural) or OTHER
        if word in ("both", "each", "neither", "all"):
            return self.both_sides()
        return OTHER

    def speaker(self, n: int) -> str:
        """Who speaks a quotation: named in this sentence, else in its paragraph (before it, then after), else in the nearest before, else in the next."""

        def named(k: int) -> str | None:
            s = self.sentences[k]
            out = [x for x in s.mentions if self._speaks(k, x) and not s.quoted[x.head]]
            return self.resolve(k, out[0]) if out else None

        first = next((k for k in range(n, 0, -1) if self.sentences[k].segment.para), 0)
        last = (
            next(
                (k for k in range(n + 1, len(self.sentences)) if self.sentences[k].segment.para),
                len(self.sentences),
            )
            - 1
        )
        paragraph = [*range(n, first - 1, -1), *range(n + 1, last + 1)]
        for k in [*paragraph, *range(first - 1, max(-1, n - 5), -1), n + 1]:
            if k < len(self.sentences) and (found := named(k)) is not None:
                return found
        return OTHER
