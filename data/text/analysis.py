"""The analysis that training and scoring share: names, parse and candidate mentions of each sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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
    """

    segment: Segment
    names: tuple[Name, ...]
    masked: Masked
    parse: Parse
    mentions: tuple[Mention, ...]
    quoted: tuple[bool, ...]
    speaker: Name | None = None
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


def _analysed(
    segment: Segment,
    plain: NormalisedText,
    names: Sequence[Name],
    masked: Masked,
    parse: Parse,
    is_silent: bool,
    speaker: Name | None,
) -> AnalysedSentence:
    """Combine what is known about one sentence; a silent one has no candidates."""
    starts = {n.start for n in names}
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
        tuple(_in_original(n, plain) for n in names),
        masked,
        parse,
        () if is_silent else tuple(find_mentions(parse, spans, unnamed)),
        _quoted_tokens(parse, masked, ranges),
        speaker,
    )


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
    plains = [_spoken(s, gazetteer) for s in segments]
    silent = [0 < len(p.text) <= s.lead for s, p in zip(segments, plains, strict=True)]
    leads = [0 if quiet else s.lead for s, quiet in zip(segments, silent, strict=True)]
    names = [_names(p, lead, gazetteer) for p, lead in zip(plains, leads, strict=True)]
    masked = [mask(p.text, n, lead) for p, n, lead in zip(plains, names, leads, strict=True)]
    parses = parse_sentences([m.text for m in masked], cached, advance)
    speakers = [_speaker(s, gazetteer) for s in segments]
    return [
        _analysed(*row) for row in zip(segments, plains, names, masked, parses, silent, speakers, strict=True)
    ]
