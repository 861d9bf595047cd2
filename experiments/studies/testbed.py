"""A corpus that is analysed once, to train on parts of it and evaluate each labeller on the same articles."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.annotation.corpus import read_corpus
from ...data.codebook import Codebook, codebook_named
from ...data.errors import InputError
from ...data.schema import Article
from ...data.text.gazetteer import Gazetteer, gazetteer
from ...data.text.spacy_parser import ParseCache
from ...training.decoding.labeller import Labeller
from ...training.encoder.settings import refuse_teachers
from ...training.evaluation.metrics import measure
from ...training.evaluation.score_articles import score_articles
from ...training.examples.dataset import Analysed, analyse_articles, subset
from ...training.fit import fit_labeller
from ...training.pipeline import load_articles
from ...training.settings import TrainingSettings

TEST = "test"
MICRO = "statements"


@dataclass(slots=True)
class Testbed:
    """The analysed splits of a corpus.

    Attributes:
        settings: how to train.
        codebook: the label set.
        names: the gazetteer of parties.
        cached: the cache of parses.
        train: training sentences.
        validation: sentences for calibration and thresholds.
        measured: test articles by name: the test split (of each corpus), then other files.
    """

    settings: TrainingSettings
    codebook: Codebook
    names: Gazetteer
    cached: ParseCache
    train: Analysed
    validation: Analysed
    measured: dict[str, Analysed]

    def fit(self, indices: NDArray[np.int64] | None = None, seed: int = 0) -> Labeller:
        """Train a labeller.

        Args:
            indices: indices of the training sentences to use. Default: all.
            seed: seed of the classifier.
        """
        train = self.train if indices is None else subset(self.train, indices)
        labeller = fit_labeller(
            train, self.validation, self.codebook, self.names, self.settings.classifier, seed
        )
        labeller.classifier.discard_checkpoints()
        return labeller

    def measure(self, labeller: Labeller, on: str = TEST, bootstrap: int = 0) -> dict[str, Any]:
        """The metrics of `training.evaluation.metrics` on one of `measured`."""
        data = self.measured[on]
        records = score_articles(labeller, data, labeller.classifier.score(data.sentences), self.cached)
        return measure(data.articles, records, self.codebook, bootstrap)[0]

    @property
    def f1_names(self) -> tuple[str, ...]:
        """Names of the F1 scores: `statements` (all together) and each stance, if any, and each label."""
        stances = (MICRO, *self.codebook.stance_names) if self.codebook.stances else ()
        return (*stances, *self.codebook.label_names)

    def f1_scores(self, labeller: Labeller) -> list[tuple[str, str, float]]:
        """(name, test articles, F1) of a labeller, for all of `f1_names` and `measured`."""
        metrics = {on: self.measure(labeller, on) for on in self.measured}
        return [(name, on, float(m[name]["f1"])) for on, m in metrics.items() for name in self.f1_names]


def _name(path: Path, taken: Collection[str], among: Sequence[Path]) -> str:
    """A short name for a file: `gold`, with its folder if another file has the same name."""
    short = path.stem
    unique = short not in taken and sum(p.stem == short for p in among) < 2
    return short if unique else f"{path.parent.name}/{short}"


def _test_splits(
    settings: TrainingSettings, codebook: Codebook, test: Sequence[Article]
) -> dict[str, list[Article]]:
    """The test articles; by corpus ("shipped test", "news test") if several corpora have some."""
    if len(settings.corpus) == 1:
        return {TEST: list(test)} if test else {}
    ids = {corpus: {a.doc_id for a in read_corpus([corpus], codebook)} for corpus in settings.corpus}
    splits = {
        f"{Path(corpus).stem} {TEST}": [a for a in test if a.doc_id in held] for corpus, held in ids.items()
    }
    splits = {name: articles for name, articles in splits.items() if articles}
    return splits if len(splits) > 1 else {TEST: list(test)} if test else {}


def check_classifier(settings: TrainingSettings) -> None:
    """Check that a study can train this classifier, before anything is read or written.

    Raises:
        InputError: the settings name teachers, which have learnt from the whole corpus.
    """
    refuse_teachers(settings.classifier, "in a study of how much annotation is needed")


def prepare(
    settings: TrainingSettings, also: Sequence[Path] = (), advance: Callable[[int, int], None] | None = None
) -> Testbed:
    """Read and analyse the corpora of a run, and further files to evaluate on.

    Args:
        settings: settings of the run.
        also: annotated files to evaluate on in addition to the test split.
        advance: called with the number of sentences analysed and their total.

    Raises:
        InputError: a corpus or file is invalid, a split is missing, a file is a duplicate or trained on; also
            see `check_classifier`.
    """
    check_classifier(settings)
    codebook = codebook_named(settings.codebook)
    by_split, _ = load_articles(settings, codebook)
    measured = _articles_to_measure(settings, codebook, by_split, also)
    names, cached = gazetteer(), ParseCache()
    everything = (by_split["train"], by_split["validation"], *measured.values())
    total = sum(len(a.sentences) for articles in everything for a in articles)
    done = 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        if advance:
            advance(done, total)

    def analysed(articles: Sequence[Article]) -> Analysed:
        return analyse_articles(articles, names, codebook, cached, count)

    train, validation = analysed(by_split["train"]), analysed(by_split["validation"])
    return Testbed(
        settings, codebook, names, cached, train, validation, {k: analysed(v) for k, v in measured.items()}
    )


def _articles_to_measure(
    settings: TrainingSettings,
    codebook: Codebook,
    by_split: Mapping[str, Sequence[Article]],
    also: Sequence[Path],
) -> dict[str, list[Article]]:
    """The test splits and the further files, by name.

    Raises:
        InputError: there are no test articles, or a file is a duplicate or trained on.
    """
    measured = _test_splits(settings, codebook, by_split["test"])
    trained_on = {a.text for split in ("train", "validation") for a in by_split[split]}
    for path in also:
        name = _name(path, {*measured, "train", "validation"}, also)
        if name in measured:
            raise InputError("duplicate file to evaluate on", where=str(path), hint="name each file once")
        measured[name] = read_corpus([path], codebook)
        if (same := next((a.doc_id for a in measured[name] if a.text in trained_on), None)) is not None:
            raise InputError(
                f"article {same!r} is also a training article",
                where=str(path),
                hint="evaluate on other articles",
            )
    if not measured:
        raise InputError(
            "no test articles",
            where=", ".join(settings.corpus),
            hint="annotate more articles, set their 'split', or name a file with --also",
        )
    return measured


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean of repetitions and its 95% t-interval (Student 1908); no interval for fewer than two."""

    mean: float
    low: float | None
    high: float | None
    runs: int

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.mean:.3f}"
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


def estimate(values: Sequence[float], lowest: float = 0.0, highest: float = 1.0) -> Estimate:
    """mean ± t(0.975, n - 1) * s / √n, where s is the sample standard deviation, within [lowest, highest].

    Args:
        values: at least one.
        lowest: the lowest possible value.
        highest: the highest possible value.
    """
    n, mean = len(values), math.fsum(values) / len(values)
    if n < 2:
        return Estimate(mean, None, None, n)
    from scipy.stats import t

    half = float(t.ppf(0.975, n - 1)) * math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
    return Estimate(mean, max(lowest, mean - half), min(highest, mean + half), n)
