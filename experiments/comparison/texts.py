"""Joins texts to predictions, which have none: from the corpora of the run, or others."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...data.annotation.corpus import read_corpus
from ...data.errors import InputError
from ...data.record import text_sha256
from ...training.evaluation.predictions import Predictions

# A word is reported if it is this unlikely to be over-represented by chance, and is in this many sentences.
_MIN_Z, _MIN_SENTENCES = 1.96, 3
_WORD = re.compile(r"[^\W\d_][\w'’-]+")


@dataclass(frozen=True, slots=True)
class OverRepresented:
    """A word that is more frequent in some sentences than in the others.

    Attributes:
        inside, outside: number of those sentences that have it, and of the others.
        z: how far its frequency is above that of the others, in standard errors.
    """

    word: str
    inside: int
    outside: int
    z: float


def corpora_of(run: Any) -> list[str]:
    """The corpora of a run, as `--corpus` takes them.

    Args:
        run: an MLflow run.
    """
    raw = run.data.params.get("corpus", "")
    return [part.strip() for part in raw.split(",") if part.strip()]


def texts_of(predictions: Predictions, corpora: Sequence[str]) -> dict[str, str]:
    """The texts of the articles by doc_id, as far as the corpora have them unchanged.

    Args:
        predictions: their articles.
        corpora: corpus files or folders, or names of layers; one that cannot be read is left out.
    """
    digests = {row.doc_id: row.text_sha256 for row in predictions.rows}
    out: dict[str, str] = {}
    for corpus in corpora:
        try:
            articles = read_corpus([corpus])
        except InputError:
            continue
        for article in articles:
            if digests.get(article.doc_id) == text_sha256(article.text):
                out[article.doc_id] = article.text
    return out


def over_represented(
    predictions: Predictions, inside: Iterable[tuple[str, int]], texts: Mapping[str, str], most: int = 10
) -> list[OverRepresented]:
    """Words that are over-represented in some sentences, the most striking first.

    Log-odds ratios with a Dirichlet prior, see Monroe, Colaresi and Quinn 2008, "Fightin' words", Political
    Analysis. A word counts once per sentence.

    Args:
        predictions: all sentences.
        inside: article and index of the sentences in question.
        texts: by doc_id.
        most: the largest number of words to return.
    """
    chosen, counts = set(inside), (Counter[str](), Counter[str]())
    for row in predictions.rows:
        if row.doc_id in texts:
            words = {w.lower() for w in _WORD.findall(texts[row.doc_id][row.start : row.end])}
            counts[(row.doc_id, row.sentence) in chosen].update(words)
    outside, within = counts
    prior = within + outside
    totals = within.total(), outside.total(), prior.total()
    if not all(totals):
        return []
    found = []
    for word, n in within.items():
        if n >= _MIN_SENTENCES:
            z = _log_odds_z((n, outside[word], prior[word]), totals)
            if z >= _MIN_Z:
                found.append(OverRepresented(word, n, outside[word], round(z, 2)))
    return sorted(found, key=lambda w: (-w.z, w.word))[:most]


def _log_odds_z(counts: tuple[int, int, int], totals: tuple[int, int, int]) -> float:
    """The z-score of a word from its counts within, outside and overall; the prior weighs 100 words."""
    weight = 100 / totals[2]
    prior, everything = counts[2] * weight, 100.0

    def log_odds(n: int, total: int) -> float:
        return math.log((n + prior) / (total + everything - n - prior))

    variance = 1 / (counts[0] + prior) + 1 / (counts[1] + prior)
    return (log_odds(counts[0], totals[0]) - log_odds(counts[1], totals[1])) / math.sqrt(variance)
