"""Active learning: choose uncertain and diverse sentences to annotate next.

The method is that of Zhdanov 2019, "Diverse mini-batch active learning" (arXiv:1901.05954): a pool of the
most uncertain sentences, larger than the number requested, is clustered by k-means weighted by uncertainty;
the sentence nearest to each cluster centre is chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, cast, get_args

import numpy as np
from scipy.special import entr, expit, logit

from ...data.annotation.validation import near_duplicates
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ...data.text.spacy_parser import MAX_TOKENS
from ..classifier import Floats, Scores
from ..decoding.calibration import Sigmoid
from ..decoding.labeller import Labeller
from ..linear.mention_features import SentenceView

Uncertainty = Literal["entropy", "sum", "threshold", "threshold-sum"]
# The best measure in `stancewire experiments acquisition`: as good as `sum` on statements within the
# confidence intervals, and better on labels.
UNCERTAINTY: Uncertainty = "entropy"
# The size of the pool as a multiple of the number requested. Larger pools were no better.
POOL = 2
MIN_WORDS = 4
DIMENSIONS = 64


def uncertainty_named(name: str) -> Uncertainty:
    """The measure of uncertainty with this name.

    Raises:
        InputError: there is no such measure.
    """
    for known in get_args(Uncertainty):
        if name == known:
            return cast(Uncertainty, known)
    raise InputError(
        f"no such measure of uncertainty: {name!r}", hint=f"use one of {', '.join(get_args(Uncertainty))}"
    )


def _binary_entropy(p: Floats) -> Floats:
    """Binary entropy in bits, in [0, 1]: 1 at a probability of one half, 0 at 0 and 1."""
    return np.asarray((entr(p) + entr(1 - p)) / np.log(2))


def _shifted(p: Floats, thresholds: Floats) -> Floats:
    """Probabilities shifted in log-odds so that each threshold becomes one half."""
    return np.asarray(expit(logit(p) - logit(np.clip(thresholds, 1e-3, 1 - 1e-3))))


def probabilities(labeller: Labeller, scores: Sequence[Scores]) -> tuple[Floats, Floats]:
    """The probability that each sentence has each stance and label, and the model's decision thresholds.

    The probability of a stance is that of its most likely actor among the sentence's mentions.

    Returns:
        Calibrated probabilities in [0, 1], sentences x (stances, then labels); and their thresholds, one per
        stance and label.
    """
    codebook, decisions = labeller.codebook, labeller.decisions
    columns = [codebook.roles.index(f"{s}:actor") for s in codebook.stance_names]
    keys = [*(f"{s}:actor" for s in codebook.stance_names), *codebook.label_names]
    out = np.zeros((len(scores), len(keys)))
    for n, one in enumerate(scores):
        if len(one.roles):
            out[n, : len(columns)] = labeller.probabilities(one)[:, columns].max(axis=0)
        for k, name in enumerate(codebook.label_names):
            out[n, len(columns) + k] = decisions.calibration.get(name, Sigmoid())(one.labels[k : k + 1])[0]
    return out, np.array([decisions.thresholds.get(key, 0.5) for key in keys])


def uncertainties(
    labeller: Labeller, scores: Sequence[Scores], uncertainty: Uncertainty = UNCERTAINTY
) -> Floats:
    """The model's uncertainty about each sentence, 0 or more.

    Args:
        labeller: the model, for its calibration and thresholds.
        scores: the scores of the sentences by its classifier.
        uncertainty: `entropy` is the highest binary entropy, in bits, of the sentence's stances and labels;
            `sum` is the sum of these entropies; `threshold` and `threshold-sum` are the same after shifting
            the thresholds to one half, so that the most uncertain sentences are those closest to a threshold
            (uncertainty sampling, Settles 2009, "Active learning literature survey").
    """
    p, thresholds = probabilities(labeller, scores)
    if not p.shape[1]:
        return np.zeros(len(p))
    entropies = _binary_entropy(_shifted(p, thresholds) if uncertainty.startswith("threshold") else p)
    out: Floats = entropies.sum(axis=1) if uncertainty.endswith("sum") else entropies.max(axis=1)
    return out


def _vectors(sentences: Sequence[AnalysedSentence], seed: int) -> Floats | None:
    """Unit vectors of sentences (sentences x dimensions): TF-IDF of their words, reduced by truncated SVD.

    Names are left out. None if no word occurs in two sentences.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    words = [[w for w in SentenceView(s).bag if w.startswith("S")] for s in sentences]
    try:
        weighted = TfidfVectorizer(analyzer=lambda row: row, sublinear_tf=True, min_df=2).fit_transform(words)
    except ValueError:  # the vocabulary is empty
        return None
    if weighted.shape[1] <= DIMENSIONS:
        return np.asarray(normalize(weighted).todense())
    out: Floats = normalize(TruncatedSVD(DIMENSIONS, random_state=seed).fit_transform(weighted))
    return out


