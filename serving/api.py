"""The Python API: load, train, evaluate and compare models. `stancewire` itself exports all of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from ..data.annotation.corpus import read_corpus as _read_corpus
from ..data.errors import InputError
from ..data.schema import SPLITS
from .models import open_model

if TYPE_CHECKING:
    from ..data.schema import Article
    from ..experiments.comparison.results import Comparison
    from ..experiments.train import Trained
    from ..training.decoding.labeller import Labeller
    from .articles.source import ReadOptions, SourceArticle

PathOrName = str | PathLike[str]


def load(model: PathOrName = "champion", *, actors: Sequence[PathOrName] = ()) -> Labeller:
    """Load a trained model.

    Args:
        model: `champion`, `challenger`, a version (`3`), the name of a label set (`NAME`, `NAME@alias`,
            `NAME/version`), an MLflow run id, a model folder, or a .zip file that `stancewire models export`
            wrote.
        actors: CSV tables of parties that extend the shipped ones.

    Returns:
        A labeller: `labeller.label(text)` returns a `Record`, `labeller.pipe(texts)` yields one per text.

    Raises:
        InputError: the model does not exist, is damaged, or has a format that this release cannot read.

    Examples:
        >>> import stancewire
        >>> labeller = stancewire.load("champion")
        >>> record = labeller.label("Kenya accused Somalia of shelling a border town.")
        >>> [(s.stance, s.actor.text, s.target.text) for s in record.statements]
        [('blame', 'Kenya', 'Somalia')]
    """
    return open_model(fspath(model), [fspath(a) for a in actors])[0]


@dataclass(frozen=True)
class TrainingResult:
    """The result of a training run.

    Attributes:
        run_id: the MLflow run.
        model: folder of the trained model, which `load` takes.
        metrics: nested by split (`validation`, and `test` if there are test articles):
            `metrics["validation"]["statements"]["f1"]`, in [0, 1].
        registered: name, version and alias (`stancewire/3 champion`); None if it was not registered.
        inherited: of a final model, which has no `metrics` itself: those of the run with its settings that
            held validation and test articles out.
    """

    run_id: str
    model: str
    metrics: dict[str, dict[str, Any]]
    registered: str | None = None
    inherited: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def labeller(self) -> Labeller:
        """The trained labeller, loaded on first use."""
        return load(self.model)


def train(
    config: PathOrName = "linear",
    *,
    corpus: PathOrName | Sequence[PathOrName] = (),
    overrides: Mapping[str, Any] | None = None,
    register: bool = True,
    final: bool = False,
) -> TrainingResult:
    """Train a model and log the run to MLflow, as `stancewire train` does.

    Args:
        config: a TOML config, or the name of a shipped one: `linear`, `encoder`, `linear-news`, …
        corpus: corpus files or folders, or `shipped`; replaces the corpora of the config.
        overrides: settings that replace those of the config: `{"seed": 1, "classifier.min_count": 3}`.
            The name of a setting inside a table is written with a dot.
        register: whether to register the model, as champion if it is the first or beats the champion.
        final: train on all articles, for release. Nothing is measured: the model inherits the figures of the
            newest run with the same settings and articles, if there is one.

    Returns:
        The run, its metrics and the trained labeller.

    Raises:
        InputError: the config, corpus, a teacher or unlabelled text is invalid, the tracking store cannot be
            used, or the model failed a check before registration.

    Examples:
        >>> import stancewire
        >>> result = stancewire.train("linear", overrides={"classifier.regularisation": 1.0}, register=False)
        >>> round(result.metrics["validation"]["statements"]["f1"], 1)
        0.8
    """
    trained = _train(fspath(config), _paths(corpus), overrides or {}, final)
    if trained.unlogged is not None:
        raise trained.unlogged
    registered = _register(trained) if register else None
    measured = trained.final.measured if trained.final is not None else None
    inherited = dict(measured.metrics) if measured is not None else {}
    return TrainingResult(trained.run_id, _folder(trained.model_uri), trained.metrics, registered, inherited)


def _train(config: str, corpora: Sequence[str], overrides: Mapping[str, Any], final: bool) -> Trained:
    from ..experiments.config import load_config
    from ..experiments.final import train_final
    from ..experiments.train import train as train_and_log
    from .unlabelled import read_unlabelled

    settings = load_config(config, [f"{k}={_toml(k, v)}" for k, v in overrides.items()], corpora)
    if final:
        return train_final(settings, config=config, read=read_unlabelled)
    return train_and_log(settings, config=config, read_unlabelled=read_unlabelled)


def _register(trained: Trained) -> str:
    """Register a trained model; returns name, version and alias."""
    from ..experiments.review.promotion import register

    promotion = register(trained)
    return f"{promotion.name}/{promotion.version} {promotion.alias}"


def _toml(key: str, value: Any) -> str:
    """A value in TOML, which writes these types in the same way as JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        raise InputError(f"{value!r} is not a valid setting", where=key) from None


