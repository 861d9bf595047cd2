"""`stancewire experiments list`, `show` and `clean`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..console import note, plural
from ..options import TableOrJson

ExperimentOption = Annotated[
    str | None, typer.Option("--experiment", metavar="NAME", help="Only runs of this MLflow experiment.")
]
SortOption = Annotated[
    str,
    typer.Option(
        "--sort",
        metavar="COLUMN",
        help="when, config, corpus, micro_f1, macro_f1, seconds or a stance; newest and highest first.",
    ),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAMES",
        help="Columns to show, separated by commas. Default: those that fit the terminal.",
    ),
]
FoldsOption = Annotated[
    bool,
    typer.Option("--folds", help="Also list the folds of cross-validations and the trials of sweeps."),
]
FilterOption = Annotated[
    str | None,
    typer.Option(
        "--filter",
        metavar="EXPRESSION",
        help="Only runs that match, in MLflow's syntax: \"tags.config = 'linear' and metrics.seconds < 90\".",
    ),
]
FormatOption = Annotated[
    Literal["table", "jsonl"],
    typer.Option("--format", metavar="FORMAT", help="table, or jsonl (one run per line)."),
]


def list_runs(
    experiment: ExperimentOption = None,
    sort: SortOption = "when",
    columns: ColumnsOption = None,
    folds: FoldsOption = False,
    filter_: FilterOption = None,
    format_: FormatOption = "table",
) -> None:
    """List runs with their settings, F1 and models.

    F1 is measured on the validation articles, for an evaluation on its corpus, and for a cross-validation on
    all held-out articles. `changed` lists the settings that differ from the config. Each stance has a column
    if there are at most five. Figures in brackets are inherited by a final model. A run is "lost" if its
    process was killed; `experiments clean` closes it.

    Example: stancewire experiments list --sort micro_f1

    Example: stancewire experiments list --columns run,changed,micro_f1

    Example: stancewire experiments list --filter "metrics.`validation/statements/f1` > 0.8"
    """
    from ....experiments.review.runs import list_runs as find_runs
    from ...output.results import print_json
    from ...output.tables.run_tables import print_runs

    rows = find_runs(experiment, sort, folds, filter_)
    if format_ == "jsonl":
        for row in rows:
            print_json(row.as_dict())
    elif not rows:
        note("no run matches" if filter_ else "no runs yet: start with `stancewire train`")
    else:
        print_runs(rows, [c.strip() for c in columns.split(",")] if columns else None)
        if any(row.measured_by for row in rows):
            note(
                "in brackets: inherited by a final model, measured without the validation and test articles "
                "by the run in the column measured_by"
            )


def show_run(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run id, or its first characters.")],
    format_: TableOrJson = "table",
) -> None:
    """Show the metrics and settings of one run.

    Example: stancewire experiments show 3f2a91c0
    """
    from ....experiments.review.run_details import run_details
    from ...output.results import print_json
    from ...output.tables.run_tables import print_run

    details = run_details(run)
    if format_ == "json":
        content = {
            "run": details.run,
            "registered": details.registered,
            **({"figures": details.figures} if details.figures else {}),
            "changed": details.changed,
            "params": details.settings | {f"threshold.{k}": v for k, v in details.thresholds.items()},
            "tags": details.tags,
            "metrics": _flat(details.metrics),
        }
        print_json(content)
    else:
        print_run(details)


def clean_up(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FOLDER", help="Folders with outputs of killed commands. Default: the working folder."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be cleaned.")] = False,
) -> None:
    """Close runs of killed commands; remove their temporary files.

    Closed runs get the status KILLED and a tag that says so. Only files that match stancewire's own patterns
    and that no running process uses are removed: `stancewire-PID-…` in the system's folder for temporary
    files, and incomplete outputs (`.NAME.….part`) in FOLDER.

    Example: stancewire experiments clean --dry-run

    Example: stancewire experiments clean results/
    """
    from ....experiments.tracking.lifecycle.clean import clean
    from ....experiments.tracking.lifecycle.work_folder import incomplete_outputs
    from ...output.results import print_lines

    files = [path for folder in folders or [Path()] for path in incomplete_outputs(folder)]
    found = clean(files, dry_run)
    for run, name in found.runs:
        print_lines(f"{'would close' if dry_run else 'closed as KILLED'}: run {run[:8]} ({name})")
    for path in found.files:
        print_lines(f"{'would remove' if dry_run else 'removed'}: {path}")
    lost, removed = plural(len(found.runs), "lost run"), plural(len(found.files), "temporary file")
    note(f"{lost}, {removed}" + (" found; nothing was changed" if dry_run else ""))


def _flat(metrics: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested metrics by name: `validation/blame/f1`."""
    out: dict[str, Any] = {}
    for key, value in metrics.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{prefix}{key}/")
        else:
            out[f"{prefix}{key}"] = value
    return out
