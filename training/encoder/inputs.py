"""The input of an encoder: token ids of windows of sentences, and the tokens of each mention."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from ...data.codebook import Codebook
from ...data.text.analysis import AnalysedSentence
from ...data.text.masking import Masked, renamed
from ..classifier import Floats, Scores
from .windows import greatest_lengths, name_orders, pack, runs

KINDS = ("noun", "name", "pronoun", "adjective", "speaker")
MAX_TOKENS = 192
# Markers around the actor and the target of a known pair. They are punctuation, which every vocabulary has
# (Zhou and Chen 2022, "An improved baseline for sentence-level relation extraction", AACL).
MARKS = ("@", "#")
Batch = dict[str, NDArray[np.int64]]


# The inputs of a network by name, see `InputReader.batch`.
INPUTS = ("input_ids", "attention_mask", "first", "last", "kind", "window", "begin", "end")
# The inputs of networks of earlier releases, which read every sentence by itself.
SENTENCE_INPUTS = INPUTS[:5]


def output_sizes(codebook: Codebook) -> tuple[int, int, int]:
    """The numbers of roles, labels and pairs that a network outputs: at least 1 each, as ONNX requires."""
    return (
        max(1, len(codebook.roles)),
        max(1, len(codebook.labels)),
        max(1, sum(s.has_target for s in codebook.stances)),
    )


def _trimmed(roles: Floats, labels: Floats, pairs: Floats, mentions: int, codebook: Codebook) -> Scores:
    """The scores of one sentence without padding and without unused outputs, see `output_sizes`."""
    paired = sum(s.has_target for s in codebook.stances)
    return Scores(
        roles[:mentions, : len(codebook.roles)],
        labels[: len(codebook.labels)],
        pairs[:mentions, :mentions, :paired],
    )


@dataclass(frozen=True, slots=True)
class EncodedSentence:
    """A sentence within the tokens of its window.

    Attributes:
        begin, end: its first and last token: the token before it (the beginning of the window, or the
            separator after the previous sentence) and its own separator.
        spans: the first and the last token of each mention. Mentions without tokens (the unnamed speaker, and
            mentions that were truncated) get the token `begin`.
        kinds: the index of each mention's kind in `KINDS`.
    """

    begin: int
    end: int
    spans: list[tuple[int, int]]
    kinds: list[int]


@dataclass(frozen=True, slots=True)
class Encoded:
    """An encoded window: the token ids, and its sentences in order."""

    ids: list[int]
    sentences: list[EncodedSentence]


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


def _token_spans(
    tokens: Encoding, spans: Sequence[tuple[int, int] | None], shift: int
) -> list[tuple[int, int]]:
    """The first and the last token of each span of characters, see `EncodedSentence`.

    Args:
        shift: the number of tokens before this sentence in its window, without the token `begin`.
    """
    inside, starts, ends = _inside(tokens)
    out = []
    for span in spans:
        first, last = (bisect_right(ends, span[0]), bisect_left(starts, span[1]) - 1) if span else (0, -1)
        found = first <= last < len(inside)
        out.append((inside[first] + shift, inside[last] + shift) if found else (shift, shift))
    return out


class InputReader:
    """Encodes analysed sentences, in windows of consecutive ones.

    A window is a sequence of the tokenizer with a separator after each sentence.

    Args:
        tokenizer: the tokenizer of the encoder, with its special tokens.
        marked: whether to put marks around the mentions; for known pairs, which are read one by one.
        window: the maximum number of tokens of a window; 0 reads every sentence by itself.
    """

    def __init__(self, tokenizer: Tokenizer, marked: bool = False, window: int = 0) -> None:
        self.tokenizer, self.marked, self.window = tokenizer, marked, 0 if marked else window
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.padding = self._first_of("[PAD]", "<pad>", otherwise=0)
        # The token that replaces hidden words.
        self.mask = self._first_of("[MASK]", "<mask>", "[UNK]", "<unk>", otherwise=self.padding)

    def _first_of(self, *tokens: str, otherwise: int) -> int:
        return next((n for n in map(self.tokenizer.token_to_id, tokens) if n is not None), otherwise)

    def windows(self, sentences: Sequence[AnalysedSentence]) -> list[list[int]]:
        """The indices of the sentences of each window, in order."""
        if not self.window:
            return [[n] for n in range(len(sentences))]
        lengths = greatest_lengths(sentences, self.tokenizer)
        return [w for run in runs(sentences) for w in pack(run, lengths, self.window - 1)]

    def read(
        self,
        sentences: Sequence[AnalysedSentence],
        windows: Sequence[Sequence[int]] | None = None,
        permutations: Sequence[Sequence[int] | None] | None = None,
    ) -> list[Encoded]:
        """Encode sentences.

        Args:
            windows: as `windows` returns them, the default.
            permutations: for each window a permutation of the placeholders for names, see `name_orders`; None
                leaves them in the order in which they appear.

        Returns:
            One encoded window per window.
        """
        windows = self.windows(sentences) if windows is None else windows
        texts, spans = [], []
        for window, permutation in zip(windows, permutations or [None] * len(windows), strict=True):
            inside = [sentences[n] for n in window]
            for sentence, order in zip(inside, name_orders(inside, permutation), strict=True):
                text, mentions = self._text(sentence, order)
                texts.append(text)
                spans.append(mentions)
        rows = iter(zip(self.tokenizer.encode_batch(texts), spans, strict=True))
        return [self._joined([(sentences[n], *next(rows)) for n in window]) for window in windows]

    def _text(
        self, sentence: AnalysedSentence, order: Sequence[int]
    ) -> tuple[str, list[tuple[int, int] | None]]:
        """The text to encode, and the span of each mention in it."""
        text, mentions = sentence.masked.text, _mention_spans(sentence)
        # Not `sorted(order)`: an order may repeat a placeholder, see `name_orders`.
        if list(order) != list(range(len(order))):
            text, mentions = renamed(Masked(text, sentence.masked.cuts), mentions, order)
        if self.marked:
            text, move = _marked(text, mentions)
            mentions = [move(s) if s else None for s in mentions]
        return text, mentions

    def _joined(
        self, rows: Sequence[tuple[AnalysedSentence, Encoding, Sequence[tuple[int, int] | None]]]
    ) -> Encoded:
        """One window of encoded sentences: the first special token of all but the first one is left out."""
        ids: list[int] = []
        inside = []
        for sentence, tokens, mentions in rows:
            begin = max(0, len(ids) - 1)
            ids += tokens.ids[1:] if ids else tokens.ids
            kinds = [KINDS.index(m.kind) for m in sentence.mentions]
            spans = _token_spans(tokens, mentions, begin)
            inside.append(EncodedSentence(begin, len(ids) - 1, spans, kinds))
        return Encoded(ids, inside)

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
            `input_ids` and `attention_mask` (windows x tokens); `first`, `last` and `kind` (sentences x
            mentions); `window`, `begin` and `end` (sentences): the window of each sentence and its tokens.
        """
        rows = [(n, s) for n, e in enumerate(encoded) for s in e.sentences]
        tokens, mentions = max(len(e.ids) for e in encoded), max(1, *(len(s.spans) for _, s in rows))
        ids = np.full((len(encoded), tokens), self.padding, dtype=np.int64)
        attention = np.zeros_like(ids)
        for n, e in enumerate(encoded):
            ids[n, : len(e.ids)], attention[n, : len(e.ids)] = e.ids, 1
        first, last, kind = np.zeros((3, len(rows), mentions), dtype=np.int64)
        for n, (_, s) in enumerate(rows):
            for m, (span, k) in enumerate(zip(s.spans, s.kinds, strict=True)):
                first[n, m], last[n, m], kind[n, m] = *span, k
        window, begin, end = (
            np.array(x, dtype=np.int64) for x in zip(*((n, s.begin, s.end) for n, s in rows), strict=True)
        )
        return dict(zip(INPUTS, (ids, attention, first, last, kind, window, begin, end), strict=True))


