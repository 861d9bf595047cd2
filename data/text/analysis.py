"""The analysis that training and scoring share: names, parse and candidate mentions of each sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from .capitals import is_shouted, sentence_case
from .gazetteer import Gazetteer, Name
from .handles import named_by_handle
from .masking import Masked, mask
from .mentions import Mention, find_mentions
from .normalisation import NormalisedText
from .parse import Parse
from .predicates import Predicate, predicates
from .quotations import is_quoted, quoted_ranges, wholly_quoted
from .segmentation.sentences import Segment
from .spacy_parser import ParseCache, parse_sentences


@dataclass(frozen=True, slots=True)
class AnalysedSentence:
    """A sentence with its known names, parse and candidate mentions.

    Attributes:
        segment: the sentence in its article.
        names: the names of known parties in it, in characters of the sentence as it was read.
        masked: its normalised text with these names replaced by placeholders, and the mapping back.
        parse: the parse of the masked text.
        mentions: the candidates, in order of their heads; the unnamed speaker last.
        quoted: for each token, whether it is within a quotation or in a speaker's turn.
        speaker: the known party named before its turn or post.
        after_unread: whether the sentence before it in the article is not read, see `UnparsedSentence`.
    """

    segment: Segment
    names: tuple[Name, ...]
    masked: Masked
    parse: Parse
    mentions: tuple[Mention, ...]
    quoted: tuple[bool, ...]
    speaker: Name | None = None
    after_unread: bool = False
    # Filled by `predicates`: features, pairing and decoding ask for the same ones many times.
    _predicates: dict[int, tuple[Predicate, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def predicates(self, mention: Mention) -> tuple[Predicate, ...]:
        """The predicates that a mention is an argument of, nearest first; none for the unnamed speaker."""
        if mention.head < 0:
            return ()
        if mention.head not in self._predicates:
            self._predicates[mention.head] = predicates(self.parse, mention.head)
        return self._predicates[mention.head]

    def span(self, mention: Mention) -> tuple[int, int] | None:
        """Characters of the mention in the original sentence; None for the unnamed speaker."""
        if mention.head < 0:
            return None
        start, end = self.masked.original(self.parse.starts[mention.first], self.parse.end(mention.last))
        # A possessive mark attached to a name, or a quotation mark, is not part of the phrase.
        plain = self.segment.plain
        while end > start and plain.text[end - 1] in "'’\"”":
            end -= 1
        return plain.to_original(start, end)

    def token_span(self, i: int) -> tuple[int, int]:
        """Characters of token `i` in the original sentence."""
        return self.segment.plain.to_original(*self.masked.original(self.parse.starts[i], self.parse.end(i)))

    def name_at(self, i: int) -> Name | None:
        """The known name that token `i` is part of; None if there is none."""
        start, end = self.token_span(i)
        return next((n for n in self.names if n.start < end and start < n.end), None)


class UnparsedSentence(AnalysedSentence):
    """A sentence that is parsed only when its parse, mentions or quoted tokens are needed.

    A gate decides which sentences are read at all; of the others, only those that tell who a party of a
    statement is are parsed.

    Args:
        prepared: what is known of the sentence without a parse.
        cached: where its parse is looked up and added.
    """

    __slots__ = ("_cached", "_parsed", "_prepared")
    # Comparing the fields of the base class would parse the sentence.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    _prepared: PreparedSentence
    _cached: ParseCache | None
    _parsed: AnalysedSentence | None

    def __init__(self, prepared: PreparedSentence, cached: ParseCache | None) -> None:
        values = {
            "segment": prepared.segment,
            "names": tuple(_in_original(n, prepared.plain) for n in prepared.names),
            "masked": prepared.masked,
            "speaker": prepared.speaker,
            "after_unread": False,
            "_predicates": {},
            "_prepared": prepared,
            "_cached": cached,
            "_parsed": None,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def parsed(self) -> AnalysedSentence:
        """The sentence with its parse."""
        if self._parsed is None:
            self.parse_together([self])
        assert self._parsed is not None
        return self._parsed

    @staticmethod
    def parse_together(sentences: Iterable[AnalysedSentence]) -> None:
        """Parse those of the sentences that are not parsed yet, which is faster than one by one."""
        missing = [s for s in sentences if isinstance(s, UnparsedSentence) and s._parsed is None]
        if missing:
            parses = parse_sentences([s.masked.text for s in missing], missing[0]._cached)
            for sentence, parse in zip(missing, parses, strict=True):
                object.__setattr__(sentence, "_parsed", _analysed(sentence._prepared, parse))

    @property
    def parse(self) -> Parse:
        """See `AnalysedSentence`."""
        return self.parsed().parse

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """See `AnalysedSentence`."""
        return self.parsed().mentions

    @property
    def quoted(self) -> tuple[bool, ...]:
        """See `AnalysedSentence`."""
        return self.parsed().quoted


def _quoted_tokens(parse: Parse, masked: Masked, ranges: Sequence[tuple[int, int]]) -> tuple[bool, ...]:
    """Whether each token is in a quotation of its sentence; an opening mark is, a closing one is not."""
    if not ranges:
        return (False,) * len(parse)
    return tuple(is_quoted(ranges, masked.original(a, parse.end(i))[0]) for i, a in enumerate(parse.starts))


def _spoken(segment: Segment, gazetteer: Gazetteer) -> NormalisedText:
    """The sentence's normalised text in one line, with normal capitalisation if it is all in capitals."""
    plain = replace(segment.plain, text=segment.plain.text.replace("\n", " "))
    if not is_shouted(plain.text[segment.lead :]):
        return plain
    return replace(
        plain, text=plain.text[: segment.lead] + sentence_case(plain.text[segment.lead :], gazetteer)
    )


