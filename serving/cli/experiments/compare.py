"""`stancewire experiments compare`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ..console import progress
from ..options import TableOrJson

RunsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...",
        help="Run ids or models (champion, a version, NAME[@ALIAS|/VERSION]); the first is the baseline. "
        "The parent run of `train --seeds` stands for all its trainings.",
    ),
]
SplitOption = Annotated[
    Literal["validation", "test", "evaluation", "pooled"] | None,
    typer.Option(
        "--split",
        metavar="SPLIT",
        help="Articles to compare on: validation, test, evaluation (runs of `evaluate`) or pooled "
        "(cross-validations). Default: validation, or what the runs have.",
    ),
]


def compare_runs(runs: RunsArgument, split: SplitOption = None, format_: TableOrJson = "table") -> None:
    """Compare runs: which is better, where, and is the difference real?

    Answers two questions. Is this model better than that one: a permutation test and a paired bootstrap over
    articles, and over conflicts if there are at least ten. Is this recipe better than that one: needs three
    seeds of each, see `stancewire train --seeds`; other runs with the same settings count as well.

    Example: stancewire experiments compare champion challenger

    Example: stancewire experiments compare 3f2a91c0 77ab12de --split test
    """
    from ....experiments.comparison.compare import compare
    from ...output.results import print_json
    from ...output.review.comparison_tables import print_comparison

    with progress("reading predictions") as bar:
        found = compare(runs, split, bar.advance)
    if format_ == "json":
        print_json(found.as_dict())
    else:
        print_comparison(found)
