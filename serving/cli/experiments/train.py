"""`stancewire train`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from ..console import detail, note, plural, progress
from .train_options import (
    ConfigArgument,
    CorpusOption,
    FinalOption,
    FoldsOption,
    LikeOption,
    RegisterOption,
    SeedsOption,
    SetOption,
    SharesOption,
    TeacherOption,
    UnlabelledOption,
)

if TYPE_CHECKING:
    from ....experiments.train import Trained
    from ....training.progress import Progress
    from ...output.progress import ProgressBar


def training_progress(bar: ProgressBar) -> Progress:
    """Show the steps of a training run on a progress bar."""
    from ....training.progress import Progress

    def line(text: str) -> None:
        with bar.paused():
            note(text)

    return Progress(bar.step, bar.update, line)


def run_training(
    config: str | None, corpora: list[str], overrides: list[str], register: bool, split: str | None = None
) -> None:
    """Train, print the metrics, then register the model, so that a rejected model shows its metrics first.

    Raises:
        InputError: the config or the corpus is invalid, the model failed a check before registration, or the
            store failed after the training.
    """
    from ....experiments.config import load_config
    from ....experiments.train import train as train_and_log
    from ...output.tables.metric_tables import print_metrics
    from ...unlabelled import read_unlabelled

    settings = load_config(config, overrides, corpora, split)
    detail(f"settings: {settings.model_dump_json()}")
    with progress("reading the corpus") as bar:
        trained = train_and_log(settings, training_progress(bar), config, read_unlabelled=read_unlabelled)
    for name, metrics in trained.metrics.items():
        print_metrics(metrics, f"{name}, {plural(metrics['articles'], 'article')}", trained.codebook)
    _finish(trained, register)


def _finish(trained: Trained, register: bool) -> None:
    """Say which run it was, and register its model.

    Raises:
        InputError: see `run_training`.
    """
    from ...output.results import print_lines

    print_lines(f"run {trained.run_id} took {trained.seconds:.1f} s")
    if trained.unlogged is not None:
        raise trained.unlogged
    detail(f"model: {trained.model_uri}")
    if register:
        register_trained(trained)


def register_trained(trained: Trained) -> None:
    """Register the model of a run, and say what it was registered as."""
    from ....experiments.review.promotion import register as register_model
    from ...output.results import print_lines

    with progress("registering the model"):
        promotion = register_model(trained)
    version = f"{promotion.name} version {promotion.version}"
    print_lines(f"registered as {version}, {promotion.alias}: {promotion.why}")
    if promotion.name != "stancewire":
        label_set = promotion.name.removeprefix("stancewire-")
        alias = "" if promotion.alias == "champion" else f"@{promotion.alias}"
        note(f"score with it: stancewire score INPUT --model {label_set}{alias}")


def _cross_validate(config: str | None, corpora: list[str], overrides: list[str], folds: int) -> None:
    from ....experiments.config import load_config
    from ....experiments.studies.cross_validation import cross_validate
    from ...output.results import print_lines
    from ...output.tables.metric_tables import print_folds, print_metrics

    settings = load_config(config, overrides, corpora)
    with progress("reading the corpus") as bar:
        result = cross_validate(settings, folds, training_progress(bar), config)
    title = f"all held-out articles ({result.pooled['articles']}), each scored by a model that did not see it"
    print_metrics(result.pooled, title, result.codebook)
    print_folds(result)
    print_lines(
        f"run {result.run_id} and one run per fold took {result.seconds:.1f} s; no model is registered"
    )


def _train_final(
    config: str | None,
    corpora: list[str],
    overrides: list[str],
    register: bool,
    like: str | None,
    folds: int | None,
) -> None:
    """Train on all articles, and print the inherited metrics as such.

    Raises:
        InputError: see `run_training`; also if the settings of `like` cannot be used.
    """
    from ....experiments.config import load_config
    from ....experiments.final import final_like, train_final
    from ....training.final import FOLDS
    from ...output.tables.metric_tables import print_metrics
    from ...unlabelled import read_unlabelled

    with progress("reading the corpus") as bar:
        if like is None:
            settings, final = load_config(config, overrides, corpora), None
        else:
            settings, final = final_like(like, corpora, folds or FOLDS)
        detail(f"settings: {settings.model_dump_json()}")
        shown, folds = training_progress(bar), folds or FOLDS
        trained = train_final(settings, final, shown, config, folds=folds, read=read_unlabelled)
    measured = trained.final.measured if trained.final is not None else None
    for name, metrics in (measured.metrics if measured else {}).items():
        articles = plural(metrics["articles"], "article")
        print_metrics(metrics, f"inherited: {name}, {articles}, {measured}", trained.codebook)
    _finish(trained, register)


def _train_seeds(
    config: str | None,
    corpora: list[str],
    overrides: list[str],
    seeds: int,
    register: bool,
    split: str | None,
) -> None:
    from ....experiments.config import load_config
    from ....experiments.seeds import train_seeds
    from ...output.results import print_lines
    from ...output.review.seed_table import print_seeds
    from ...unlabelled import read_unlabelled

    settings = load_config(config, overrides, corpora, split)
    with progress("reading the corpus") as bar:
        done = train_seeds(settings, seeds, training_progress(bar), config, read_unlabelled)
    print_seeds(done)
    print_lines(f"run {done.run_id} and one run per seed took {done.seconds:.1f} s")
    if register:
        register_trained(done.runs[0])


def train(
    config: ConfigArgument = None,
    corpus: CorpusOption = None,
    set_: SetOption = None,
    register: RegisterOption = True,
    folds: FoldsOption = None,
    seeds: SeedsOption = None,
    split: SharesOption = None,
    final: FinalOption = False,
    like: LikeOption = None,
    teacher: TeacherOption = None,
    unlabelled: UnlabelledOption = None,
) -> None:
    """Train a model, log the run to MLflow, register the model.

    The first model becomes champion. A later one replaces it if it is better on the same validation articles,
    by the rule of `experiments promote`; otherwise it becomes challenger.

    With --final, no article is held out: calibration and thresholds come from folds, and the figures and the
    verdict are those of a run with the same settings. With --teacher and --unlabelled, an encoder also learns
    from the predictions of stronger models for articles that nobody annotated.

    Example: stancewire train

    Example: stancewire train --corpus shipped --corpus mine.jsonl

    Example: stancewire train --set classifier.regularisation=1.0

    Example: stancewire train plover --folds 5

    Example: stancewire train linear --seeds 3

    Example: stancewire train --corpus mine.jsonl --split 0.8,0.1,0.1

    Example: stancewire train --final --like champion

    Example: stancewire train encoder --teacher champion --teacher mine/model --unlabelled articles.jsonl.gz
    """
    changes = [*(set_ or []), *_list("teacher", teacher), *_list("unlabelled", unlabelled)]
    _run(config, corpus or [], changes, register, folds, seeds, split, final, like)


def _run(
    config: str | None,
    corpora: list[str],
    changes: list[str],
    register: bool,
    folds: int | None,
    seeds: int | None,
    split: str | None,
    final: bool,
    like: str | None,
) -> None:
    _check_together(config, changes, folds, seeds, split, final, like)
    if final:
        _train_final(config, corpora, changes, register, like, folds)
    elif seeds is not None:
        _train_seeds(config, corpora, changes, seeds, register, split)
    elif folds is not None:
        _cross_validate(config, corpora, changes, folds)
    else:
        run_training(config, corpora, changes, register, split)


def _list(name: str, values: list[str] | None) -> list[str]:
    """Values of a repeatable option as an override of a setting of the classifier."""
    return [f"classifier.{name}={json.dumps(values, ensure_ascii=False)}"] if values else []


def _check_together(
    config: str | None,
    set_: list[str] | None,
    folds: int | None,
    seeds: int | None,
    split: str | None,
    final: bool,
    like: str | None,
) -> None:
    """Check that the options make sense together.

    Raises:
        BadParameter: they do not.
    """
    if folds is not None and seeds is not None:
        raise typer.BadParameter("--folds and --seeds cannot be used together")
    if final and seeds is not None:
        raise typer.BadParameter("--final and --seeds cannot be used together")
    if split is not None and (final or folds is not None):
        other = "--final trains on all articles" if final else "--folds splits the articles itself"
        raise typer.BadParameter(f"{other}: leave --split out")
    if like is not None and not final:
        raise typer.BadParameter("--like needs --final")
    if like is not None and (config is not None or set_):
        what = "CONFIG, --set, --teacher and --unlabelled"
        raise typer.BadParameter(f"--like takes all settings from its run: leave {what} out")