def by_length(encoded: Sequence[Encoded], tokens: int) -> Iterator[list[int]]:
    """Batches (of indices) of windows with similar length, so that there is little padding.

    Args:
        tokens: the maximum number of tokens in a batch, including padding; a longer window is a batch of its
            own.
    """
    batch: list[int] = []
    for n in sorted(range(len(encoded)), key=lambda n: len(encoded[n].ids)):
        if batch and len(encoded[n].ids) * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        batch.append(n)
    if batch:
        yield batch


def score_batches(
    encoded: Sequence[Encoded],
    tokens: int,
    codebook: Codebook,
    run: Callable[[list[Encoded]], Sequence[NDArray[Any]]],
) -> list[Scores]:
    """Score the sentences of encoded windows, in their order.

    Args:
        tokens: the maximum number of tokens in a batch, see `by_length`.
        codebook: the label set of the network.
        run: the roles, labels and pairs of a batch, see `Network.forward`.
    """
    out: list[list[Scores]] = [[] for _ in encoded]
    for indices in by_length(encoded, tokens):
        roles, labels, pairs = (x.astype(np.float64) for x in run([encoded[n] for n in indices]))
        rows = zip(roles, labels, pairs, strict=True)
        for n in indices:
            out[n] = [_trimmed(*next(rows), len(s.spans), codebook) for s in encoded[n].sentences]
    return [s for scores in out for s in scores]
