"""`stancewire train`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import detail, note, plural, progress

if TYPE_CHECKING:
    from ....experiments.train import Trained
    from ....training.progress import Progress
    from ...output.progress import ProgressBar


ConfigArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="CONFIG",
        help="TOML config, or the name of one in experiments/configs/. Default: linear.",
    ),
]
CorpusOption = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus",
        metavar="CORPUS",
        help="Corpus file or folder, `shipped`, or `news` (after `corpus fetch news`); repeatable. "
        "Default: those of the config.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the config; repeatable."),
]
RegisterOption = Annotated[
    bool, typer.Option("--register/--no-register", help="Whether to register the model.")
]
TeacherOption = Annotated[
    list[str] | None,
    typer.Option(
        "--teacher",
        metavar="MODEL",
        help="Trained model that labels the unlabelled articles for this encoder: a name, version, run id or "
        "folder; repeatable.",
    ),
]
UnlabelledOption = Annotated[
    list[str] | None,
    typer.Option(
        "--unlabelled",
        metavar="INPUT",
        help="Articles without annotation that the teachers label: whatever `score` reads; repeatable.",
    ),
]
FoldsOption = Annotated[
    int | None,
    typer.Option(
        "--folds",
        metavar="N",
        min=2,
        max=1000,
        help="Run N-fold cross-validation instead; reports metrics, registers no model.",
    ),
]
SeedsOption = Annotated[
    int | None,
    typer.Option(
        "--seeds",
        metavar="N",
        min=2,
        max=1000,
        help="Train N times with different seeds, under one parent run, to compare recipes; "
        "registers the first model.",
    ),
]


def training_progress(bar: ProgressBar) -> Progress:
    """Show the steps of a training run on a progress bar."""
    from ....training.progress import Progress

    def line(text: str) -> None:
        with bar.paused():
            note(text)

    return Progress(bar.step, bar.update, line)


def run_training(config: str | None, corpora: list[str], overrides: list[str], register: bool) -> None:
    """Train, print the metrics, then register the model, so that a rejected model shows its metrics first.

    Raises:
        InputError: the config or the corpus is invalid, the model failed a check before registration, or the
            store failed after the training.
    """
    from ....experiments.config import load_config
    from ....experiments.train import train as train_and_log
    from ...articles.unlabelled import read_unlabelled
    from ...output.results import print_lines
    from ...output.tables.metric_tables import print_metrics

    settings = load_config(config, overrides, corpora)
    detail(f"settings: {settings.model_dump_json()}")
    with progress("reading the corpus") as bar:
        trained = train_and_log(settings, training_progress(bar), config, read_unlabelled=read_unlabelled)
    for split, metrics in trained.metrics.items():
        print_metrics(metrics, f"{split}, {plural(metrics['articles'], 'article')}", trained.codebook)
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


def _train_seeds(
    config: str | None, corpora: list[str], overrides: list[str], seeds: int, register: bool
) -> None:
    from ....experiments.config import load_config
    from ....experiments.seeds import train_seeds
    from ...articles.unlabelled import read_unlabelled
    from ...output.results import print_lines
    from ...output.review.seed_table import print_seeds

    settings = load_config(config, overrides, corpora)
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
    teacher: TeacherOption = None,
    unlabelled: UnlabelledOption = None,
) -> None:
    """Train a model, log the run to MLflow, register the model.

    The first model becomes champion. A later one replaces it if it is better on the same validation articles,
    by the rule of `experiments promote`; otherwise it becomes challenger.

    Example: stancewire train

    Example: stancewire train --corpus shipped --corpus mine.jsonl

    Example: stancewire train --set classifier.regularisation=1.0

    Example: stancewire train plover --folds 5

    Example: stancewire train linear --seeds 3

    With --teacher and --unlabelled, an encoder also learns from what stronger models say about articles that
    nobody annotated; those that it is measured on are left out of them.

    Example: stancewire train encoder --teacher champion --teacher mine/model --unlabelled articles.jsonl.gz
    """
    overrides = [*(set_ or []), *_list("teacher", teacher), *_list("unlabelled", unlabelled)]
    if folds is not None and seeds is not None:
        raise typer.BadParameter("--folds and --seeds cannot be used together")
    if seeds is not None:
        _train_seeds(config, corpus or [], overrides, seeds, register)
    elif folds is not None:
        _cross_validate(config, corpus or [], overrides, folds)
    else:
        run_training(config, corpus or [], overrides, register)


def _list(name: str, values: list[str] | None) -> list[str]:
    """Values of a repeatable option as an override of a setting of the classifier."""
    return [f"classifier.{name}={json.dumps(values, ensure_ascii=False)}"] if values else []
