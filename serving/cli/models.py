"""`stancewire models`: list and show registered models, and share them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from .console import note
from .options import MODEL_HELP, TableOrJson
from .output_options import Output

Which = Annotated[str, typer.Argument(metavar="MODEL", help=MODEL_HELP)]


def list_models(
    format_: Annotated[
        Literal["table", "jsonl"],
        typer.Option("--format", metavar="FORMAT", help="table, or jsonl (one version per line)."),
    ] = "table",
) -> None:
    """List registered models, their aliases and validation F1.

    Example: stancewire models list
    """
    from ...experiments.tracking.versions import list_versions
    from ..output.results import print_json
    from ..output.tables.model_tables import print_versions

    versions = list_versions()
    if format_ == "jsonl":
        for version in versions:
            content = {**asdict(version), "tags": dict(version.tags)}
            print_json(content)
    elif not versions:
        note("no models yet: start with `stancewire train`")
    else:
        print_versions(versions)


def show_model(model: Which = "champion", format_: TableOrJson = "table") -> None:
    """Show the settings, metrics and model card of a model.

    Example: stancewire models show champion

    Example: stancewire models show ./my-model
    """
    from ..models import describe_model
    from ..output.results import print_json
    from ..output.tables.model_tables import print_model

    described = describe_model(model)
    if format_ == "json":
        print_json(described)
    else:
        print_model(described)


def export_model(
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="PATH", help="Folder or .zip file to write; must not exist yet."),
        Output("new"),
    ],
    model: Which = "champion",
) -> None:
    """Export a model as one folder or .zip file.

    Others can use it with `--model PATH`. It contains the model's files, its model card and a manifest with
    a checksum of each file, but no text of the corpus.

    Example: stancewire models export champion -o my-model.zip
    """
    from ..models import export

    note(f"{export(model, out)} written to {out}")


def import_model(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="Folder or .zip file that `models export` wrote.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FOLDER", help="Only check it and copy it to this new folder."),
        Output("new"),
    ] = None,
) -> None:
    """Check a model that someone else exported, and register it.

    The checksum of every file is verified and the model is loaded. It is registered under the name of its
    label set, as champion if there is none yet, otherwise as challenger.

    Example: stancewire models import my-model.zip

    Example: stancewire models import my-model.zip -o my-model
    """
    from ..models import import_to_folder
    from ..output.results import print_lines
    from ..registration import register_folder

    if out is not None:
        note(f"{import_to_folder(path, out)} checked and copied to {out}")
        return
    print_lines(register_folder(path))
