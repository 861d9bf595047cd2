"""What pronouns, repeated nouns and quotations refer to: an earlier mention, or whoever speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..schema import OTHER
from ..text.analysis import AnalysedSentence
from ..text.mentions import Mention
from .nouns import GOVERNMENT, PRIVATE, REBEL, REPORTING, TITLED
from .parties import ArticleParties
from .persons import OfficeHolder

# The identity of a mention of the sentence with this number.
Resolve = Callable[[int, Mention], str]
Fits = Callable[[AnalysedSentence, Mention], bool]

_FIRST = frozenset({"i", "we", "us", "our", "my", "me", "ourselves"})
_SINGULAR = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
_NEUTER = frozenset({"it", "its", "itself"})
_PLURAL = frozenset({"they", "them", "their", "themselves"})
# Nouns that "he" and "she" may refer to.
_PERSONS = TITLED | (PRIVATE - {"group", "agency", "organisation", "organization", "charity"})
# How many sentences back an antecedent, the same noun, and the speaker of a quotation are looked for.
_REACH, _NOUN_REACH, _SPEAKER_REACH = 4, 11, 4


class References:
    """Resolves the references of one article.

    Args:
        sentences: all sentences of the article.
        parties: the parties that it names.
        offices: the offices that it gives to persons.
        resolve: the identity of any other mention.
    """

    def __init__(
        self,
        sentences: Sequence[AnalysedSentence],
        parties: ArticleParties,
        offices: Sequence[OfficeHolder],
        resolve: Resolve,
    ) -> None:
        self._sentences, self._parties, self._offices = sentences, parties, offices
        self._resolve = resolve

    def pronoun(self, n: int, mention: Mention) -> str:
        """The identity of a pronoun of sentence number `n`; `OTHER` where nothing fits."""
        sentence = self._sentences[n]
        parse, word = sentence.parse, sentence.parse.words[mention.head].lower()
        if parse.tags[mention.head] in ("WP", "WDT"):
            noun = parse.heads[parse.heads[mention.head]]
            antecedent = next((m for m in sentence.mentions if m.head == noun), None)
            return self._resolve(n, antecedent) if antecedent is not None else OTHER
        if word in _FIRST:
            return self.speaker(n)
        for words, fits in ((_SINGULAR, _is_person), (_NEUTER, _is_body), (_PLURAL, _is_plural)):
            if word in words:
                return self.nearest(n, mention, fits) or OTHER
        if word in ("both", "each", "neither", "all"):
            return self._parties.both_sides()
        return OTHER

    def speaker(self, n: int) -> str:
        """Who speaks in sentence number `n`, which is quoted: the nearest subject of a verb of saying.

        The search covers this sentence, those before and after it in its paragraph, four before that, and
        the next one.
        """
        sentences = self._sentences
        first = next((k for k in range(n, 0, -1) if sentences[k].segment.para), 0)
        after = (k for k in range(n + 1, len(sentences)) if sentences[k].segment.para)
        end = next(after, len(sentences))
        paragraph = [*range(n, first - 1, -1), *range(n + 1, end)]
        earlier = range(first - 1, max(-1, n - _SPEAKER_REACH - 1), -1)
        for k in [*paragraph, *earlier, n + 1]:
            if k >= len(sentences):
                continue
            for m in sentences[k].mentions:
                if speaks(sentences[k], m) and not sentences[k].quoted[m.head]:
                    return self._resolve(k, m)
        return OTHER

    def nearest(self, n: int, mention: Mention, fits: Fits) -> str | None:
        """The identity of the nearest mention that fits, up to four sentences back; subjects come first."""
        for k in range(n, max(-1, n - _REACH - 1), -1):
            sentence = self._sentences[k]
            fitting = [
                m
                for m in sentence.mentions
                if m.head >= 0 and (k < n or m.head < mention.head) and m != mention and fits(sentence, m)
            ]
            subjects = [m for m in fitting if sentence.parse.deps[m.head] in ("nsubj", "nsubjpass")]
            # In the same sentence the nearest subject, in an earlier one its main subject.
            for m in reversed(subjects) if k == n else subjects:
                identity = self._resolve(k, m)
                if (
                    identity != OTHER
                    or sentence.parse.pos[m.head] == "PROPN"
                    or sentence.parse.lemmas[m.head] in PRIVATE
                ):
                    return identity
            for m in reversed(fitting):
                if (identity := self._resolve(k, m)) != OTHER:
                    return identity
        return None

    def same_noun(self, n: int, mention: Mention, lemma: str) -> str | None:
        """The identity of an earlier mention with the same noun.

        "The ministry" after "Iran's foreign ministry", "the spokesman" after "Iranian spokesman Ali Mir".
        """
        for k in range(n, max(-1, n - _NOUN_REACH - 1), -1):
            sentence = self._sentences[k]
            for m in reversed(sentence.mentions):
                if m.head < 0 or (k == n and m.head >= mention.head):
                    continue
                name = sentence.name_at(m.head)
                if name is not None:
                    words = sentence.segment.text[name.start : name.end].lower().split()
                    if len(words) > 1 and words[-1] == lemma:
                        return name.party.id
                elif sentence.parse.lemmas[m.head] == lemma and any(
                    sentence.name_at(i) for i in range(m.first, m.last + 1)
                ):
                    return self._resolve(k, m)
            for holder in reversed(self._offices):
                if holder.sentence == k < n and holder.office == lemma:
                    return holder.identity
        return None

    def recent_group(self, n: int, before: int) -> str | None:
        """The armed group named last before character `before` of sentence `n`, else the main one."""
        for k in range(n, -1, -1):
            for name in reversed(self._sentences[k].names):
                if name.party.kind == "group" and (k < n or name.end <= before):
                    return name.party.id
        return self._parties.main_group()


def speaks(sentence: AnalysedSentence, mention: Mention) -> bool:
    """Whether a mention is the subject of a verb of saying."""
    parse, head = sentence.parse, mention.head
    return head >= 0 and parse.deps[head] == "nsubj" and parse.lemmas[parse.heads[head]] in REPORTING


def _is_person(sentence: AnalysedSentence, mention: Mention) -> bool:
    parse, head = sentence.parse, mention.head
    if mention.kind == "pronoun":
        return parse.words[head].lower() in _SINGULAR
    if mention.kind == "name":
        return sentence.name_at(head) is None
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
