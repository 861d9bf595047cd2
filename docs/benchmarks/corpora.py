"""Multiples of the shipped corpus, with a vocabulary that grows."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stancewire.data.schema import Article, Sentence

_WORD = re.compile(r"\b[a-z]{4,}\b")
# The fraction of words that a copy replaces.
REPLACED = 1 / 7
Words = Mapping[int, Sequence[str]]


def write_multiple(path: Path, times: int, articles: int | None = None) -> None:
    """Write the shipped corpus and altered copies of it; splits stay the same.

    Args:
        path: the corpus file.
        times: how many times the corpus, 1 or more.
        articles: use this many of its articles, evenly spread. Default: all.
    """
    from stancewire.data.annotation.corpus import read_corpus, write_corpus
    from stancewire.data.codebook import shipped_codebook

    originals = read_corpus(["shipped"], shipped_codebook())
    originals = originals[:: max(1, len(originals) // articles)] if articles else originals
    words: dict[int, list[str]] = defaultdict(list)
    for word in sorted({w for a in originals for s in a.sentences for w in _WORD.findall(s.text)}):
        words[len(word)].append(word)
    rng = random.Random(0)
    copies = [_copy(a, k, words, rng) for k in range(1, times) for a in originals]
    write_corpus(path, [*originals, *copies])


def _copy(article: Article, number: int, words: Words, rng: random.Random) -> Article:
    sentences = tuple(_altered(s, words, rng) for s in article.sentences)
    return article.model_copy(update={"doc_id": f"{article.doc_id}-{number}", "sentences": sentences})


def _altered(sentence: Sentence, words: Words, rng: random.Random) -> Sentence:
    """Replace words by others of the same length, so that offsets stay right."""
    spans = [x for s in sentence.statements for x in (s.actor, s.target) if x is not None]

    def other(found: re.Match[str]) -> str:
        inside = any(x.start < found.end() and found.start() < x.end for x in spans)
        return found[0] if inside or rng.random() >= REPLACED else rng.choice(words[len(found[0])])

    return sentence.model_copy(update={"text": _WORD.sub(other, sentence.text)})
