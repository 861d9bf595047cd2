"""The command line. Heavy imports happen inside commands, so that `--help` answers at once."""

from __future__ import annotations

from typing import Annotated

import typer

from ... import __version__
from ...data.files.torch_free import this_process_is_ours
from .articles.listing import articles
from .cache import cache_clear, cache_info
from .console import set_verbosity
from .corpus import agreement, conversion, layers, statistics, suggest
from .demo import demo
from .experiments.champion import history, promote, rollback
from .experiments.compare import compare_runs, show_errors
from .experiments.evaluate import evaluate
from .experiments.report import report
from .experiments.rerun import rerun
from .experiments.results import results
from .experiments.runs import clean_up, list_runs, show_run
from .experiments.studies import acquisition, learning_curve
from .experiments.sweep import sweep
from .experiments.train import train
from .experiments.ui import ui
from .experiments.upload import upload
from .explain import explain
from .models import export_model, import_model, list_models, show_model
from .options import Quiet, Verbose, add_command, group
from .profiling.profile import profile
from .score import score
from .serve import serve
from .signals import exit_on_signal, raise_on_signals
from .streams import exit_code_of_errors, flush_output, prepare_streams

HELP = """\
Find in news articles who blames whom, who claims a ceasefire and who appeals to whom.

Start with: stancewire demo

Tab completion: stancewire --install-completion
"""
CORPUS_HELP = """\
Check, count, convert and compare annotated articles.

Example: stancewire corpus stats
"""
EXPERIMENTS_HELP = """\
List, compare, search and promote runs.

Example: stancewire experiments list
"""
MODELS_HELP = """\
List, show and share registered models.

Example: stancewire models list
"""
CACHE_HELP = """\
Show and clear the cache.

Example: stancewire cache info
"""


def _show_version(shown: bool) -> None:
    if shown:
        typer.echo(f"stancewire {__version__}")
        raise typer.Exit


def _root(
    quiet: Quiet = False,
    verbose: Verbose = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    set_verbosity(quiet, verbose)


def _corpus() -> typer.Typer:
    app = group(CORPUS_HELP)
    for name, function in (
        ("validate", statistics.validate),
        ("stats", statistics.stats),
        ("import", conversion.import_),
        ("export", conversion.export),
        ("agreement", agreement.agreement),
        ("diff", agreement.diff),
        ("check", agreement.check),
        ("suggest", suggest.suggest),
        ("fetch", layers.fetch),
        ("detach", layers.detach),
    ):
        add_command(app, function, name)
    return app


def _experiments() -> typer.Typer:
    app = group(EXPERIMENTS_HELP)
    for name, function in (
        ("list", list_runs),
        ("show", show_run),
        ("compare", compare_runs),
        ("errors", show_errors),
        ("ui", ui),
        ("report", report),
        ("clean", clean_up),
        ("upload", upload),
        ("learning-curve", learning_curve),
        ("acquisition", acquisition),
        ("sweep", sweep),
        ("rerun", rerun),
        ("results", results),
        ("promote", promote),
        ("history", history),
        ("rollback", rollback),
    ):
        add_command(app, function, name)
    return app


def _models() -> typer.Typer:
    app = group(MODELS_HELP)
    for name, function in (
        ("list", list_models),
        ("show", show_model),
        ("export", export_model),
        ("import", import_model),
    ):
        add_command(app, function, name)
    return app


def _cache() -> typer.Typer:
    app = group(CACHE_HELP)
    add_command(app, cache_info, "info")
    add_command(app, cache_clear, "clear")
    return app


def command_line() -> typer.Typer:
    """The whole command line, in the order in which help lists it."""
    root = typer.Typer(
        name="stancewire",
        help=HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_root)
    for function in (demo, train, score, explain, articles, profile, serve, evaluate):
        add_command(root, function)
    root.add_typer(_corpus(), name="corpus")
    root.add_typer(_experiments(), name="experiments")
    root.add_typer(_models(), name="models")
    root.add_typer(_cache(), name="cache")
    return root


app = command_line()


def main() -> None:
    """The console script."""
    raise_on_signals()
    this_process_is_ours()
    prepare_streams()
    try:
        with exit_on_signal(), exit_code_of_errors():
            app()
    finally:
        flush_output()
