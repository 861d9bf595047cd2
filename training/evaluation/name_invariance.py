"""Name invariance: how many statements change when the parties have other names. None should."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from ...data.schema import Article
from ...data.text.analysis import AnalysedSentence, analyse
from ...data.text.gazetteer import Party
from ...data.text.masking import Masked
from ...data.text.name_swap import draw_swap, swap_names
from ...data.text.sentences import Segment, annotated_segments
from ...data.text.spacy_parser import ParseCache
from ..classifier import Scores
from ..decoding.labeller import Labeller

SWAPS = 20
Key = tuple[int, str, tuple[int, int] | None]


def _statements(
    labeller: Labeller,
    sentences: Sequence[AnalysedSentence],
    scores: Sequence[Scores],
    masks: Sequence[Masked],
) -> set[Key]:
    """Statements by sentence, stance and the actor's span in the original article."""
    record = labeller.record(sentences, scores)
    out: set[Key] = set()
    for s in record.statements:
        n, actor = s.sentence, s.actor
        start = sentences[n].segment.start
        out.add(
            (
                n,
                s.stance,
                masks[n].original(actor.start - start, actor.end - start)
                if actor.start is not None and actor.end is not None
                else None,
            )
        )
    return out


def _same_input(a: AnalysedSentence, b: AnalysedSentence) -> bool:
    return a.masked.text == b.masked.text and a.mentions == b.mentions and a.quoted == b.quoted


def _swapped(
    sentences: Sequence[AnalysedSentence], swap: Mapping[str, Party]
) -> list[tuple[Segment, Masked]]:
    """The sentences of an article with other names, one after another, and the way back to their own text."""
    moved: list[tuple[Segment, Masked]] = []
    for sentence in sentences:
        start = moved[-1][0].end + 1 if moved else 0
        moved.append(swap_names(sentence.segment, sentence.names, swap, start))
    return moved


def changed_share(
    labeller: Labeller,
    articles: Sequence[Article],
    swaps: int = SWAPS,
    seed: int = 0,
    cached: ParseCache | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> float:
    """The share of statements that change when the parties' names are swapped for others.

    Args:
        articles: annotated articles; those that name no state and no armed group are skipped.
        swaps: random swaps per article.
        seed: the same seed gives the same swaps.
        cached: parses of sentences.
        advance: called with 1 after each article.

    Returns:
        Statements found either only before or only after a swap, divided by those found before or after it,
        over all swaps; in [0, 1].
    """
    changed = total = 0
    for number, article in enumerate(articles):
        rng = random.Random(f"{seed}-{number}")
        segments = annotated_segments(article)
        base = analyse(segments, labeller.gazetteer, cached)
        scores = labeller.classifier.score(base)
        before = _statements(labeller, base, scores, [Masked(s.text, ()) for s in segments])
        for _ in range(swaps):
            swap = draw_swap([n for s in base for n in s.names], labeller.gazetteer, rng)
            if not swap:
                break
            moved = _swapped(base, swap)
            other = analyse([s for s, _ in moved], labeller.gazetteer, cached)
            same = all(_same_input(a, b) for a, b in zip(base, other, strict=True))
            after = _statements(
                labeller, other, scores if same else labeller.classifier.score(other), [w for _, w in moved]
            )
            changed += len(before ^ after)
            total += len(before | after)
        advance(1)
    return changed / total if total else 0.0