def _folder(model_uri: str) -> str:
    """The folder of a logged model."""
    from ..experiments.tracking.store import connect

    return str(connect().artifacts.download_artifacts(artifact_uri=model_uri))


def evaluate(
    model: PathOrName | Labeller = "champion",
    corpus: PathOrName | Sequence[PathOrName] = "shipped",
    *,
    split: str | None = None,
    bootstrap: int = 1000,
) -> dict[str, Any]:
    """Evaluate a model on annotated articles, without logging.

    The model sees only the text.

    Args:
        model: a labeller, or what `load` takes.
        corpus: annotated corpus files or folders, or `shipped`.
        split: only articles of this split: `train`, `validation` or `test`.
        bootstrap: resamples of articles for the 95% confidence interval of F1; 0 for none.

    Returns:
        Metrics in [0, 1] and counts, nested: `metrics["statements"]["f1"]`, `metrics["blame"]["recall"]`.

    Raises:
        InputError: the model or corpus is invalid, or the corpus or split has no articles.

    Examples:
        >>> import stancewire
        >>> metrics = stancewire.evaluate("champion", "shipped", split="test")
        >>> sorted(metrics["statements"])
        ['ci95', 'f1', 'precision', 'predicted', 'recall', 'support']
    """
    from ..experiments.evaluate import evaluate as measure

    if split is not None and split not in SPLITS:
        raise InputError(f"no split {split!r}", hint=f"one of {', '.join(SPLITS)}")
    labeller = load(model) if isinstance(model, str | PathLike) else model
    articles = _read_corpus(_paths(corpus), labeller.codebook)
    return measure(labeller, [a for a in articles if split is None or a.split == split], bootstrap).metrics


def compare(*runs: str, split: str | None = None) -> Comparison:
    """Compare runs with the first one: which is better, where, and is the difference real?

    Args:
        runs: two or more run ids or registered models (`champion`, `3`, `NAME@alias`); the parent run of
            `train --seeds` stands for all its training runs.
        split: `validation`, `test`, `evaluation` (runs of `stancewire evaluate`) or `pooled`
            (cross-validations). Default: the first of these that all runs have, test last.

    Returns:
        The verdicts, tables of measures and slices, and a `conclusion` in one sentence; `as_dict()` for JSON.

    Raises:
        InputError: a run does not exist, keeps no predictions, or has no article in common with the others.

    Examples:
        >>> import stancewire
        >>> found = stancewire.compare("champion", "challenger")
        >>> found.models[0].articles.interval.low, found.conclusion
    """
    from ..experiments.champion.looks import look_at
    from ..experiments.comparison.compare import compare as compare_runs

    if split is not None and split not in (known := ("validation", "test", "evaluation", "pooled")):
        raise InputError(f"no split {split!r}", hint=f"one of {', '.join(known)}")
    found = compare_runs(runs, split)
    if found.split == "test":
        look_at(side.model for side in found.sides)
    return found


def read_corpus(paths: PathOrName | Sequence[PathOrName] = "shipped") -> list[Article]:
    """Read annotated articles.

    Args:
        paths: corpus files or folders, or `shipped`; one or several.

    Returns:
        The articles, with `doc_id`, `split`, `sentences` and their statements.

    Raises:
        InputError: a file is missing or invalid.

    Examples:
        >>> import stancewire
        >>> articles = stancewire.read_corpus("shipped")
        >>> articles[0].sentences[0].statements[0].stance
        'ceasefire_claim'
    """
    return _read_corpus(_paths(paths))


def read_articles(
    paths: PathOrName | Sequence[PathOrName],
    options: ReadOptions | None = None,
    *,
    on_error: Callable[[InputError], None] | None = None,
) -> Iterator[SourceArticle]:
    """Read articles from the files that analysts have, one after another, without scoring them.

    Args:
        paths: exports, tables, documents, archives, folders or patterns; one or several.
        options: languages, columns, dates and outlets.
        on_error: called with each file, row or article that cannot be read; the others are read. By default
            the first error is raised.

    Yields:
        The articles, with `id`, `title`, `text`, `outlet`, `date`, `url`, `author` and `language`.

    Raises:
        InputError: something cannot be read, and there is no `on_error`.

    Examples:
        >>> import stancewire
        >>> articles = stancewire.read_articles("examples/article.txt")
        >>> [article.id for article in articles]
        ['article']
    """
    from ..data.reporting import raise_error
    from .articles.registry import read_articles as read

    def ignore(line: str) -> None:
        """Remarks are for the command line."""

    yield from read(_paths(paths), options, report_error=on_error or raise_error, note=ignore)


def _paths(paths: PathOrName | Sequence[PathOrName]) -> list[str]:
    return [fspath(paths)] if isinstance(paths, str | PathLike) else [fspath(p) for p in paths]
