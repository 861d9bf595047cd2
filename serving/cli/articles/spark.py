"""`stancewire score --engine spark`: its options, and which others it takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..console import ErrorCount, note
from ..output_options import Output
from .reading import Reading

if TYPE_CHECKING:
    from ...batch.spark.output import Format

MAX_PARTITIONS = 1_000_000
Engine = Annotated[
    Literal["local", "spark"],
    typer.Option(
        "--engine",
        metavar="ENGINE",
        help="local (default), or spark: JSONL or Parquet files, to a new folder of JSONL or Parquet parts.",
    ),
]
Master = Annotated[
    str | None,
    typer.Option(
        "--master",
        metavar="URL",
        help="With --engine spark: the cluster, such as spark://host:7077 or yarn. Default: local[*].",
    ),
]
Partitions = Annotated[
    int | None,
    typer.Option(
        "--partitions",
        metavar="N",
        min=1,
        max=MAX_PARTITIONS,
        help="With --engine spark: parts of the output. Default: one per 5,000 articles, or 4 per core.",
    ),
]
ScoreOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Output file, written atomically; with --engine spark a new folder. Default: standard output.",
    ),
    Output("any"),
]


_OPTIONS: dict[str, tuple[Any, Any]] = {
    "engine": (Engine, "local"),
    "master": (Master, None),
    "partitions": (Partitions, None),
}


def offers_spark(function: Callable[..., None]) -> Callable[..., None]:
    """Give `score` the options of Spark; with `--engine spark`, a Spark job runs instead of the function.

    The options and the output are checked before the model is loaded.
    """
    signature = inspect.signature(function, eval_str=True)
    more = [
        inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)
        for n, (kind, default) in _OPTIONS.items()
    ]

    @wraps(function)
    def command(
        *args: Any, engine: str, master: str | None, partitions: int | None, reading: Reading, **options: Any
    ) -> None:
        reading.options()
        if engine == "spark":
            refuse({f"--{name}": options[name] for name in ("append", "workers")}, engine)
            score_on_spark(options, reading, master, partitions)
            return
        refuse({"--master": master, "--partitions": partitions}, engine)
        if (out := options["out"]) is not None:
            from ....data.files.outputs import check_output_file

            check_output_file(out)
        function(*args, reading=reading, **options)

    own = list(signature.parameters.values())
    command.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*own[:-1], *more, own[-1]]
    )
    return command


def refuse(options: Mapping[str, Any], engine: str) -> None:
    """Refuse options that an engine does not have.

    Args:
        options: values by the names of the options.
        engine: the engine.

    Raises:
        InputError: one of them is set.
    """
    from ....data.errors import InputError

    for name, value in options.items():
        if value:
            raise InputError(f"not with --engine {engine}", where=name, hint="leave it out")


def score_on_spark(
    options: Mapping[str, Any], reading: Reading, master: str | None, partitions: int | None
) -> None:
    """Score with Spark; exits with 1 if there were errors.

    Args:
        options: those of `score`, by the names of its parameters.
        reading: how articles are read.
        master: the cluster.
        partitions: number of parts of the output.

    Raises:
        InputError: see `score_with_spark`; or an option is not available with Spark.
    """
    names = ("dedupe", "fetch", "allow_private", "url_pattern", "report")
    refuse({f"--{n.replace('_', '-')}": getattr(reading, n) for n in names}, "spark")
    out: Path | None = options["out"]
    kind = _kind(out, options["format_"])
    assert out is not None
    from ...batch.spark.output import check_output
    from ...batch.spark.session import check_installed

    check_output(out)
    check_installed()
    from ...batch.spark.job import SparkScoring, score_with_spark
    from ...pool.model_source import ModelSource

    scoring = SparkScoring(
        master or "local[*]",
        ModelSource.find(options["model"], options["actors"] or (), gate=options["gate"]),
        reading.options(),
        report_error=(errors := ErrorCount()),
        note=note,
        min_score=options["min_score"],
        text=not options["no_text"],
        partitions=partitions,
    )
    score_with_spark(options["inputs"], out, kind, scoring)
    errors.exit_if_any()


def _kind(out: Path | None, format_: str | None) -> Format:
    """The format of the parts.

    Raises:
        InputError: there is no output folder, or the format has no parts.
    """
    from ....data.errors import InputError

    if out is None:
        raise InputError("no output folder", where="--engine spark", hint="name it with -o")
    kind = format_ or out.suffix.lower().removeprefix(".") or "jsonl"
    if kind == "jsonl":
        return "jsonl"
    if kind == "parquet":
        return "parquet"
    hint = "use jsonl or parquet"
    raise InputError(f"Spark does not write {kind}", where="--format" if format_ else str(out), hint=hint)
