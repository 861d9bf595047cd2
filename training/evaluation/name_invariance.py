"""How many statements change when the sides have other names: none should."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from ...data.schema import Article
from ...data.text.analysis import AnalysedSentence, analyse
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
    ways: Sequence[Masked],
) -> set[Key]:
    """Statements by sentence, stance and the actor's place in the article as it is."""
    record = labeller.record(sentences, scores)
    out: set[Key] = set()
    for s in record.statements:
        n, actor = s.sentence, s.actor
        start = sentences[n].segment.start
        out.add(
            (
                n,
                s.stance,
                ways[n].original(actor.start - start, actor.end - start)
                if actor.start is not None and actor.end is not None
                else None,
            )
        )
    return out


def _read_alike(a: AnalysedSentence, b: AnalysedSentence) -> bool:
    return a.masked.text == b.masked.text and a.mentions == b.mentions and a.quoted == b.quoted


def flipped_share(
    labeller: Labeller,
    articles: Sequence[Article],
    swaps: int = SWAPS,
    seed: int = 0,
    cached: ParseCache | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> float:
    """Statements that are there only before or only after a swap, over all that are there before or after; the mean over swaps, in [0, 1].

    Articles that name no state and no armed group count for nothing.
    """
    changed = together = 0
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
            moved: list[tuple[Segment, Masked]] = []
            for sentence in base:
                start = moved[-1][0].end + 1 if moved else 0
                moved.append(swap_names(sentence.segment, sentence.names, swap, start))
            other = analyse([s for s, _ in moved], labeller.gazetteer, cached)
            alike = all(_read_alike(a, b) for a, b in zip(base, other, strict=True))
            after = _statements(
                labeller, other, scores if alike else labeller.classifier.score(other), [w for _, w in moved]
            )
            changed += len(before ^ after)
            together += len(before | after)
        advance(1)
    return changed / together if together else 0.0
