"""Name invariance: the fraction of statements that change when parties get other names. It should be 0."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from ...data.schema import Article
from ...data.text.analysis import AnalysedSentence, analyse
from ...data.text.gazetteer import Party
from ...data.text.masking import Masked
from ...data.text.segmentation.sentences import Segment, annotated_segments
from ...data.text.spacy_parser import ParseCache
from ..classifier import Scores
from ..decoding.labeller import Labeller
from .name_swap import draw_swap, swap_names

SWAPS = 20
# What identifies a statement: index of the sentence, stance, and span of the actor in the original sentence.
Key = tuple[int, str, tuple[int, int] | None]


def _statements(
    labeller: Labeller,
    sentences: Sequence[AnalysedSentence],
    scores: Sequence[Scores],
    masks: Sequence[Masked],
) -> set[Key]:
    """The statements of an article; `masks` map its sentences to the original ones."""
    out: set[Key] = set()
    for s in labeller.record(sentences, scores).statements:
        n, actor, span = s.sentence, s.actor, None
        if actor.start is not None and actor.end is not None:
            start = sentences[n].segment.start
            span = masks[n].original(actor.start - start, actor.end - start)
        out.add((n, s.stance, span))
    return out


def _same_input(a: AnalysedSentence, b: AnalysedSentence) -> bool:
    return a.masked.text == b.masked.text and a.mentions == b.mentions and a.quoted == b.quoted


def _swapped(
    sentences: Sequence[AnalysedSentence], swap: Mapping[str, Party]
) -> list[tuple[Segment, Masked]]:
    """The sentences of an article with swapped names, and the mapping of each to its original text."""
    swapped: list[tuple[Segment, Masked]] = []
    for sentence in sentences:
        start = swapped[-1][0].end + 1 if swapped else 0
        swapped.append(swap_names(sentence.segment, sentence.names, swap, start))
    return swapped


def changed_share(
    labeller: Labeller,
    articles: Sequence[Article],
    swaps: int = SWAPS,
    seed: int = 0,
    cached: ParseCache | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> float:
    """The fraction of statements that change when the parties' names are swapped for others.

    Args:
        articles: annotated articles; those that name no state and no armed group are skipped.
        swaps: random swaps per article.
        seed: the same seed gives the same swaps.
        cached: the cache of parses; None parses everything.
        advance: called with 1 after each article.

    Returns:
        The number of statements found only before or only after a swap, divided by the number found before or
        after it, over all swaps; in [0, 1].
    """
    changed = total = 0
    for number, article in enumerate(articles):
        rng = random.Random(f"{seed}-{number}")
        for before, after in _swap_names(labeller, article, swaps, rng, cached):
            changed += len(before ^ after)
            total += len(before | after)
        advance(1)
    return changed / total if total else 0.0


def _swap_names(
    labeller: Labeller, article: Article, swaps: int, rng: random.Random, cached: ParseCache | None
) -> Iterator[tuple[set[Key], set[Key]]]:
    """The statements of an article before and after each swap."""
    segments = annotated_segments(article)
    original = analyse(segments, labeller.gazetteer, cached)
    scores = labeller.classifier.score(original)
    before = _statements(labeller, original, scores, [Masked(s.text, ()) for s in segments])
    for _ in range(swaps):
        swap = draw_swap([n for s in original for n in s.names], labeller.gazetteer, rng)
        if not swap:
            return
        swapped = _swapped(original, swap)
        renamed = analyse([s for s, _ in swapped], labeller.gazetteer, cached)
        # The classifier sees masked text: for the same input it need not be run again.
        same = all(_same_input(a, b) for a, b in zip(original, renamed, strict=True))
        new_scores = scores if same else labeller.classifier.score(renamed)
        yield before, _statements(labeller, renamed, new_scores, [masked for _, masked in swapped])
