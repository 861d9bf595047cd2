"""Sentences as an encoder reads them: token numbers, and where each mention stands among them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
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
# Set around what is asked about, where source and target are given: typed markers made of punctuation, which every
# vocabulary has (Zhou and Chen 2022, "An improved baseline for sentence-level relation extraction", AACL).
MARKS = ("@", "#")
Batch = dict[str, NDArray[np.int64]]


def output_sizes(codebook: Codebook) -> tuple[int, int, int]:
    """How many roles, labels and pairs a network gives: one at least of each, as ONNX takes none that is empty."""
    return (
        max(1, len(codebook.roles)),
        max(1, len(codebook.labels)),
        max(1, sum(s.has_target for s in codebook.stances)),
    )


def cut_scores(roles: Floats, labels: Floats, pairs: Floats, mentions: int, codebook: Codebook) -> Scores:
    """The scores of one sentence without padding, and without outputs that stand for nothing."""
    paired = sum(s.has_target for s in codebook.stances)
    return Scores(
        roles[:mentions, : len(codebook.roles)],
        labels[: len(codebook.labels)],
        pairs[:mentions, :mentions, :paired],
    )


@dataclass(frozen=True, slots=True)
class Encoded:
    """One sentence: token numbers, and of each mention the first and last token and its kind. A mention that no token
    stands for (the unnamed speaker; one beyond the cut) is read off the token that begins the sentence, number 0."""

    ids: list[int]
    spans: list[tuple[int, int]]
    kinds: list[int]


def _marked(text: str, spans: Sequence[tuple[int, int] | None]) -> tuple[str, list[tuple[int, int] | None]]:
    """The text with each span between its marks, and where the spans are then."""
    put = sorted(
        (at, order, f"{MARKS[k]} " if order else f" {MARKS[k]} ")
        for k, s in enumerate(spans)
        if s
        for order, at in ((1, s[0]), (0, s[1]))
    )
    parts, at = [], 0
    for place, _, mark in put:
        parts += [text[at:place], mark]
        at = place
    places = [p for p, _, _ in put]
    lengths = np.concatenate([[0], np.cumsum([len(m) for _, _, m in put])])

    def moved(place: int, begins: bool) -> int:
        before = bisect_right(places, place) if begins else bisect_left(places, place)
        return place + int(lengths[before])

    return "".join([*parts, text[at:]]), [
        (moved(s[0], True), moved(s[1], False)) if s else None for s in spans
    ]


def _inside(tokens: Encoding) -> tuple[list[int], list[int], list[int]]:
    """Numbers of the tokens that are not special, and where in the text each begins and ends."""
    inside = [k for k, special in enumerate(tokens.special_tokens_mask) if not special]
    return inside, [tokens.offsets[k][0] for k in inside], [tokens.offsets[k][1] for k in inside]


class InputReader:
    """Turns analysed sentences into token numbers.

    Args:
        tokenizer: of the encoder, its special tokens included.
        marked: whether mentions stand between marks: for sentences whose source and target are given.
    """

    def __init__(self, tokenizer: Tokenizer, marked: bool = False) -> None:
        self.tokenizer, self.marked = tokenizer, marked
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.padding = next((n for n in map(tokenizer.token_to_id, ("[PAD]", "<pad>")) if n is not None), 0)

    def read(
        self, sentences: Sequence[AnalysedSentence], names: Sequence[Sequence[int] | None] | None = None
    ) -> list[Encoded]:
        """Encode sentences.

        Args:
            names: of each sentence an order of the stand-ins for names, see `masking.renamed`; None leaves them.
        """
        texts, spans = [], []
        for sentence, order in zip(sentences, names or [None] * len(sentences), strict=True):
            parse = sentence.parse
            text, found = (
                sentence.masked.text,
                [
                    (parse.starts[m.first], parse.end(m.last)) if m.head >= 0 else None
                    for m in sentence.mentions
                ],
            )
            if order is not None:
                text, found = renamed(Masked(text, sentence.masked.cuts), found, order)
            if self.marked:
                text, found = _marked(text, found)
            texts.append(text)
            spans.append(found)
        encoded = self.tokenizer.encode_batch(texts)
        out = []
        for sentence, tokens, found in zip(sentences, encoded, spans, strict=True):
            inside, starts, ends = _inside(tokens)
            places = []
            for span in found:
                first, last = (
                    (bisect_right(ends, span[0]), bisect_left(starts, span[1]) - 1) if span else (0, -1)
                )
                places.append(
                    (inside[first], inside[last])
                    if first <= last < len(inside) and first < len(inside)
                    else (0, 0)
                )
            out.append(Encoded(tokens.ids, places, [KINDS.index(m.kind) for m in sentence.mentions]))
        return out

    def words(self, sentence: AnalysedSentence) -> list[range]:
        """The tokens of each word of the parse; an empty range for one beyond the cut."""
        tokens = self.tokenizer.encode(sentence.masked.text)
        inside, starts, ends = _inside(tokens)
        out = []
        for i, start in enumerate(sentence.parse.starts):
            first, last = bisect_right(ends, start), bisect_left(starts, sentence.parse.end(i))
            out.append(range(inside[first], inside[last - 1] + 1) if first < last else range(0))
        return out

    def batch(self, encoded: Sequence[Encoded]) -> Batch:
        """Arrays of one batch: `input_ids` and `attention_mask` (sentences x tokens), `first`, `last` and `kind` (sentences x mentions), padded."""
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
    """Numbers of sentences in batches of like length, so that little is padded.

    Args:
        tokens: a batch has at most so many, padding included; a longer sentence stands alone.
    """
    batch: list[int] = []
    for n in sorted(range(len(encoded)), key=lambda n: len(encoded[n].ids)):
        if batch and len(encoded[n].ids) * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        batch.append(n)
    if batch:
        yield batch
