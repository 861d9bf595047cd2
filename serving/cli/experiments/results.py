"""`stancewire experiments results`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..console import note
from ..output_options import Output
from .runs import FilterOption


def results(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Markdown file whose generated part is replaced, or a new file. Default: standard output.",
        ),
        Output("file", (".md",)),
    ] = None,
    filter_: FilterOption = None,
) -> None:
    """Report the results of the shipped configs, in Markdown.

    For each config: the newest finished training run with the config's own settings, the evaluations of its
    model, and the commands. In FILE, only the lines between the two marks are replaced.

    Example: stancewire experiments results

    Example: stancewire experiments results -o experiments/RESULTS.md
    """
    from ....experiments.review.results import results as generate
    from ....experiments.review.results import write_results
    from ...output.results import print_lines

    text = generate(filter_)
    if out is None:
        print_lines(text, end=False)
    else:
        write_results(out, text)
        note(f"written to {out}")
