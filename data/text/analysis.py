"""The analysis that training and scoring share: names, parse and candidate mentions of each sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .gazetteer import Gazetteer, Name
from .masking import Masked, mask
from .mentions import Mention, find_mentions
from .parse import Parse
from .predicates import Predicate, predicates
from .sentences import Segment
from .spacy_parser import ParseCache, parse_sentences

_QUOTED = re.compile(r"[“”\"«»]")


@dataclass(frozen=True, slots=True)
class AnalysedSentence:
    """A sentence with its known names, parse and candidate mentions.

    Attributes:
        segment: the sentence in its article.
        names: the names of known parties in it.
        masked: its text with these names replaced by placeholders, and the way back.
        parse: the parse of the masked text.
        mentions: the candidates, in order of their heads; the unnamed speaker last.
        quoted: for each token, whether it is within a quotation.
    """

    segment: Segment
    names: tuple[Name, ...]
    masked: Masked
    parse: Parse
    mentions: tuple[Mention, ...]
    quoted: tuple[bool, ...]
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
        text = self.segment.text
        while end > start and text[end - 1] in "'’\"”":
            end -= 1
        return start, end

    def token_span(self, i: int) -> tuple[int, int]:
        """Characters of token `i` in the original sentence."""
        return self.masked.original(self.parse.starts[i], self.parse.end(i))

    def name_at(self, i: int) -> Name | None:
        """The known name that token `i` is part of; None if there is none."""
        start, end = self.token_span(i)
        return next((n for n in self.names if n.start < end and start < n.end), None)


def _is_open(mark: str, before: bool) -> bool:
    """Whether a quotation is open after a quotation mark; a straight one toggles."""
    return mark in "“«" or (mark == '"' and not before)


def _quoted_tokens(parse: Parse, original: Segment) -> tuple[bool, ...]:
    """Whether each token is quoted.

    The masked text has straight quotation marks only; those of the original tell opening from closing ones.
    """
    marks = [m.group() for m in _QUOTED.finditer(original.text)]
    inside, out, k = original.quoted, [], 0
    for word in parse.words:
        for _ in range(word.count('"')):
            inside = _is_open(marks[k] if k < len(marks) else '"', inside)
            k += 1
        out.append(inside)
    return tuple(out)


def _is_all_quoted(segment: Segment) -> bool:
    """Whether the whole sentence is quoted, so that it does not name its speaker."""
    text, inside, outside = segment.text, segment.quoted, []
    for char in text:
        if _QUOTED.match(char):
            inside = _is_open(char, inside)
        elif not inside and char.isalnum():
            outside.append(char)
    return not outside and any(c.isalnum() for c in text)


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
    names = [tuple(gazetteer.find(s.text)) for s in segments]
    masked = [mask(s.text, n) for s, n in zip(segments, names, strict=True)]
    parses = parse_sentences([m.text for m in masked], cached, advance)
    out = []
    for segment, found, hidden, parse in zip(segments, names, masked, parses, strict=True):
        starts = {n.start for n in found}
        spans = [(c.masked_start, c.masked_end) for c in hidden.cuts if c.start in starts]
        mentions = find_mentions(parse, spans, _is_all_quoted(segment))
        out.append(
            AnalysedSentence(segment, found, hidden, parse, tuple(mentions), _quoted_tokens(parse, segment))
        )
    return out
