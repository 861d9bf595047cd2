"""`stancewire experiments report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..console import note, plural, progress
from ..output_options import Output
from .compare import RunsArgument, SplitOption, note_look

ReportFile = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="FILE", help="The HTML file."),
    Output("file", (".html", ".htm")),
]
ReportNoText = Annotated[
    bool,
    typer.Option("--no-text", help="Leave out the sentences of errors, for a report that can be shared."),
]
TextsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus",
        metavar="CORPUS",
        help="Corpus with the texts; repeatable. Default: the corpora of the runs.",
    ),
]
CurveOption = Annotated[
    Path | None,
    typer.Option(
        "--learning-curve",
        metavar="FILE",
        help="Also draw a learning curve: the curve.csv that `experiments learning-curve` wrote.",
    ),
]


def report(
    runs: RunsArgument,
    out: ReportFile,
    split: SplitOption = None,
    learning_curve: CurveOption = None,
    corpus: TextsOption = None,
    no_text: ReportNoText = False,
) -> None:
    """Write a report of one or several runs as one HTML page.

    Several runs are compared with the first. The report begins with the verdict and says in which settings,
    in which slices, curves, roles and errors the runs differ, how the figures were obtained, and what was not
    measured. The page works without a network.

    Example: stancewire experiments report champion challenger -o report.html

    Example: stancewire experiments report 3f2a91c0 -o report.html --no-text
    """
    from ....data.files.atomic import atomic_write
    from ....experiments.pages.report.contents import read_contents
    from ....experiments.pages.report.entries import errors_of_report
    from ....experiments.pages.report.learning import read_curve
    from ....experiments.pages.report.render import render_report

    curve = read_curve(learning_curve) if learning_curve else ()
    with progress("reading predictions") as bar:
        contents = read_contents(runs, split, bar.advance)
        errors = errors_of_report(contents, text=not no_text, corpora=corpus or ())
    page = render_report(contents, errors, text=not no_text, curve=curve)
    with atomic_write(out) as stream:
        stream.write(page)
    note_look(contents.split, (side.run.info.run_id for side in contents.sides))
    note(f"report of {plural(len(contents.sides), 'run')} written to {out}")
