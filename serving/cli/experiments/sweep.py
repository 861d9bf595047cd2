"""`stancewire experiments sweep`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..console import note, plural, progress
from ..output_options import Output
from .train import training_progress
from .train_options import SetOption

ConfigArgument = Annotated[
    str,
    typer.Argument(
        metavar="CONFIG", help="TOML config with a table [sweep], or a shipped one such as linear-sweep."
    ),
]
TrialsOption = Annotated[
    int,
    typer.Option(
        "--trials",
        metavar="N",
        min=1,
        max=10_000,
        help="Trials in total; those of an earlier call in the same folder count.",
    ),
]
CorpusOption = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus", metavar="CORPUS", help="Corpus file or folder; repeatable. Default: those of the config."
    ),
]
OutOption = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="FOLDER", help="Folder for the study and its results."),
    Output("folder", names=("study.db", "trials.csv", "sweep.md", "winner.toml")),
]


def sweep(
    config: ConfigArgument,
    out: OutOption,
    trials: TrialsOption = 20,
    corpus: CorpusOption = None,
    set_: SetOption = None,
) -> None:
    """Search a config's settings for the highest validation F1.

    The table [sweep.classifier] of the config declares the ranges. Each trial is a run under one parent run.
    Test articles are not used. The winner and the config are then trained with three fresh seeds, and the
    difference is reported. If the command is killed, the same command resumes it. Writes trials.csv, sweep.md
    and winner.toml, a config for `train`. Needs the extra `sweep`.

    Example: stancewire experiments sweep linear-sweep --trials 20 -o sweep

    Example: stancewire train sweep/winner.toml
    """
    from ....experiments.config import load_config
    from ....experiments.review.sweep_report import write_files
    from ....experiments.studies.sweep.run import sweep as search
    from ....experiments.studies.sweep.storage import check_folder
    from ...output.results import print_lines
    from ...unlabelled import read_unlabelled

    settings = load_config(config, set_ or (), corpus or ())
    check_folder(out)
    with progress("reading the corpus") as bar:
        found = search(config, settings, trials, out, training_progress(bar), read_unlabelled)
    if found.resumed:
        note(f"{plural(len(found.resumed), 'trial')} of a killed sweep tried again")
    print_lines(write_files(found, out), end=False)
    note(f"run {found.run_id}; trials.csv, sweep.md and winner.toml written to {out}")
