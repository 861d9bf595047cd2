"""`stancewire score`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...data.files.outputs import format_of
from .articles.reading import Reading, reads_articles
from .articles.spark import ScoreOut, offers_spark
from .console import ErrorCount
from .options import Actors, Inputs, MinScore, Model, workers_option
from .scoring import Scoring, append_to, available_cores, opened_model, score_to_output, scorer

if TYPE_CHECKING:
    from ..output.appending import AppendingWriter

Format = Literal["table", "jsonl", "csv", "parquet", "xlsx", "html"]
FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".html": "html",
    ".txt": "table",
}
NoText = Annotated[
    bool,
    typer.Option("--no-text", help="Leave out the sentences, for articles that may not be redistributed."),
]

AppendOption = Annotated[
    bool,
    typer.Option(
        "--append",
        help="Add to the JSONL or CSV file of --out; articles that are already in it (same id and text) are "
        "skipped.",
    ),
]

Gate = Annotated[
    bool,
    typer.Option(
        "--gate/--no-gate",
        help="Leave out sentences in which the model's gate, a much simpler classifier, expects no statement "
        "and no label: a little faster, but a few statements are missed.",
    ),
]

Workers = Annotated[
    int | None,
    workers_option("Number of worker processes; small inputs and HTML output use one."),
]

FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table, jsonl, csv, parquet, xlsx or html. Default: table; with --out, by its extension.",
    ),
]


@reads_articles
@offers_spark
def score(
    inputs: Inputs,
    format_: FormatOption = None,
    out: ScoreOut = None,
    model: Model = "champion",
    min_score: MinScore = None,
    actors: Actors = None,
    append: AppendOption = False,
    no_text: NoText = False,
    workers: Workers = None,
    gate: Gate = False,
    *,
    reading: Reading,
) -> None:
    """Score articles: who takes which stance towards whom.

    Each statement comes with its actor, target and score; loaded sentences are marked. Sentences are numbered
    from 0 in all formats. With --out, the same command continues a run that was interrupted.

    Example: stancewire score article.txt

    Example: stancewire score nexis.docx --since 2024-05 -o page.html

    Example: cat article.txt | stancewire score - --format jsonl

    Example: stancewire score news.parquet --engine spark --master 'local[*]' -o scores
    """
    kind = format_ or format_of(out, FORMATS, "table")
    appending = _appending(out, kind) if append else None
    source, labeller = opened_model(model, actors or (), gate=gate)
    work = scorer(labeller, source, workers or available_cores(), min_score)
    scoring = Scoring(labeller, ErrorCount(), min_score, not no_text, work, source)
    if appending:
        append_to(appending, reading.articles(inputs, scoring.errors), scoring)
    else:
        score_to_output(out, kind, reading.articles(inputs, scoring.errors), scoring)
    reading.finish()
    scoring.errors.exit_if_any()


def _appending(out: Path | None, kind: Format) -> AppendingWriter:
    """The writer of `--append`.

    Raises:
        InputError: there is no output file, it is a pipe or device, or the format is for people.
    """
    from ...data.errors import InputError
    from ...data.files.atomic import is_stream
    from ..output.appending import AppendingWriter

    if out is None:
        raise InputError("no file to append to", where="--append", hint="name it with -o")
    if kind == "table":
        raise InputError("a table cannot be appended to", where=str(out), hint="use .jsonl or .csv")
    if kind in ("parquet", "xlsx", "html"):
        raise InputError(f"{kind} cannot be appended to", where=str(out), hint="use .jsonl or .csv")
    if is_stream(out):
        raise InputError("not a file, so nothing can be appended", where=str(out), hint="leave out --append")
    return AppendingWriter(out, kind)
