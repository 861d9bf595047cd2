"""`stancewire experiments upload`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..console import note, progress


def upload(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder that `train` named in its error message.")
    ],
) -> None:
    """Copy runs that were kept while the tracking store was down.

    If the tracking store fails during training, the run is kept in a folder of its own. This command copies
    its parameters, metrics, artifacts and model to the tracking store, under the id that the run had there.
    Anything that is already there is not copied again, and the folder is not changed.

    Example: stancewire experiments upload stancewire-run-3f2a91c0
    """
    from ....experiments.tracking.lifecycle.upload import upload_runs
    from ...output.results import print_lines

    with progress("copying runs"):
        uploaded = upload_runs(folder)
    if not uploaded:
        note("no finished runs in this folder")
    for run in uploaded:
        print_lines(f"{'uploaded' if run.copied else 'already there'}: run {run.run_id} ({run.name})")
        if run.model is not None and run.copied:
            note(f"register its model: stancewire models import {run.model}")
