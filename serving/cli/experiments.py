"""`stancewire experiments`: what was tried, and how good it is."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from .console import exit_on_input_error

app = typer.Typer(
    help="Review runs: what was tried, and how good it is.", no_args_is_help=True, rich_markup_mode=None
)


# With more columns than these a table can no longer be read.
MOST_STANCES = 5


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


@app.command("list")
def list_(
    experiment: Annotated[
        str | None, typer.Option("--experiment", help="Only the runs of this experiment.")
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            "--sort", help="A column (when, config, micro_f1, macro_f1, seconds, …) or a stance; best first."
        ),
    ] = "when",
    folds: Annotated[
        bool, typer.Option("--folds", help="The runs of single folds of a cross-validation too.")
    ] = False,
    format_: Annotated[
        Literal["table", "jsonl"], typer.Option("--format", help="A table, or one run a line as JSON.")
    ] = "table",
) -> None:
    """Runs as a table: when, config, corpus, F1 on the validation articles, duration.

    Stances have columns of their own where there are no more than five among all runs; name an --experiment to see one label set.

    Example: stancewire experiments list --sort micro_f1
    """
    with exit_on_input_error():
        import json

        from ...experiments.review.runs import list_runs

        rows = list_runs(experiment, sort, folds)
        if format_ == "jsonl":
            for row in rows:
                typer.echo(json.dumps(row.as_dict(), ensure_ascii=False))
            return
        if not rows:
            typer.echo("no runs yet: `stancewire train` makes one")
            return
        from rich.table import Table
        from rich.text import Text

        from ..output.metric_tables import stdout_console

        stances = list(dict.fromkeys(s for row in rows for s in row.stances))
        stances = stances if len(stances) <= MOST_STANCES else []
        table = Table(
            title="runs (F1 on validation articles; evaluations on their corpus; folds on what each held out)",
            title_justify="left",
        )
        table.add_column("run", no_wrap=True)
        table.add_column("when", no_wrap=True)
        for column in ("config", "corpus"):
            table.add_column(column, overflow="fold")
        for column in ("micro", "macro", *(s.split("_")[0] for s in stances), "seconds"):
            table.add_column(column, justify="right", no_wrap=True)
        table.add_column("registered", no_wrap=True)
        for row in rows:
            figures = [
                _number(row.micro_f1),
                _number(row.macro_f1),
                *(_number(row.stances.get(s)) for s in stances),
                _number(row.seconds, 1),
            ]
            status = row.registered or ("" if row.status == "FINISHED" else row.status.lower())
            table.add_row(
                Text(row.run[:8]), row.when[5:16], Text(row.config), Text(row.corpus), *figures, status
            )
        stdout_console().print(table)


@app.command()
def show(
    run: Annotated[str, typer.Argument(help="A run id, or the start of one.")],
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="A table, or everything as JSON.")
    ] = "table",
) -> None:
    """One run: its settings, thresholds, figures and artifacts.

    Example: stancewire experiments show 3f2a91c0
    """
    with exit_on_input_error():
        import json

        from ...experiments.review.runs import find_run

        found = find_run(run)
        tags = {k: v for k, v in found.data.tags.items() if not k.startswith("mlflow.")}
        if format_ == "json":
            about = {
                "run": found.info.run_id,
                "params": found.data.params,
                "tags": tags,
                "metrics": found.data.metrics,
            }
            typer.echo(json.dumps(about, ensure_ascii=False))
            return
        from rich.table import Table
        from rich.text import Text

        from ..output.metric_tables import stdout_console

        console = stdout_console()
        console.print(
            Text(f"run {found.info.run_id}  {found.info.run_name}  {found.info.status.lower()}", style="bold")
        )
        for title, content in (
            ("settings", found.data.params),
            ("tags", tags),
            ("figures", {k: f"{v:.4g}" for k, v in found.data.metrics.items()}),
        ):
            table = Table(title=title, title_justify="left", show_header=False)
            for key, value in sorted(content.items()):
                table.add_row(Text(key), Text(str(value), overflow="fold"))
            console.print(table)
        console.print(Text(f"artifacts: {found.info.artifact_uri}", style="dim"))
