"""Annotated articles, analysed: what a classifier is trained and measured on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.codebook import Codebook
from ...data.schema import Article, Sentence
from ...data.text.analysis import AnalysedSentence, analyse
from ...data.text.gazetteer import Gazetteer
from ...data.text.sentences import annotated_segments
from ...data.text.spacy_parser import ParseCache
from .alignment import RoleTargets, candidate_recall, role_targets

# With fewer conflicts, holding one out would take most of the variety away.
MIN_CONFLICTS = 5


@dataclass(slots=True)
class Analysed:
    """Annotated articles with their analyses, sentence by sentence.

    Attributes:
        gold, sentences, targets: one per sentence.
        article_of: the index of each sentence's article.
    """

    articles: list[Article]
    gold: list[Sentence]
    sentences: list[AnalysedSentence]
    article_of: NDArray[np.int64]
    targets: list[RoleTargets]

    def __len__(self) -> int:
        return len(self.gold)


def analyse_articles(
    articles: Sequence[Article],
    gazetteer: Gazetteer,
    codebook: Codebook,
    cached: ParseCache | None = None,
    advance: Callable[[int], None] | None = None,
) -> Analysed:
    """Analyse annotated articles, by the sentences of the annotation.

    Args:
        cached: parses of earlier texts; None parses everything.
        advance: is told the number of sentences parsed since the last call.
    """
    segments = [annotated_segments(a) for a in articles]
    sentences = analyse([s for one in segments for s in one], gazetteer, cached, advance)
    gold = [s for a in articles for s in a.sentences]
    article_of = np.repeat(np.arange(len(articles)), [len(a.sentences) for a in articles])
    return Analysed(
        list(articles),
        gold,
        sentences,
        article_of,
        [role_targets(g, s, codebook) for g, s in zip(gold, sentences, strict=True)],
    )


def conflict_of(data: Analysed) -> NDArray[np.int64]:
    """The index of each sentence's conflict; of its article where conflicts are too few to hold some out."""
    conflicts = [a.conflict or a.doc_id for a in data.articles]
    if len(set(conflicts)) < MIN_CONFLICTS:
        conflicts = [a.doc_id for a in data.articles]
    number = {c: i for i, c in enumerate(dict.fromkeys(conflicts))}
    return np.array([number[c] for c in conflicts], dtype=np.int64)[data.article_of]


def share_of_candidates(data: Analysed) -> float:
    """The share in [0, 1] of gold actors that a mention matches; 1.0 where there are none."""
    found = [candidate_recall(g, s) for g, s in zip(data.gold, data.sentences, strict=True)]
    return sum(a for a, _ in found) / max(1, sum(b for _, b in found)) if any(b for _, b in found) else 1.0


def part(data: Analysed, indices: NDArray[np.int64]) -> Analysed:
    """Some sentences of analysed articles, in their order; all articles stay.

    Args:
        indices: of the sentences, each once.
    """
    indices = np.sort(indices)
    chosen: list[int] = indices.tolist()
    return Analysed(
        data.articles,
        [data.gold[i] for i in chosen],
        [data.sentences[i] for i in chosen],
        data.article_of[indices],
        [data.targets[i] for i in chosen],
    )
