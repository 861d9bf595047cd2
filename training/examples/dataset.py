"""Annotated articles, analysed: what a classifier learns from and is measured on."""

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

# So few that one cannot be held out without most of the others' variety going with it.
MIN_CONFLICTS = 5


@dataclass(slots=True)
class Analysed:
    """Annotated articles with their analyses, sentence by sentence."""

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
    """Analyse annotated articles as they are cut into sentences by their annotators."""
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
    """The number of each sentence's conflict; of its article where there are too few conflicts to hold some
    out."""
    conflicts = [a.conflict or a.doc_id for a in data.articles]
    if len(set(conflicts)) < MIN_CONFLICTS:
        conflicts = [a.doc_id for a in data.articles]
    number = {c: i for i, c in enumerate(dict.fromkeys(conflicts))}
    return np.array([number[c] for c in conflicts], dtype=np.int64)[data.article_of]


def share_of_candidates(data: Analysed) -> float:
    """The share of gold actors that some candidate stands for; 1.0 where there are none."""
    found = [candidate_recall(g, s) for g, s in zip(data.gold, data.sentences, strict=True)]
    return sum(a for a, _ in found) / max(1, sum(b for _, b in found)) if any(b for _, b in found) else 1.0


def part(data: Analysed, places: NDArray[np.int64]) -> Analysed:
    """Some sentences of analysed articles, in their order; the articles stay numbered as they are.

    Args:
        places: numbers of sentences, each once.
    """
    places = np.sort(places)
    chosen: list[int] = places.tolist()
    return Analysed(
        data.articles,
        [data.gold[i] for i in chosen],
        [data.sentences[i] for i in chosen],
        data.article_of[places],
        [data.targets[i] for i in chosen],
    )
