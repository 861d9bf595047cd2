"""Windows: consecutive sentences of an article that an encoder reads together, so that each has its context.

Every sentence is in exactly one window, so that scoring windows costs little more than scoring sentences.
Training does cost more if `negative_rate` is below 1: a window is left out only if none of its sentences has
a statement or label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ...data.text.analysis import AnalysedSentence
from ...data.text.masking import BODY
from ...data.text.masking import STATE as STAND_INS

# Windows are sorted by length within random groups of this many batches, which reduces padding.
SORTED_TOGETHER = 32
# Between consecutive sentences of an article there is white space, perhaps a heading or caption.
_MAX_GAP = 400


def runs(sentences: Sequence[AnalysedSentence]) -> list[list[int]]:
    """Indices of sentences that follow one another in an article, run by run.

    A new run begins at a sentence that does not follow the previous one in its text: at a new article, or
    after sentences that were left out.
    """
    out: list[list[int]] = []
    for n, sentence in enumerate(sentences):
        gap = sentence.segment.start - sentences[n - 1].segment.end if n else -1
        if not 0 <= gap <= _MAX_GAP or sentence.after_unread:
            out.append([])
        out[-1].append(n)
    return out


def _packed(indices: Sequence[int], lengths: Sequence[int], limit: int) -> list[list[int]]:
    out: list[list[int]] = []
    used = 0
    for n in indices:
        if not out or used + lengths[n] > limit:
            out.append([])
            used = 0
        out[-1].append(n)
        used += lengths[n]
    return out


def pack(run: Sequence[int], lengths: Sequence[int], limit: int) -> list[list[int]]:
    """Divide a run into as few windows as possible, of about the same length.

    Args:
        run: indices of consecutive sentences.
        lengths: for each sentence its number of tokens, with its separator.
        limit: the maximum number of tokens of a window; a longer sentence is a window of its own.
    """
    fewest = _packed(run, lengths, limit)
    total = sum(lengths[n] for n in run)
    for even in range(-(-total // len(fewest)), limit, 8):
        if len(windows := _packed(run, lengths, even)) == len(fewest):
            return windows
    return fewest


def greatest_lengths(sentences: Sequence[AnalysedSentence], tokenizer: Tokenizer) -> list[int]:
    """The number of tokens of each sentence, with its separator, if every placeholder is the longest one.

    Some placeholders have more tokens than others. A window that is renamed must not become too long: an
    encoder cannot read more tokens than it has positions.
    """
    longer: dict[str, int] = {}
    for form in (*zip(*STAND_INS, strict=True), BODY):
        sizes = [len(t.ids) for t in tokenizer.encode_batch([f" {word}" for word in form])]
        longer |= {word: max(sizes) - size for word, size in zip(form, sizes, strict=True)}
    out, encoded = [], tokenizer.encode_batch([s.masked.text for s in sentences])
    for sentence, tokens in zip(sentences, encoded, strict=True):
        text, cuts = sentence.masked.text, sentence.masked.cuts
        names = (text[cut.masked_start : cut.masked_end] for cut in cuts)
        out.append(len(tokens.ids) - 1 + sum(longer.get(name, 0) for name in names))
    return out


def name_orders(
    sentences: Iterable[AnalysedSentence], permutation: Sequence[int] | None = None
) -> list[list[int]]:
    """For each sentence of a window the order of its placeholders, so that a party has the same one in all.

    If a window names more parties than there are placeholders, some share one, but not in the same sentence.

    Args:
        permutation: of the indices of `masking.STATE`; None keeps the order in which the parties appear.

    Returns:
        Orders as `masking.renamed` takes them.
    """
    size = len(STAND_INS)
    permutation = permutation or range(size)
    in_window: dict[str, int] = {}
    out = []
    for sentence in sentences:
        order = list(permutation)
        free = list(range(size))
        for n, party in enumerate(dict.fromkeys(name.party.id for name in sentence.names)):
            at = in_window.setdefault(party, len(in_window)) % size
            if free:
                at = at if at in free else free[0]
                free.remove(at)
                order[n] = permutation[at]
        out.append(order)
    return out


def sampled_batches(
    windows: Sequence[Sequence[int]],
    lengths: Sequence[int],
    negative: NDArray[np.bool_],
    negative_rate: float,
    batch_size: int,
    rng: np.random.Generator,
) -> list[list[int]]:
    """The batches of one epoch, in random order: indices of windows.

    Args:
        windows: the indices of the sentences of each window.
        lengths: the length of each window; those of a batch have about the same.
        negative: windows of which only a random part is read.
        negative_rate: that part, in (0, 1].
        batch_size: sentences per batch; about this many if windows have several.
        rng: the only source of randomness.
    """
    kept = np.flatnonzero(~negative | (rng.random(len(negative)) < negative_rate))
    rng.shuffle(kept)
    sentences = sum(map(len, windows))
    together = SORTED_TOGETHER * max(1, round(batch_size * len(windows) / max(1, sentences)))
    batches: list[list[int]] = []
    for i in range(0, len(kept), together):
        group = sorted(kept[i : i + together].tolist(), key=lengths.__getitem__)
        batches += _filled(group, windows, batch_size)
    rng.shuffle(batches)
    return batches


def _filled(indices: Sequence[int], windows: Sequence[Sequence[int]], batch_size: int) -> list[list[int]]:
    """Divide windows, in their order, into batches of about `batch_size` sentences.

    Not into batches of the same number of windows: the loss of a step is a mean, so the sentences of a batch
    with few of them would count more than others.
    """
    out: list[list[int]] = []
    held = 0
    for n in indices:
        more = len(windows[n])
        if not out or 2 * held + more > 2 * batch_size:  # closer to `batch_size` without it
            out.append([])
            held = 0
        out[-1].append(n)
        held += more
    return out


def random_permutations(windows: int, rng: np.random.Generator) -> list[list[int] | None]:
    """For each window a permutation of the placeholders for names."""
    return [rng.permutation(len(STAND_INS)).tolist() for _ in range(windows)]
