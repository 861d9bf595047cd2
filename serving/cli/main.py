"""The command line. Heavy imports happen inside commands, so that `--help` answers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ... import __version__
from . import agreement, explain, layers, studies, suggest
from .console import exit_on_input_error, fault, note, progress
from .corpus import app as corpus_app
from .experiments import app as experiments_app

if TYPE_CHECKING:
    from ...training.progress import Progress

app = typer.Typer(
    name="stancewire",
    help="Who blames whom, who claims a ceasefire, who appeals to whom: statements by actor and stance from news.\n\nStart with: stancewire demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(explain.explain)
for command in (
    agreement.agreement, agreement.diff, agreement.check, layers.fetch, layers.detach, suggest.suggest
):  # fmt: skip
    corpus_app.command()(command)
experiments_app.command("learning-curve")(studies.learning_curve)
experiments_app.command()(studies.acquisition)
app.add_typer(corpus_app, name="corpus")
app.add_typer(experiments_app, name="experiments")

Format = Literal["table", "jsonl", "csv"]
SAMPLE = Path(__file__).parents[1] / "samples" / "strait.txt"


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"stancewire {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def _progress(update: Callable[..., None]) -> Progress:
    """What training tells, on stderr."""
    from ...training.progress import Progress

    return Progress(lambda what: update(what=what), lambda done, total: update(done=done, total=total), note)


def _cross_validate(config: str | None, corpora: list[str], overrides: list[str], folds: int) -> None:
    from ...experiments.config import load_config
    from ...experiments.studies.cross_validation import cross_validate
    from ..output.metric_tables import print_folds, print_metrics

    settings = load_config(config, overrides, corpora)
    with progress("reading the corpus") as update:
        found = cross_validate(settings, folds, _progress(update))
    print_metrics(
        found.pooled,
        f"all held-out articles, each by the fold that did not see it ({found.pooled['articles']})",
        found.codebook,
    )
    print_folds(found)
    typer.echo(
        f"run {found.run_id} with a run for each fold took {found.seconds:.1f} s; no model is registered"
    )


def _train(config: str | None, corpora: list[str], overrides: list[str], register: bool) -> None:
    from ...experiments.config import load_config
    from ...experiments.review.promotion import register as register_model
    from ...experiments.train import train as run_training

    settings = load_config(config, overrides, corpora)
    with progress("reading the corpus") as update:
        trained = run_training(settings, _progress(update))
        update(what="registering the model")
        promotion = register_model(trained) if register else None
    from ..output.metric_tables import print_metrics

    for split, metrics in trained.metrics.items():
        print_metrics(metrics, f"{split} articles ({metrics['articles']})", trained.codebook)
    typer.echo(f"run {trained.run_id} took {trained.seconds:.1f} s")
    if promotion:
        typer.echo(
            f"registered as stancewire version {promotion.version}, {promotion.alias}: {promotion.why}"
        )


@app.command()
def train(
    config: Annotated[
        str | None,
        typer.Argument(help="A TOML config, or the name of one in experiments/configs/. Default: linear."),
    ] = None,
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            "--corpus",
            help="Corpus file or folder, 'shipped', or 'news' once fetched; may be given several times.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Override a setting of the config; may be given several times."
        ),
    ] = None,
    register: Annotated[
        bool, typer.Option("--register/--no-register", help="Whether to put the model into the registry.")
    ] = True,
    folds: Annotated[
        int | None,
        typer.Option(
            "--folds", min=2, help="Cross-validate in so many parts instead: figures, and no model."
        ),
    ] = None,
) -> None:
    """Train a model, log the run to MLflow, register the model.

    The first model becomes champion; a later one does if it beats the champion on the same validation articles.

    Example: stancewire train --corpus shipped --corpus mine.jsonl --set classifier.regularisation=1.0

    Example: stancewire train encoder

    Example: stancewire train plover --folds 5
    """
    with exit_on_input_error():
        if folds is not None:
            _cross_validate(config, corpus or [], set_ or [], folds)
            return
        _train(config, corpus or [], set_ or [], register)


@app.command()
def score(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Text files, folders of them, JSONL with a text column, or - for standard input.",
        ),
    ],
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format", help="How to write the scores. Default: by the ending of OUT, else a table."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write here, whole or not at all, in place of standard output."),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="champion, challenger, a version, a run id, or a model folder.")
    ] = "champion",
    min_score: Annotated[
        float | None,
        typer.Option(
            "--min-score",
            min=0,
            max=1,
            help="Show statements of this score or higher, in place of the tuned thresholds.",
        ),
    ] = None,
    actors: Annotated[
        list[Path] | None,
        typer.Option(
            "--actors",
            help="A CSV table of parties that extends the shipped ones; may be given several times.",
        ),
    ] = None,
    any_language: Annotated[
        bool, typer.Option("--any-language", help="Score articles that do not look English too.")
    ] = False,
) -> None:
    """Score articles: each statement with its actor, target and score; each loaded sentence.

    Example: stancewire score article.txt

    Example: cat article.txt | stancewire score - --format jsonl
    """
    with exit_on_input_error():
        from ...experiments.tracking.registry import find_model

        labeller, name = find_model(model, actors or ())
        kind: str = format_ or {".jsonl": "jsonl", ".csv": "csv"}.get(
            out.suffix.lower() if out else "", "table"
        )
        faults = _score(inputs, kind, out, labeller, name, min_score, any_language)
    if faults:
        raise typer.Exit(1)


def _batches(articles: Iterator[Any], size: int) -> Iterator[list[Any]]:
    from itertools import islice

    while batch := list(islice(articles, size)):
        yield batch


def _score(
    inputs: list[str],
    kind: str,
    out: Path | None,
    labeller: Any,
    name: str,
    min_score: float | None,
    any_language: bool,
) -> int:
    """Score and write; returns the number of inputs at fault."""
    import sys
    from contextlib import ExitStack

    from rich.console import Console

    from ...data.errors import InputError
    from ...data.files.atomic import atomic_write
    from ...data.files.cache import cache_folder
    from ...data.text.spacy_parser import ParseCache
    from ..articles.readers import read_articles
    from ..output.writers import CsvWriter, JsonlWriter, TableWriter, Writer

    faults = 0

    def count(error: InputError) -> None:
        nonlocal faults
        faults += 1
        fault(error)

    cached = ParseCache(cache_folder())
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(atomic_write(out)) if out else sys.stdout
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", where=str(out)) from None
        writer: Writer
        if kind == "jsonl":
            writer = JsonlWriter(stream)
        elif kind == "csv":
            writer = CsvWriter(stream)
        else:
            writer = TableWriter(
                Console(file=stream, width=None if out is None and sys.stdout.isatty() else 160)
            )
        update = stack.enter_context(progress("scoring"))
        done = 0
        for article in read_articles(inputs, any_language=any_language, fault=count, note=note):
            try:
                record = labeller.label(
                    article.text,
                    id=article.id,
                    source=article.source,
                    title=article.title,
                    actor=article.actor,
                    target=article.target,
                    min_score=min_score,
                    cache=cached,
                )
            except InputError as error:
                count(error)
                continue
            writer.write(record.to_dict())
            done += 1
            update(done=done)
        writer.close()
        if not done and out:
            raise InputError("nothing could be scored; not written", where=str(out))
    return faults


@app.command()
def evaluate(
    corpus: Annotated[
        list[str],
        typer.Option(
            "--corpus", help="Annotated corpus file or folder, or 'shipped'; may be given several times."
        ),
    ],
    model: Annotated[
        str, typer.Option("--model", help="champion, challenger, a version, a run id, or a model folder.")
    ] = "champion",
    split: Annotated[
        Literal["train", "validation", "test"] | None,
        typer.Option("--split", help="Only the articles of this split."),
    ] = None,
    actors: Annotated[
        list[Path] | None,
        typer.Option("--actors", help="A CSV table of parties that extends the shipped ones."),
    ] = None,
    errors: Annotated[int, typer.Option("--errors", min=0, help="Show this many wrong statements.")] = 0,
    name_swaps: Annotated[
        int,
        typer.Option(
            "--name-swaps",
            min=0,
            help="Give the two sides of each article other names so many times, and count the statements that change.",
        ),
    ] = 0,
    bootstrap: Annotated[
        int, typer.Option("--bootstrap", min=0, help="Resamples of articles for the 95 % interval.")
    ] = 1000,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to print the figures.")
    ] = "table",
    log: Annotated[bool, typer.Option("--log/--no-log", help="Whether to log the figures to MLflow.")] = True,
) -> None:
    """Measure a model on annotated articles, and log the figures.

    Example: stancewire evaluate --corpus shipped --split test
    """
    with exit_on_input_error():
        import json

        from ...data.annotation.corpus import read_corpus
        from ...data.files.cache import cache_folder
        from ...data.text.spacy_parser import ParseCache
        from ...experiments.evaluate import evaluate as measure
        from ...experiments.evaluate import log_evaluation
        from ...experiments.tracking.registry import find_model
        from ...training.evaluation.name_invariance import flipped_share
        from ..output.metric_tables import print_metrics, print_mistakes

        labeller, name = find_model(model, actors or ())
        articles = [a for a in read_corpus(corpus, labeller.codebook) if split is None or a.split == split]
        with progress("scoring", len(articles)) as update:
            metrics, mistakes = measure(labeller, articles, bootstrap, lambda n: update(advance=n))
        if format_ == "table":
            print_metrics(
                metrics,
                f"{name} on {', '.join(corpus)}{f', {split}' if split else ''} ({len(articles)} articles)",
                labeller.codebook,
            )
        if name_swaps and labeller.mentions == "found":
            with progress("giving the sides other names", len(articles)) as update:
                metrics["name_flips"] = flipped_share(
                    labeller,
                    articles,
                    name_swaps,
                    cached=ParseCache(cache_folder()),
                    advance=lambda n: update(advance=n),
                )
            note(
                f"statements that change with the sides' names: {metrics['name_flips']:.2%}, the mean of {name_swaps} swaps"
            )
        if format_ == "json":
            typer.echo(json.dumps(metrics))
        print_mistakes(mistakes[:errors])
        if log:
            note(f"logged as run {log_evaluation(metrics, articles, name, corpus)}")


@app.command()
def demo() -> None:
    """Train on the shipped corpus, register the model, score a sample article.

    Example: stancewire demo
    """
    with exit_on_input_error():
        from ...experiments.tracking.registry import find_model

        typer.secho("1. Train on the shipped corpus and register the model", bold=True)
        _train(None, [], [], True)
        typer.secho("\n2. Score an article (written for this project)", bold=True)
        labeller, name = find_model("champion")
        _score([str(SAMPLE)], "table", None, labeller, name, None, False)
        typer.secho("\n3. What to try next", bold=True)
        typer.echo(
            "  stancewire score YOUR_ARTICLE.txt            who blames whom in an article of yours\n"
            "  stancewire explain YOUR_ARTICLE.txt          which words carried each statement\n"
            "  stancewire experiments list                  what was tried, and how good it is\n"
            "  stancewire corpus stats                      what the model was trained on\n"
            "  stancewire train --set classifier.regularisation=1.0   another model\n"
            "  mlflow ui --backend-store-uri sqlite:///mlflow.db       the same in the browser"
        )


def main() -> None:
    """The console script."""
    app()
