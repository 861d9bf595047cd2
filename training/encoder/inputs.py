"""The input of an encoder: token ids of sentences, and the tokens of each mention."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from ...data.codebook import Codebook
from ...data.text.analysis import AnalysedSentence
from ...data.text.masking import Masked, renamed
from ..classifier import Floats, Scores

KINDS = ("noun", "name", "pronoun", "adjective", "speaker")
MAX_TOKENS = 192
# Markers around the actor and the target of a known pair. They are punctuation, which every vocabulary has
# (Zhou and Chen 2022, "An improved baseline for sentence-level relation extraction", AACL).
MARKS = ("@", "#")
Batch = dict[str, NDArray[np.int64]]


# The inputs of a network by name, see `InputReader.batch`.
INPUTS = ("input_ids", "attention_mask", "first", "last", "kind")


def output_sizes(codebook: Codebook) -> tuple[int, int, int]:
    """The numbers of roles, labels and pairs that a network outputs: at least 1 each, as ONNX requires."""
    return (
        max(1, len(codebook.roles)),
        max(1, len(codebook.labels)),
        max(1, sum(s.has_target for s in codebook.stances)),
    )


def trim_scores(roles: Floats, labels: Floats, pairs: Floats, mentions: int, codebook: Codebook) -> Scores:
    """The scores of one sentence without padding and without unused outputs, see `output_sizes`."""
    paired = sum(s.has_target for s in codebook.stances)
    return Scores(
        roles[:mentions, : len(codebook.roles)],
        labels[: len(codebook.labels)],
        pairs[:mentions, :mentions, :paired],
    )


@dataclass(frozen=True, slots=True)
class Encoded:
    """An encoded sentence.

    Attributes:
        ids: token ids.
        spans: the first and the last token of each mention. Mentions without tokens (the unnamed speaker, and
            mentions that were truncated) get the first token of the sentence, (0, 0).
        kinds: the index of each mention's kind in `KINDS`.
    """

    ids: list[int]
    spans: list[tuple[int, int]]
    kinds: list[int]


# Maps a span of the original text to the text with marks.
Move = Callable[[tuple[int, int]], tuple[int, int]]


def _marked(text: str, spans: Sequence[tuple[int, int] | None]) -> tuple[str, Move]:
    """The text with marks around each span, and a function that maps spans of the original text to it."""
    inserted = sorted(
        (at, order, f"{MARKS[k]} " if order else f" {MARKS[k]} ")
        for k, s in enumerate(spans)
        if s
        for order, at in ((1, s[0]), (0, s[1]))
    )
    parts, done = [], 0
    for at, _, mark in inserted:
        parts += [text[done:at], mark]
        done = at
    positions = [at for at, _, _ in inserted]
    lengths: list[int] = np.concatenate([[0], np.cumsum([len(m) for *_, m in inserted])]).astype(int).tolist()

    def move(span: tuple[int, int]) -> tuple[int, int]:
        start, end = span
        return start + lengths[bisect_right(positions, start)], end + lengths[bisect_left(positions, end)]

    return "".join([*parts, text[done:]]), move


def _inside(tokens: Encoding) -> tuple[list[int], list[int], list[int]]:
    """The indices of the tokens that are not special, and their start and end offsets in the text."""
    inside = [k for k, special in enumerate(tokens.special_tokens_mask) if not special]
    return inside, [tokens.offsets[k][0] for k in inside], [tokens.offsets[k][1] for k in inside]


def _mention_spans(sentence: AnalysedSentence) -> list[tuple[int, int] | None]:
    """The span of each mention in the masked text, in characters; None for the unnamed speaker."""
    parse = sentence.parse
    return [(parse.starts[m.first], parse.end(m.last)) if m.head >= 0 else None for m in sentence.mentions]


def _token_spans(tokens: Encoding, spans: Sequence[tuple[int, int] | None]) -> list[tuple[int, int]]:
    """The first and the last token of each span of characters, see `Encoded`."""
    inside, starts, ends = _inside(tokens)
    out = []
    for span in spans:
        first, last = (bisect_right(ends, span[0]), bisect_left(starts, span[1]) - 1) if span else (0, -1)
        out.append((inside[first], inside[last]) if first <= last < len(inside) else (0, 0))
    return out


class InputReader:
    """Encodes analysed sentences.

    Args:
        tokenizer: the tokenizer of the encoder, with its special tokens.
        marked: whether to put marks around the mentions; for known pairs.
    """

    def __init__(self, tokenizer: Tokenizer, marked: bool = False) -> None:
        self.tokenizer, self.marked = tokenizer, marked
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.padding = self._first_of("[PAD]", "<pad>", otherwise=0)
        # The token that replaces hidden words.
        self.mask = self._first_of("[MASK]", "<mask>", "[UNK]", "<unk>", otherwise=self.padding)

    def _first_of(self, *tokens: str, otherwise: int) -> int:
        return next((n for n in map(self.tokenizer.token_to_id, tokens) if n is not None), otherwise)

    def read(
        self, sentences: Sequence[AnalysedSentence], names: Sequence[Sequence[int] | None] | None = None
    ) -> list[Encoded]:
        """Encode sentences.

        Args:
            names: for each sentence the order of the placeholders for names, see `masking.renamed`; None
                leaves them unchanged.
        """
        texts, spans = [], []
        for sentence, order in zip(sentences, names or [None] * len(sentences), strict=True):
            text, mentions = sentence.masked.text, _mention_spans(sentence)
            if order is not None:
                text, mentions = renamed(Masked(text, sentence.masked.cuts), mentions, order)
            if self.marked:
                text, move = _marked(text, mentions)
                mentions = [move(s) if s else None for s in mentions]
            texts.append(text)
            spans.append(mentions)
        encoded = self.tokenizer.encode_batch(texts)
        out = []
        for sentence, tokens, mentions in zip(sentences, encoded, spans, strict=True):
            token_spans = _token_spans(tokens, mentions)
            out.append(Encoded(tokens.ids, token_spans, [KINDS.index(m.kind) for m in sentence.mentions]))
        return out

    def words(self, sentence: AnalysedSentence) -> list[range]:
        """The tokens of each word of the parse; an empty range for words that were truncated."""
        text, parse = sentence.masked.text, sentence.parse
        spans = [(start, parse.end(i)) for i, start in enumerate(parse.starts)]
        if self.marked:
            text, move = _marked(text, _mention_spans(sentence))
            spans = [move(s) for s in spans]
        inside, starts, ends = _inside(self.tokenizer.encode(text))
        out = []
        for start, end in spans:
            first, last = bisect_right(ends, start), bisect_left(starts, end)
            out.append(range(inside[first], inside[last - 1] + 1) if first < last else range(0))
        return out

    def batch(self, encoded: Sequence[Encoded]) -> Batch:
        """Padded arrays of a batch.

        Returns:
            `input_ids` and `attention_mask` (sentences x tokens); `first`, `last` and `kind` (sentences x
            mentions).
        """
        tokens, mentions = max(len(e.ids) for e in encoded), max(1, *(len(e.spans) for e in encoded))
        ids = np.full((len(encoded), tokens), self.padding, dtype=np.int64)
        attention, (first, last, kind) = (
            np.zeros_like(ids),
            np.zeros((3, len(encoded), mentions), dtype=np.int64),
        )
        for n, e in enumerate(encoded):
            ids[n, : len(e.ids)], attention[n, : len(e.ids)] = e.ids, 1
            for m, (span, k) in enumerate(zip(e.spans, e.kinds, strict=True)):
                first[n, m], last[n, m], kind[n, m] = *span, k
        return {"input_ids": ids, "attention_mask": attention, "first": first, "last": last, "kind": kind}


def by_length(encoded: Sequence[Encoded], tokens: int) -> Iterator[list[int]]:
    """Batches (of indices) of sentences with similar length, so that there is little padding.

    Args:
        tokens: the maximum number of tokens in a batch, including padding; a longer sentence is a batch of
            its own.
    """
    batch: list[int] = []
    for n in sorted(range(len(encoded)), key=lambda n: len(encoded[n].ids)):
        if batch and len(encoded[n].ids) * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        batch.append(n)
    if batch:
        yield batch
