"""`stancewire experiments rerun`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..console import note, plural, progress
from .train import training_progress


def rerun(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a training run, or its first characters.")],
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Allow uncommitted changes in the working tree.")
    ] = False,
) -> None:
    """Repeat a training run, and compare every figure.

    On the same machine, the same commit, corpus and seed give the same figures. What differs in code,
    packages and machine is listed. A changed corpus is an error; so are uncommitted changes, unless
    --allow-dirty is used. The new run is logged, but its model is not registered. The exit code is 1 if
    figures differ.

    Example: stancewire experiments rerun 3f2a91c0
    """
    from ....data.errors import InputError
    from ....experiments.review.rerun import rerun as train_again
    from ...output.results import print_lines
    from ...output.tables.run_tables import print_figures
    from ...unlabelled import read_unlabelled

    with progress("reading the corpus") as bar:
        result = train_again(run, allow_dirty, training_progress(bar), read_unlabelled)
    for line in result.inputs:
        note(f"differs: {line}")
    figures = plural(result.compared, "figure")
    note(f"logged as run {result.run_id}")
    if result.same:
        predictions = " and all predictions" if result.predictions else ""
        print_lines(f"all {figures}{predictions} are the same as in run {result.original}")
        return
    if result.different:
        print_figures(result.different)
    what = (
        f"{len(result.different)} of {figures} differ" if result.different else "scores of predictions differ"
    )
    same = "code, packages and machine are the same"
    hint = "the lines above say what else differs" if result.inputs else same
    raise InputError(what, where=f"run {result.original[:8]}", hint=hint)
