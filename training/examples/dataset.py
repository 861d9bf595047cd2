"""Analysed annotated articles, on which classifiers are trained and measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...data.codebook import Codebook
from ...data.schema import Article, Sentence
from ...data.text.analysis import AnalysedSentence, analyse
from ...data.text.gazetteer import Gazetteer
from ...data.text.segmentation.sentences import annotated_segments
from ...data.text.spacy_parser import ParseCache
from .alignment import RoleTargets, matched_actors, role_targets

# With fewer conflicts, holding one out would remove too much of the variety of the training data.
MIN_CONFLICTS = 5


@dataclass(slots=True)
class Analysed:
    """Annotated articles with the analyses of their sentences.

    Attributes:
        gold: the annotation of each sentence.
        sentences: the analysis of each sentence.
        article_of: the index of each sentence's article in `articles`.
        targets: the training targets of each sentence.
    """

    articles: list[Article]
    gold: list[Sentence]
    sentences: list[AnalysedSentence]
    article_of: NDArray[np.int64]
    targets: list[RoleTargets]

    def __len__(self) -> int:
        return len(self.gold)

    def indices_of(self, article: int) -> list[int]:
        """The indices of the sentences of an article, by its index in `articles`."""
        indices: list[int] = np.flatnonzero(self.article_of == article).tolist()
        return indices


def analyse_articles(
    articles: Sequence[Article],
    gazetteer: Gazetteer,
    codebook: Codebook,
    cached: ParseCache | None = None,
    advance: Callable[[int], None] | None = None,
) -> Analysed:
    """Analyse annotated articles, with the sentences of the annotation.

    Args:
        cached: the cache of parses; None parses everything.
        advance: called with the number of sentences parsed since the last call.
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
    """The index of each sentence's conflict, or of its article if there are fewer than `MIN_CONFLICTS`."""
    conflicts = [a.conflict or a.doc_id for a in data.articles]
    if len(set(conflicts)) < MIN_CONFLICTS:
        conflicts = [a.doc_id for a in data.articles]
    index_of = {c: i for i, c in enumerate(dict.fromkeys(conflicts))}
    return np.array([index_of[c] for c in conflicts], dtype=np.int64)[data.article_of]


def candidate_recall(data: Analysed) -> float:
    """The fraction of gold actors with a matching mention, in [0, 1]; 1.0 if there are no gold actors."""
    counts = [matched_actors(g, s) for g, s in zip(data.gold, data.sentences, strict=True)]
    matched, actors = sum(m for m, _ in counts), sum(n for _, n in counts)
    return matched / actors if actors else 1.0


def subset(data: Analysed, indices: NDArray[np.int64]) -> Analysed:
    """Some sentences of analysed articles, in their original order; `articles` stays complete.

    Args:
        indices: unique indices of sentences.
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
