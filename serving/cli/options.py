"""Arguments and options that several commands share; `add_command` adds a command to a group."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperArgument, TyperCommand

from .console import exit_on_input_error, raise_verbosity
from .output_options import Output, check_outputs, declared_outputs
from .signals import Interrupted, report_interruption

MODEL_HELP = (
    "champion, challenger, a version, NAME[@ALIAS|/VERSION], a run id, or a model folder or .zip file."
)

# The largest seed of NumPy and scikit-learn.
MAX_SEED = 2**32 - 1

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Files with articles, folders, zip archives, patterns, URLs, or - for standard input.",
    ),
]
Corpora = Annotated[
    list[str] | None,
    typer.Argument(metavar="CORPUS", help="Corpus files or folders. Default: the shipped corpus."),
]
Model = Annotated[str, typer.Option("--model", metavar="MODEL", help=f"Model to use: {MODEL_HELP}")]
MinScore = Annotated[
    float | None,
    typer.Option(
        "--min-score",
        metavar="P",
        min=0,
        max=1,
        help="Minimum score of a statement, from 0 to 1; overrides the tuned thresholds.",
    ),
]
Actors = Annotated[
    list[Path] | None,
    typer.Option(
        "--actors",
        metavar="FILE",
        help="CSV table of parties that extends the shipped ones; repeatable.",
    ),
]
AnyLanguage = Annotated[
    bool, typer.Option("--any-language", help="Also read articles that are not detected as English.")
]
Fetch = Annotated[
    bool,
    typer.Option(
        "--fetch", help="Download the pages that feeds, lists of URLs and tables without text link to."
    ),
]


def workers_option(help_: str) -> Any:
    """The option `--workers` with the help of its command."""
    return typer.Option("--workers", metavar="N", min=1, max=256, help=f"{help_} Default: one per core.")


AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Also download from private and loopback addresses.")
]
UrlPattern = Annotated[
    str | None,
    typer.Option("--url-pattern", metavar="REGEX", help="In WARC files, read only pages whose URL matches."),
]
Dedupe = Annotated[
    bool,
    typer.Option(
        "--dedupe", help="Read near-identical articles once; `also_in` lists where else each was carried."
    ),
]
CodebookFile = Annotated[
    Path | None,
    typer.Option("--codebook", metavar="FILE", help="Codebook TOML file. Default: the shipped one."),
]
Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="CONFIG",
        help="TOML config, or the name of one in experiments/configs/. Default: linear.",
    ),
]
Bootstrap = Annotated[
    int,
    typer.Option(
        "--bootstrap",
        metavar="N",
        min=0,
        max=100_000,
        help="Bootstrap resamples for the 95% confidence interval, up to 100000.",
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed", metavar="N", min=0, max=MAX_SEED, help="Random seed; the same seed gives the same result."
    ),
]
OutFile = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Output file, written atomically. Default: standard output."
    ),
    Output("file"),
]
TableOrJson = Annotated[
    Literal["table", "json"], typer.Option("--format", metavar="FORMAT", help="table or json.")
]
TextOrJson = Annotated[
    Literal["text", "jsonl"],
    typer.Option("--format", metavar="FORMAT", help="text, or jsonl (one JSON object per line)."),
]
Split = Annotated[
    Literal["train", "validation", "test"] | None,
    typer.Option("--split", metavar="SPLIT", help="Only articles of this split: train, validation or test."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only results and errors.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Also print details such as folders and timings.")
]


class Command(TyperCommand):
    """A command whose help names arguments as FILE or N, without Python types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in self.params:
            if isinstance(parameter, TyperArgument):
                parameter.display_type_rich = lambda *_, **__: ""  # type: ignore[method-assign]
                usage = _usage(parameter.metavar or "", parameter.required, parameter.nargs)
                parameter._usage_display_name = partial(str, usage)  # type: ignore[method-assign]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; remove the prefix that pydantic puts before messages.

        Raises:
            BadParameter: a value is empty (an empty path would be the working folder), not a finite number
                (ranges let `nan` pass), or invalid in another way.
        """
        for n, text in enumerate(args):
            if text == "" or (text.startswith("--") and text.endswith("=")):
                name = text.rstrip("=") or (args[n - 1] if n and args[n - 1].startswith("-") else "argument")
                raise typer.BadParameter(f"{name} is empty", ctx=ctx)
        try:
            rest = super().parse_args(ctx, args)
            for name, value in ctx.params.items():
                if isinstance(value, float) and not math.isfinite(value):
                    option = f"--{name.rstrip('_').replace('_', '-')}"
                    raise typer.BadParameter(f"{option}: {value} is not a finite number", ctx=ctx)
            return rest
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


def _usage(name: str, required: bool, nargs: int) -> str:
    """An argument in the usage line, in the usual notation; Typer writes `{FILE}` for a required one."""
    return f"{name if required else f'[{name}]'}{'...' if nargs == -1 else ''}"


def add_command(app: typer.Typer, function: Callable[..., None], name: str | None = None) -> None:
    """Add a function as a command, with `--quiet` and `--verbose`.

    Invalid input ends in one line and exit code 1. Outputs are checked first, see `check_outputs`.

    Args:
        app: the command group.
        function: the command; its docstring is the help text.
        name: name of the command, if it is not the function's.
    """
    signature = inspect.signature(function, eval_str=True)
    outputs = declared_outputs(signature)

    @wraps(function)
    def command(*args: Any, quiet: bool, verbose: bool, **kwargs: Any) -> None:
        raise_verbosity(quiet, verbose)
        try:
            with exit_on_input_error():
                check_outputs(outputs, kwargs)
                function(*args, **kwargs)
        except Interrupted as signal:
            report_interruption(signal.number)
            raise typer.Exit(128 + signal.number) from None

    more = [
        inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=a)
        for n, a in (("quiet", Quiet), ("verbose", Verbose))
    ]
    command.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *more]
    )
    app.command(name, cls=Command)(command)


def group(help_: str) -> typer.Typer:
    """An empty command group, with `--quiet` and `--verbose`."""
    app = typer.Typer(help=help_, no_args_is_help=True, rich_markup_mode=None)

    def options(quiet: Quiet = False, verbose: Verbose = False) -> None:
        raise_verbosity(quiet, verbose)

    app.callback()(options)
    return app