def _names(plain: NormalisedText, lead: int, gazetteer: Gazetteer) -> list[Name]:
    """The names of a sentence, as they are in its normalised text; without those of its lead."""
    found = gazetteer.find(plain.text)
    found += named_by_handle(plain.text, gazetteer, found)
    return sorted((n for n in found if n.start >= lead), key=lambda n: n.start)


def _in_original(name: Name, plain: NormalisedText) -> Name:
    start, end = plain.to_original(name.start, name.end)
    return replace(name, start=start, end=end)


# "Demands that …", "Strongly condemns …": a numbered clause whose subject is the body that adopts it.
_CLAUSE_VERB = re.compile(r"(?:(?:Strongly|Also|Further|Again|Urgently|Once again|Deeply) )*[A-Za-z]+s\b")


def _is_unnamed(segment: Segment, plain: NormalisedText, ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether a sentence does not name who speaks: all quoted, in a turn or post, or a numbered clause."""
    if segment.speaker is not None or wholly_quoted(plain.text, ranges):
        return True
    return segment.block == "clause" and _CLAUSE_VERB.match(plain.text) is not None


def _speaker(segment: Segment, gazetteer: Gazetteer) -> Name | None:
    """The known party in the name before a turn or post: "@SomaliMFA", "MR. OKAFOR (Nigeria)"."""
    if segment.speaker is None:
        return None
    label = segment.speaker
    found = gazetteer.find(sentence_case(label, gazetteer) if label.isupper() else label)
    found += named_by_handle(label, gazetteer, found)
    return min(found, key=lambda n: n.start, default=None)


@dataclass(frozen=True, slots=True)
class PreparedSentence:
    """What is known of a sentence without a parse.

    Attributes:
        segment: the sentence in its article.
        plain: its text as it is spoken: normalised, in one line, in normal capitals.
        names: the names of known parties in it, in characters of `plain`.
        masked: the text with these names replaced by placeholders.
        is_silent: whether nothing is left of it without its lead.
        speaker: the known party named before its turn or post.
    """

    segment: Segment
    plain: NormalisedText
    names: tuple[Name, ...]
    masked: Masked
    is_silent: bool
    speaker: Name | None


def _analysed(prepared: PreparedSentence, parse: Parse) -> AnalysedSentence:
    """Combine what is known about one sentence; a silent one has no candidates."""
    segment, plain, masked = prepared.segment, prepared.plain, prepared.masked
    starts = {n.start for n in prepared.names}
    spans = [
        (c.masked_start, c.masked_end)
        for c in masked.cuts
        if c.start in starts and c.masked_start < c.masked_end
    ]
    ranges = quoted_ranges(plain.text, segment.quoted)
    unnamed = _is_unnamed(segment, plain, ranges)
    if segment.speaker is not None:  # everything in a turn is said by its speaker
        ranges = [(0, len(plain.text))]
    return AnalysedSentence(
        segment,
        tuple(_in_original(n, plain) for n in prepared.names),
        masked,
        parse,
        () if prepared.is_silent else tuple(find_mentions(parse, spans, unnamed)),
        _quoted_tokens(parse, masked, ranges),
        prepared.speaker,
    )


def prepare(segments: Sequence[Segment], gazetteer: Gazetteer) -> list[PreparedSentence]:
    """Find the known names of sentences and mask them, which needs no parse."""
    out = []
    for segment in segments:
        plain = _spoken(segment, gazetteer)
        is_silent = 0 < len(plain.text) <= segment.lead
        lead = 0 if is_silent else segment.lead
        names = _names(plain, lead, gazetteer)
        masked, speaker = mask(plain.text, names, lead), _speaker(segment, gazetteer)
        out.append(PreparedSentence(segment, plain, tuple(names), masked, is_silent, speaker))
    return out


def analyse_prepared(
    prepared: Sequence[PreparedSentence],
    cached: ParseCache | None = None,
    advance: Callable[[int], None] | None = None,
    read: Sequence[bool] | None = None,
) -> list[AnalysedSentence]:
    """Analyse prepared sentences; for other arguments see `analyse`.

    Args:
        read: whether each sentence is parsed now; the others become an `UnparsedSentence`.
    """
    chosen = [True] * len(prepared) if read is None else read
    texts = [p.masked.text for p, now in zip(prepared, chosen, strict=True) if now]
    parses = iter(parse_sentences(texts, cached, advance))
    if advance and len(texts) < len(prepared):
        advance(len(prepared) - len(texts))
    out: list[AnalysedSentence] = []
    for n, (p, now) in enumerate(zip(prepared, chosen, strict=True)):
        if not now:
            out.append(UnparsedSentence(p, cached))
            continue
        sentence = _analysed(p, next(parses))
        starts_later = n > 0 and prepared[n - 1].segment.start < p.segment.start
        out.append(replace(sentence, after_unread=True) if starts_later and not chosen[n - 1] else sentence)
    return out


def analyse(
    segments: Sequence[Segment],
    gazetteer: Gazetteer,
    cached: ParseCache | None = None,
    advance: Callable[[int], None] | None = None,
) -> list[AnalysedSentence]:
    """Analyse the sentences of an article.

    Args:
        segments: the sentences.
        gazetteer: the known names.
        cached: where parses are looked up and added; without it every sentence is parsed.
        advance: called with the number of sentences done since the last call.

    Returns:
        One analysed sentence per segment, in order.
    """
    return analyse_prepared(prepare(segments, gazetteer), cached, advance)