def _diverse(vectors: Floats, uncertainty: Floats, n: int, seed: int) -> list[int]:
    """The indices of the vectors nearest to the centres of n clusters; fewer than n if vectors are equal.

    Args:
        vectors: see `_vectors`.
        uncertainty: the weight of each sentence in the clustering.
    """
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct vectors than clusters
        means = KMeans(n, n_init=1, random_state=seed).fit(vectors, sample_weight=uncertainty + 1e-6)
    distance = np.linalg.norm(vectors - means.cluster_centers_[means.labels_], axis=1)
    nearest: dict[int, int] = {}
    for i in np.argsort(distance, kind="stable").tolist():
        nearest.setdefault(int(means.labels_[i]), i)
    return sorted(nearest.values(), key=lambda i: (-uncertainty[i], i))


def suggest(
    labeller: Labeller,
    sentences: Sequence[AnalysedSentence],
    scores: Sequence[Scores],
    n: int,
    seed: int,
    annotated: Collection[str] = (),
    uncertainty: Uncertainty = UNCERTAINTY,
    pool: int = POOL,
) -> list[int]:
    """Choose sentences to annotate next: uncertain, unlike each other, and unlike annotated ones.

    Sentences of fewer than `MIN_WORDS` words and those too long to be parsed as a whole are never chosen.

    Args:
        labeller: the model.
        sentences: the sentences to choose from.
        scores: their scores by the labeller's classifier.
        n: the number of sentences to choose, 1 or more.
        seed: the same seed gives the same choice.
        annotated: texts of annotated sentences. Neither these nor their near-duplicates (with names masked)
            are chosen.
        uncertainty: see `uncertainties`.
        pool: the number of the most uncertain sentences to choose from, as a multiple of `n`; 1 ignores
            diversity.

    Returns:
        Indices of the chosen sentences, the most uncertain first; fewer than `n` if no more sentences differ.
    """
    values = uncertainties(labeller, scores, uncertainty)
    candidates = _distinct_pool(sentences, values, pool * n, n, list(dict.fromkeys(annotated)))
    if len(candidates) <= n:
        return candidates
    vectors = _vectors([sentences[i] for i in candidates], seed)
    chosen: list[int] = []
    if vectors is not None:
        chosen = [candidates[i] for i in _diverse(vectors, values[candidates], n, seed)]
    used = set(chosen)
    chosen += [i for i in candidates if i not in used][: n - len(chosen)]
    return sorted(chosen, key=lambda i: -values[i])


def _distinct_pool(
    sentences: Sequence[AnalysedSentence], uncertainty: Floats, size: int, step: int, annotated: Sequence[str]
) -> list[int]:
    """Indices of the `size` most uncertain sentences without near-duplicates; fewer if there are no more.

    Args:
        step: the minimum number of sentences to add at a time, for speed.
    """
    by_text: dict[str, int] = {}  # the most uncertain of equal sentences
    for i in np.argsort(-uncertainty, kind="stable").tolist():
        text = sentences[i].segment.text
        if len(text.split()) >= MIN_WORDS and len(sentences[i].parse) < MAX_TOKENS:
            by_text.setdefault(text, i)
    left = [by_text[text] for text in by_text.keys() - set(annotated)]
    left.sort(key=lambda i: (-uncertainty[i], i))
    pool: list[int] = []
    while len(pool) < size and left:
        more = max(size - len(pool), step)
        pool = _without_near_duplicates([*pool, *left[:more]], sentences, annotated)[:size]
        left = left[more:]
    return pool


def _without_near_duplicates(
    indices: Sequence[int], sentences: Sequence[AnalysedSentence], annotated: Sequence[str]
) -> list[int]:
    """The indices of sentences that are not near-duplicates of an earlier or an annotated one."""
    rows = [("", text) for text in (*annotated, *(sentences[i].segment.text for i in indices))]
    dropped: set[int] = set()
    for a, b, _ in near_duplicates(rows):
        if b >= len(annotated) and a not in dropped:
            dropped.add(b)
    return [i for row, i in enumerate(indices, len(annotated)) if row not in dropped]
