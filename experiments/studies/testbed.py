"""A corpus analysed once, to train on many parts of it and to measure each labeller on the same articles."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.annotation.corpus import read_corpus
from ...data.codebook import Codebook, codebook_named
from ...data.errors import InputError
from ...data.files.cache import cache_folder
from ...data.schema import Article
from ...data.text.gazetteer import Gazetteer, gazetteer
from ...data.text.spacy_parser import ParseCache
from ...training.decoding.labeller import Labeller
from ...training.evaluation.metrics import measure
from ...training.evaluation.score_articles import score_articles
from ...training.examples.dataset import Analysed, analyse_articles, part
from ...training.fit import fit_labeller
from ...training.pipeline import load_articles
from ...training.settings import TrainingSettings

TEST = "test"
MICRO = "statements"


@dataclass(slots=True)
class Laboratory:
    """The analysed splits of a corpus, and what labellers are measured on: the test split (of each corpus), then the other files by name."""

    settings: TrainingSettings
    codebook: Codebook
    names: Gazetteer
    cached: ParseCache
    train: Analysed
    validation: Analysed
    measured: dict[str, Analysed]

    def fit(self, places: NDArray[np.int64] | None = None, seed: int = 0) -> Labeller:
        """A labeller trained on some of the training sentences (all without `places`), decided on the validation split."""
        train = self.train if places is None else part(self.train, places)
        labeller = fit_labeller(
            train, self.validation, self.codebook, self.names, self.settings.classifier, seed
        )
        labeller.classifier.discard_checkpoints()
        return labeller

    def measure(self, labeller: Labeller, on: str = TEST, bootstrap: int = 0) -> dict[str, Any]:
        """The metrics of `training.metrics` on one of `measured`."""
        data = self.measured[on]
        records = score_articles(labeller, data, labeller.classifier.score(data.sentences), self.cached)
        return measure(data.articles, records, self.codebook, bootstrap)[0]

    @property
    def figure_names(self) -> tuple[str, ...]:
        """`statements` (all stances together) and each stance, where the codebook has any; each label."""
        return (
            *((MICRO, *self.codebook.stance_names) if self.codebook.stances else ()),
            *self.codebook.label_names,
        )

    def figures(self, labeller: Labeller) -> list[tuple[str, str, float]]:
        """(name, on, F1) of all that a labeller is measured by."""
        found = {on: self.measure(labeller, on) for on in self.measured}
        return [
            (name, on, float(metrics[name]["f1"]))
            for on, metrics in found.items()
            for name in self.figure_names
        ]


def _name(path: Path, taken: Mapping[str, object], among: Sequence[Path]) -> str:
    """A short name for a file: `gold`; with its folder where that is taken, or another of the files has it too."""
    short = path.stem
    return (
        short
        if short not in taken and sum(p.stem == short for p in among) < 2
        else f"{path.parent.name}/{short}"
    )


def _test_splits(
    settings: TrainingSettings, codebook: Codebook, test: Sequence[Article]
) -> dict[str, list[Article]]:
    """The test articles; those of each corpus apart where several have some ("shipped test", "news test")."""
    ids = {corpus: {a.doc_id for a in read_corpus([corpus], codebook)} for corpus in settings.corpus}
    found = {
        f"{Path(corpus).stem} {TEST}": [a for a in test if a.doc_id in held] for corpus, held in ids.items()
    }
    found = {name: articles for name, articles in found.items() if articles}
    return found if len(found) > 1 else {TEST: list(test)} if test else {}


def prepare(
    settings: TrainingSettings, also: Sequence[Path] = (), advance: Callable[[int, int], None] | None = None
) -> Laboratory:
    """Read and analyse the corpora of `settings`, and the files to measure on beside their test split.

    Args:
        also: annotated files.
        advance: told how many sentences are analysed, and of how many.

    Raises:
        InputError: a corpus or file is at fault, a split is missing, or two files to measure on have one name.
    """
    codebook = codebook_named(settings.codebook)
    by_split, _ = load_articles(settings, codebook)
    measured = _test_splits(settings, codebook, by_split["test"])
    learnt = {a.doc_id: a.text for split in ("train", "validation") for a in by_split[split]}
    texts = set(learnt.values())
    for path in also:
        name = _name(path, {**measured, "train": None, "validation": None}, also)
        if name in measured:
            raise InputError(
                "stands twice among the files to measure on", where=str(path), hint="give each file once"
            )
        measured[name] = read_corpus([path], codebook)
        if (same := next((a.doc_id for a in measured[name] if a.text in texts), None)) is not None:
            raise InputError(
                f"article {same!r} is among those to train on",
                where=str(path),
                hint="measure on other articles",
            )
    if not measured:
        raise InputError(
            "no test articles",
            where=", ".join(settings.corpus),
            hint="annotate more articles, set their 'split', or give a file to measure on",
        )
    names, cached = gazetteer(), ParseCache(cache_folder())
    total = sum(
        len(a.sentences)
        for articles in (by_split["train"], by_split["validation"], *measured.values())
        for a in articles
    )
    done = 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        if advance:
            advance(done, total)

    def analysed(articles: Sequence[Article]) -> Analysed:
        return analyse_articles(articles, names, codebook, cached, count)

    train, validation = analysed(by_split["train"]), analysed(by_split["validation"])
    return Laboratory(
        settings, codebook, names, cached, train, validation, {k: analysed(v) for k, v in measured.items()}
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean of some repetitions and its 95 % t-interval (Student 1908), of which there is none with fewer than two."""

    mean: float
    low: float | None
    high: float | None
    runs: int

    def __str__(self) -> str:
        return (
            f"{self.mean:.3f}"
            if self.low is None or self.high is None
            else f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"
        )


def estimate(values: Sequence[float], least: float = 0.0, most: float = 1.0) -> Estimate:
    """mean ± t(0.975, n - 1) * s / √n, s the sample standard deviation, within [least, most]; `values` must not be empty."""
    n, mean = len(values), math.fsum(values) / len(values)
    if n < 2:
        return Estimate(mean, None, None, n)
    from scipy.stats import t

    half = float(t.ppf(0.975, n - 1)) * math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
    return Estimate(mean, max(least, mean - half), min(most, mean + half), n)
