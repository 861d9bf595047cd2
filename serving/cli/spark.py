"""`stancewire score --engine spark`: its options, and which others it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .articles.reading import Reading
from .console import ErrorCount, note
from .output_options import Output

if TYPE_CHECKING:
    from ..batch.spark.output import Format

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


def refuse(options: Mapping[str, Any], engine: str) -> None:
    """Refuse options that an engine does not have.

    Args:
        options: values by the names of the options.
        engine: the engine.

    Raises:
        InputError: one of them is set.
    """
    from ...data.errors import InputError

    for name, value in options.items():
        if value:
            raise InputError(f"not with --engine {engine}", where=name, hint="leave it out")


def score_on_spark(
    inputs: Sequence[str],
    out: Path | None,
    format_: str | None,
    model: str,
    actors: Sequence[Path],
    reading: Reading,
    master: str | None,
    min_score: float | None,
    text: bool,
    partitions: int | None,
) -> None:
    """Score with Spark; exits with 1 if there were errors.

    Raises:
        InputError: see `score_with_spark`; or an option is not available with Spark.
    """
    names = ("dedupe", "fetch", "allow_private", "url_pattern", "report")
    refuse({f"--{n.replace('_', '-')}": getattr(reading, n) for n in names}, "spark")
    kind = _kind(out, format_)
    options = reading.options()
    assert out is not None
    from ..batch.spark.output import check_output
    from ..batch.spark.session import check_installed

    check_output(out)
    check_installed()
    from ..batch.spark.job import SparkScoring, score_with_spark
    from ..pool.model_source import ModelSource

    errors = ErrorCount()
    scoring = SparkScoring(
        master or "local[*]",
        ModelSource.find(model, actors),
        options,
        errors,
        note,
        min_score,
        text,
        partitions,
    )
    score_with_spark(inputs, out, kind, scoring)
    errors.exit_if_any()


def _kind(out: Path | None, format_: str | None) -> Format:
    """The format of the parts.

    Raises:
        InputError: there is no output folder, or the format has no parts.
    """
    from ...data.errors import InputError

    if out is None:
        raise InputError("no output folder", where="--engine spark", hint="name it with -o")
    kind = format_ or out.suffix.lower().removeprefix(".") or "jsonl"
    if kind == "jsonl":
        return "jsonl"
    if kind == "parquet":
        return "parquet"
    hint = "use jsonl or parquet"
    raise InputError(f"Spark does not write {kind}", where="--format" if format_ else str(out), hint=hint)
