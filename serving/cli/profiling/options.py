"""The options of `stancewire profile`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ..output_options import Output

ProfileFormat = Literal["table", "csv", "json", "html"]
FORMATS: dict[str, ProfileFormat] = {".csv": "csv", ".json": "json", ".html": "html", ".txt": "table"}

Scored = Annotated[
    list[str],
    typer.Argument(
        metavar="SCORES",
        help="What `stancewire score` wrote: .jsonl (also .jsonl.gz), .csv or .parquet files, folders of "
        "them, or - for JSONL from standard input.",
    ),
]
ByOption = Annotated[
    Literal["outlet", "date", "actor"] | None,
    typer.Option("--by", metavar="WHAT", help="One row per outlet, date or actor. Default: all articles."),
]
PeriodOption = Annotated[
    Literal["day", "week", "month", "year"] | None,
    typer.Option(
        "--period", metavar="PERIOD", help="day, week, month or year. Default: one that suits the dates."
    ),
]
AnnotatedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--annotated",
        metavar="CORPUS",
        help="Correct the shares with these annotated articles, which the model has not seen: a corpus file "
        "or folder, news, or the run of a cross-validation (train --folds); repeatable.",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="MODEL", help="Model for --annotated. Default: the one that scored the articles."
    ),
]
MarginOption = Annotated[
    float,
    typer.Option(
        "--margin",
        metavar="P",
        min=0.001,
        max=1,
        help="Show a corrected share only if its 95% interval is no wider than plus or minus P.",
    ),
]
TopOption = Annotated[
    int,
    typer.Option("--top", metavar="N", min=1, max=1000, help="Maximum number of sides in a table or plot."),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DATE",
        help="Only articles of this date or later; a day, month or year (2024-05-31, 2024-05 or 2024).",
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="DATE",
        help="Only articles of this date or earlier. Articles without a known date are skipped.",
    ),
]
OutletOption = Annotated[
    list[str] | None,
    typer.Option(
        "--outlet", metavar="NAME", help="Only articles of this outlet; * matches any text. Repeatable."
    ),
]
FormatOption = Annotated[
    ProfileFormat | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table, csv, json or html. Default: table; with --out, by its extension.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Output file, written atomically. Default: standard output."
    ),
    Output("file"),
]
GraphOption = Annotated[
    Path | None,
    typer.Option(
        "--graph",
        metavar="FILE",
        help="Also write who blames and who appeals to whom, as .gexf or .graphml (Gephi, visone) or .csv.",
    ),
    Output("file", (".gexf", ".graphml", ".csv")),
]
DnaOption = Annotated[
    Path | None,
    typer.Option(
        "--dna",
        metavar="FILE",
        help="Also write all statements as CSV with the columns of Discourse Network Analyzer.",
    ),
    Output("file", (".csv",)),
]
