"""Which sentences are most worth annotating next: those that the model is in doubt about, and that differ from each other.

After Zhdanov 2019, "Diverse mini-batch active learning" (arXiv:1901.05954): of the most doubtful sentences, a few times as
many as are wanted, clusters are made by k-means weighted by doubt; the sentence nearest to each centre is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, cast, get_args

import numpy as np

from ...data.annotation.validation import near_duplicates
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ...data.text.spacy_parser import MAX_TOKENS
from ..classifier import Floats, Scores
from ..decoding.calibration import Sigmoid
from ..decoding.labeller import Labeller
from ..linear.mention_features import SentenceView

Doubt = Literal["entropy", "sum", "threshold", "threshold-sum"]
# Chosen by figures of `stancewire experiments acquisition`: within its intervals as good for statements as `sum`, which labels lose by.
DOUBT: Doubt = "entropy"
# So many times the wanted number of sentences are looked at for diversity. Larger pools were no better, and took in surer ones.
POOL = 2
MIN_WORDS = 4
DIMENSIONS = 64


def known_doubt(name: str) -> Doubt:
    """The kind of doubt of that name.

    Raises:
        InputError: there is none.
    """
    for known in get_args(Doubt):
        if name == known:
            return cast(Doubt, known)
    raise InputError(
        f"no such measure of uncertainty: {name!r}", where="--uncertainty", hint=f"one of {', '.join(get_args(Doubt))}"
    )


def _entropy(p: Floats) -> Floats:
    """Binary entropy in bits: 1 where p is one half, 0 where it is 0 or 1."""
    p = np.clip(p, 1e-9, 1 - 1e-9)
    out: Floats = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return out


def _balanced(p: Floats, threshold: Floats) -> Floats:
    """Probabilities moved so that the threshold comes to stand at one half: odds over the threshold's odds."""
    p, t = np.clip(p, 1e-9, 1 - 1e-9), np.clip(threshold, 1e-3, 1 - 1e-3)
    out: Floats = p * (1 - t) / (p * (1 - t) + t * (1 - p))
    return out


def probabilities(labeller: Labeller, scores: Sequence[Scores]) -> tuple[Floats, Floats]:
    """How likely each sentence is to hold each stance and label, and the thresholds of the model's decisions.

    A stance is as likely as its likeliest actor among the sentence's mentions.

    Returns:
        Calibrated probabilities in [0, 1] and their thresholds: sentences x (stances, then labels), and (stances, then labels).
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


def doubts(labeller: Labeller, scores: Sequence[Scores], doubt: Doubt = DOUBT) -> Floats:
    """How much the model is in doubt about each sentence, 0 or more.

    Args:
        doubt: `entropy` is the greatest binary entropy, in bits, of the sentence's stances and labels; `sum` is the sum of
            them; `threshold` and `threshold-sum` are the same with the thresholds moved to one half, so that what is
            closest to its threshold, not to one half, is the most doubtful (Settles 2009, "Active learning literature
            survey", of uncertainty sampling).
    """
    p, thresholds = probabilities(labeller, scores)
    if not p.shape[1]:
        return np.zeros(len(p))
    each = _entropy(_balanced(p, thresholds) if doubt.startswith("threshold") else p)
    out: Floats = each.sum(axis=1) if doubt.endswith("sum") else each.max(axis=1)
    return out


def _vectors(sentences: Sequence[AnalysedSentence], seed: int) -> Floats | None:
    """Unit vectors of sentences by their words without names: TF-IDF, reduced by a truncated SVD; None where too few words recur."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    words = [[w for w in SentenceView(s).bag if w.startswith("S")] for s in sentences]
    try:
        weighted = TfidfVectorizer(analyzer=lambda row: row, sublinear_tf=True, min_df=2).fit_transform(words)
    except ValueError:  # no word stands in two sentences
        return None
    if weighted.shape[1] <= DIMENSIONS:
        return np.asarray(normalize(weighted).todense())
    out: Floats = normalize(TruncatedSVD(DIMENSIONS, random_state=seed).fit_transform(weighted))
    return out


def _diverse(vectors: Floats, doubt: Floats, n: int, seed: int) -> list[int]:
    """The sentences nearest to the centres of n clusters, most doubtful first; fewer where vectors are equal."""
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different sentences than clusters
        means = KMeans(n, n_init=1, random_state=seed).fit(vectors, sample_weight=doubt + 1e-6)
    distance = np.linalg.norm(vectors - means.cluster_centers_[means.labels_], axis=1)
    nearest: dict[int, int] = {}
    for i in np.argsort(distance, kind="stable").tolist():
        nearest.setdefault(int(means.labels_[i]), i)
    return sorted(nearest.values(), key=lambda i: (-doubt[i], i))


def suggest(
    labeller: Labeller,
    sentences: Sequence[AnalysedSentence],
    scores: Sequence[Scores],
    n: int,
    seed: int,
    already: Collection[str] = (),
    doubt: Doubt = DOUBT,
    pool: int = POOL,
) -> list[int]:
    """The sentences to annotate next: in doubt, unlike each other and unlike those annotated already.

    Args:
        scores: of the sentences, by the labeller's classifier.
        n: how many, 1 or more.
        already: texts of annotated sentences; these and their near-duplicates, names aside, are not suggested.
        doubt: see `doubts`.
        pool: so many times `n` of the most doubtful are looked at for diversity; 1 leaves it out.

    Returns:
        Numbers of sentences, most doubtful first; fewer than `n` where there are no more that differ. Sentences of fewer
        than 4 words, and those too long to be parsed whole, are left out. The same arguments give the same sentences.

    Sources:
        Zhdanov 2019, "Diverse mini-batch active learning", arXiv:1901.05954.
    """
    doubtful = doubts(labeller, scores, doubt)
    done = list(dict.fromkeys(already))
    own: dict[str, int] = {}  # the most doubtful of equal sentences
    for i in np.argsort(-doubtful, kind="stable").tolist():
        text = sentences[i].segment.text
        if len(text.split()) >= MIN_WORDS and len(sentences[i].parse) < MAX_TOKENS:
            own.setdefault(text, i)
    usable = [own[text] for text in own.keys() - set(done)]
    usable.sort(key=lambda i: (-doubtful[i], i))
    most: list[int] = []
    # Near-duplicates give way to others, until there are enough or none are left.
    while len(most) < pool * n and usable:
        more = max(pool * n - len(most), n)
        most, usable = _unlike([*most, *usable[:more]], sentences, done)[: pool * n], usable[more:]
    if len(most) <= n:
        return most
    vectors = _vectors([sentences[i] for i in most], seed)
    weights = doubtful[most]
    chosen = [most[i] for i in _diverse(vectors, weights, n, seed)] if vectors is not None else []
    held = set(chosen)
    chosen += [i for i in most if i not in held][: n - len(chosen)]
    return sorted(chosen, key=lambda i: -doubtful[i])


def _unlike(places: Sequence[int], sentences: Sequence[AnalysedSentence], done: Sequence[str]) -> list[int]:
    """Those of `places` that are no near-duplicate of one before them, nor of what is done."""
    rows = [("", text) for text in (*done, *(sentences[i].segment.text for i in places))]
    dropped: set[int] = set()
    for a, b, _ in near_duplicates(rows):
        if b >= len(done) and a not in dropped:
            dropped.add(b)
    return [i for k, i in enumerate(places, len(done)) if k not in dropped]
