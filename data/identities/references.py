"""What pronouns, repeated nouns and quotations refer to: an earlier mention, or the speaker."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from ..schema import OTHER
from ..text.analysis import AnalysedSentence
from ..text.mentions import OFFICES, Mention
from .identity import UNKNOWN, Identity, at_most, from_article, from_name, guessed, referring_to
from .nouns import GOVERNMENT, MUTUAL, PRIVATE, REBEL, REPORTING, SIDES, TITLED
from .parties import ArticleParties, joined
from .persons import OfficeHolder
from .speakers import Speakers

# The identity of a mention of the sentence with this number.
Resolve = Callable[[int, Mention], Identity]
Fits = Callable[[AnalysedSentence, Mention], bool]

_FIRST = frozenset({"i", "we", "us", "our", "my", "me", "ourselves"})
_SINGULAR = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
_NEUTER = frozenset({"it", "its", "itself"})
_PLURAL = frozenset({"they", "them", "their", "themselves"})
# Nouns that "he" and "she" may refer to.
_PERSONS = TITLED | (PRIVATE - {"group", "agency", "organisation", "organization", "charity"})
# How many sentences back to look for an antecedent, the same noun, and the speaker of a quotation.
_REACH, _NOUN_REACH, _SPEAKER_REACH = 4, 11, 4
# How many sentences back to look for the two parties of "both sides".
_PASSAGE = 3


class References:
    """Resolves the references of one article.

    Args:
        sentences: all sentences of the article.
        parties: the parties that it names.
        offices: the offices that the sentence with a number gives to persons.
        speakers: who speaks in its turns, posts and clauses.
        resolve: the identity of any other mention.
    """

    def __init__(
        self,
        sentences: Sequence[AnalysedSentence],
        parties: ArticleParties,
        offices: Callable[[int], Sequence[OfficeHolder]],
        speakers: Speakers,
        resolve: Resolve,
    ) -> None:
        self._sentences, self._parties, self._offices = sentences, parties, offices
        self._speakers = speakers
        self._resolve = resolve
        # The numbers of the sentences that name an armed group.
        self._armed = [n for n, s in enumerate(sentences) if any(x.party.kind == "group" for x in s.names)]

    def pronoun(self, n: int, mention: Mention) -> Identity:
        """The identity of a pronoun of sentence number `n`; unknown if nothing fits."""
        sentence = self._sentences[n]
        parse, word = sentence.parse, sentence.parse.words[mention.head].lower()
        if parse.tags[mention.head] in ("WP", "WDT"):
            noun = parse.heads[parse.heads[mention.head]]
            antecedent = next((m for m in sentence.mentions if m.head == noun), None)
            return self._referring(n, antecedent) if antecedent is not None else UNKNOWN
        if word in _FIRST:
            # Outside quotations and turns the author speaks.
            return self.speaker(n) if sentence.quoted[mention.head] else UNKNOWN
        for words, fits in ((_SINGULAR, _is_person), (_NEUTER, _is_body), (_PLURAL, _is_plural)):
            if word in words:
                return self.nearest(n, mention, fits) or UNKNOWN
        if word in ("both", "each", "neither", "all"):
            return self.both_sides(n, mention)
        return UNKNOWN

    def speaker(self, n: int) -> Identity:
        """Who speaks in sentence number `n`, which is quoted or in a turn.

        A turn, post or clause names its speaker. For a quotation, it is the nearest subject of a verb of
        saying: in its paragraph; where the quotation began, if that was in an earlier paragraph; or else, as
        a guess, in the four sentences before the paragraph and the one after.
        """
        if (turn := self._speakers.of_turn(n)) is not None:
            return turn
        sentences = self._sentences
        first, end = self._paragraph(n)
        identity = self._first_speaker([*range(n, first - 1, -1), *range(n + 1, end)])
        while identity is None and first and self._runs_on(first):
            first, end = self._paragraph(first - 1)
            identity = self._first_speaker(range(end - 1, first - 1, -1))
        if identity is not None:
            return at_most(identity, "article")
        earlier = range(first - 1, max(-1, first - _SPEAKER_REACH - 1), -1)
        near = [k for k in (*earlier, n + 1) if k < len(sentences)]
        identity = self._first_speaker(near)
        return UNKNOWN if identity is None else at_most(identity, "guess")

    def _first_speaker(self, numbers: Iterable[int]) -> Identity | None:
        """The first subject of a verb of saying outside quotations in these sentences."""
        for k in numbers:
            sentence = self._sentences[k]
            for m in sentence.mentions:
                if speaks(sentence, m) and not sentence.quoted[m.head]:
                    return referring_to(self._resolve(k, m), k, m)
        return None

    def _referring(self, n: int, mention: Mention) -> Identity:
        """The identity of what refers to a mention of sentence number `n`."""
        return at_most(referring_to(self._resolve(n, mention), n, mention), "article")

    def _paragraph(self, n: int) -> tuple[int, int]:
        """The numbers of the first sentence of a paragraph and of the one after it."""
        sentences = self._sentences
        first = next((k for k in range(n, 0, -1) if sentences[k].segment.para), 0)
        after = (k for k in range(n + 1, len(sentences)) if sentences[k].segment.para)
        return first, next(after, len(sentences))

    def _runs_on(self, first: int) -> bool:
        """Whether the paragraph that begins here continues a quotation left open by the previous one."""
        before, now = self._sentences[first - 1], self._sentences[first].segment.plain.text
        open_before = bool(before.quoted) and before.quoted[-1] and before.segment.plain.text[-1] != "”"
        return open_before and now.startswith("“")

    def both_sides(self, n: int, mention: Mention, states_only: bool = False) -> Identity:
        """The two parties that "both sides" means: those of this passage, or a guess at the article's.

        Someone who speaks about both sides belongs to neither.
        """
        sentence = self._sentences[n]
        words = sentence.parse.words
        # In "both sides said they had agreed", "they" may be both sides.
        they = {m for m in sentence.mentions if m.head > mention.head and words[m.head].lower() in _PLURAL}
        others = [m for m in sentence.mentions if m != mention and m not in they]
        speaking = {self._resolve(n, m).id for m in others if speaks(sentence, m)}
        if (turn := self._speakers.of_turn(n)) is not None:
            speaking.add(turn.id)
        states: list[str] = []
        groups: list[str] = []
        start = sentence.token_span(mention.head)[0] if mention.head >= 0 else 0
        for k in range(n, max(-1, n - _PASSAGE - 1), -1):
            if k < n and (earlier := self._mutual(k)) is not None:
                return earlier
            for name in self._sentences[k].names:
                if name.party.id not in speaking and (k < n or name.end <= start):
                    {"state": states, "group": groups}.get(name.party.kind, []).append(name.party.id)
            if (pair := self._opponents(states, [] if states_only else groups)) is not None:
                return from_article(pair)
        home = None if states_only or not groups else self._parties.home_of(groups[0])
        if home is not None and len(set(groups)) == 1:
            return from_article(joined(home, groups[0]))
        return guessed(self._parties.both_sides(states_only))

    def _mutual(self, k: int) -> Identity | None:
        """Whom "both sides" meant in an earlier sentence of the passage, if it says so."""
        sentence = self._sentences[k]
        for m in sentence.mentions:
            lemmas = {sentence.parse.lemmas[i] for i in range(m.first, m.last + 1)}
            if m.head >= 0 and sentence.parse.lemmas[m.head] in SIDES and MUTUAL & lemmas:
                identity = self._resolve(k, m)
                return identity if identity.evidence == "article" and "+" in identity.id else None
        return None

    def _opponents(self, states: Sequence[str], groups: Sequence[str]) -> str | None:
        """The one pair of opponents among the parties of a passage; None unless there is exactly one."""
        distinct = list(dict.fromkeys(states))
        if len(set(groups)) == 1:
            home = self._parties.home_of(groups[0])
            if home in distinct:
                return joined(home, groups[0])
            return joined(distinct[0], groups[0]) if len(distinct) == 1 else None
        if len(set(groups)) == 2 and not distinct:
            return joined(*groups)
        return joined(*distinct) if len(distinct) == 2 and not groups else None

    def nearest(self, n: int, mention: Mention, fits: Fits) -> Identity | None:
        """The identity of the nearest mention that fits, up to four sentences back; subjects come first."""
        own = self._sentences[n]
        doer = _subject_of(own, mention)
        for k in range(n, max(-1, n - _REACH - 1), -1):
            sentence = self._sentences[k]
            fitting = [
                m
                for m in sentence.mentions
                if m.head >= 0 and (k < n or m.head < mention.head) and m != mention and fits(sentence, m)
            ]
            if k == n:
                fitting = [m for m in fitting if m.head != doer]
            if not own.quoted[mention.head]:
                # The speaker of a quotation is not among those whom it names.
                fitting = [m for m in fitting if not sentence.quoted[m.head]]
            subjects = [m for m in fitting if sentence.parse.deps[m.head] in ("nsubj", "nsubjpass")]
            # In the same sentence the nearest subject, in an earlier one its main subject.
            for m in reversed(subjects) if k == n else subjects:
                identity = self._resolve(k, m)
                if (
                    identity.id != OTHER
                    or sentence.parse.pos[m.head] == "PROPN"
                    or sentence.parse.lemmas[m.head] in PRIVATE
                ):
                    return self._referring(k, m)
            for m in reversed(fitting):
                if self._resolve(k, m).id != OTHER:
                    return self._referring(k, m)
        return None

    def same_noun(self, n: int, mention: Mention, lemma: str) -> Identity | None:
        """The identity of an earlier mention with the same noun.

        "The ministry" after "Iran's foreign ministry", "the spokesman" after "Iranian spokesman Ali Mir".
        """
        for k in range(n, max(-1, n - _NOUN_REACH - 1), -1):
            sentence = self._sentences[k]
            # A sentence without a known name is of no use, and need not be parsed.
            for m in reversed(sentence.mentions) if sentence.names else ():
                if m.head < 0 or (k == n and m.head >= mention.head):
                    continue
                name = sentence.name_at(m.head)
                if name is not None:
                    words = sentence.segment.text[name.start : name.end].lower().split()
                    if len(words) > 1 and words[-1] == lemma:
                        return at_most(from_name(name), "article")
                elif sentence.parse.lemmas[m.head] == lemma and any(
                    sentence.name_at(i) for i in range(m.first, m.last + 1)
                ):
                    return at_most(self._resolve(k, m), "article")
            if k < n and lemma in TITLED:
                for holder in reversed(self._offices(k)):
                    if holder.office == lemma:
                        return holder.identity
        return None

    def recent_group(self, n: int, before: int) -> Identity:
        """The armed group named last before character `before` of sentence `n`; a guess if it is far away."""
        for k in reversed(self._armed[: bisect_right(self._armed, n)]):
            for name in reversed(self._sentences[k].names):
                if name.party.kind == "group" and (k < n or name.end <= before):
                    return from_article(name.party.id) if n - k <= _REACH else guessed(name.party.id)
        return guessed(self._parties.main_group())


def speaks(sentence: AnalysedSentence, mention: Mention) -> bool:
    """Whether a mention is the subject of a verb of saying, or what follows "according to"."""
    parse, head = sentence.parse, mention.head
    if head < 0:
        return False
    above = parse.heads[head]
    if parse.deps[head] == "pobj" and parse.lemmas[above] == "to":
        return parse.words[parse.heads[above]].lower() == "according"
    return parse.deps[head] == "nsubj" and parse.lemmas[above] in REPORTING


def _subject_of(sentence: AnalysedSentence, mention: Mention) -> int | None:
    """The subject of the verb whose object a pronoun is: in "Kerry called him", "him" is not Kerry."""
    parse, head = sentence.parse, mention.head
    if mention.kind != "pronoun" or head < 0 or parse.deps[head] not in ("dobj", "dative", "pobj"):
        return None
    if parse.words[head].lower().endswith(("self", "selves")):
        return None
    verb = parse.heads[head]
    if parse.deps[head] == "pobj":
        verb = parse.heads[verb]
    # "Obama called Putin, urging him": the participle has the subject of the verb above.
    for _ in range(2):
        subject = next((i for i in parse.children[verb] if parse.deps[i] in ("nsubj", "nsubjpass")), None)
        if subject is not None or parse.deps[verb] not in ("advcl", "conj") or parse.tags[verb] == "VB":
            return subject
        verb = parse.heads[verb]
    return None


def _is_person(sentence: AnalysedSentence, mention: Mention) -> bool:
    parse, head = sentence.parse, mention.head
    if mention.kind == "pronoun":
        return parse.words[head].lower() in _SINGULAR
    if mention.kind == "name":
        # "the Gulf of Mexico", "the Morning Courier" and "BBC" are not persons.
        inside = any(sentence.name_at(i) for i in range(mention.first, mention.last + 1))
        if parse.words[head].lower() in TITLED:
            return True
        article = range(max(0, mention.first - 1), mention.first + 1)
        thing = any(parse.lemmas[i] in ("the", "a", "an") for i in article) or (
            mention.first == mention.last and parse.words[head].isupper() and len(parse.words[head]) > 1
        )
        return not inside and not thing and parse.words[head].lower() not in OFFICES
    return mention.kind == "noun" and parse.tags[head] == "NN" and parse.lemmas[head] in _PERSONS


def _is_body(sentence: AnalysedSentence, mention: Mention) -> bool:
    parse, head = sentence.parse, mention.head
    name = sentence.name_at(head)
    if name is not None:
        return mention.kind != "adjective" and name.form in ("name", "place")
    return mention.kind == "noun" and parse.tags[head] == "NN" and parse.lemmas[head] in GOVERNMENT | REBEL


def _is_plural(sentence: AnalysedSentence, mention: Mention) -> bool:
    if sentence.parse.tags[mention.head] in ("NNS", "NNPS"):
        return True
    name = sentence.name_at(mention.head)
    return name is not None and name.form in ("people", "name") and name.party.kind != "organisation"
