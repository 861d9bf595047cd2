"""`stancewire experiments ui`."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated

import typer

from ....data.errors import InputError
from ..console import note, progress
from .runs import ExperimentOption


def ui(
    experiment: ExperimentOption = None,
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="N", min=0, max=65535, help="Port on this machine; 0 for any free one."
        ),
    ] = 5000,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Whether to open a browser.")] = True,
) -> None:
    """Show the runs in MLflow's web page.

    Serves the local store on this machine only, until Ctrl-C. For a tracking server, its own page is opened.

    Example: stancewire experiments ui

    Example: stancewire experiments ui --port 0 --no-open
    """
    from ....experiments.tracking.served.web_page import runs_path, server_page
    from ...output.results import print_lines

    path = runs_path(experiment)
    if (page := server_page(path)) is None:
        _serve(path, port, open_)
    else:
        print_lines(page)
        _open(page, open_)


def _serve(path: str, port: int, open_: bool) -> None:
    """Serve the local store until a signal."""
    from ....experiments.tracking.served.web_page import LOCALHOST, free_port, running_server
    from ...output.results import print_lines

    port = free_port(port)
    page = f"http://{LOCALHOST}:{port}{path}"
    with ExitStack() as stack:
        with progress("starting MLflow's server"):
            process = stack.enter_context(running_server(port))
        print_lines(page)
        note("press Ctrl-C to stop")
        _open(page, open_)
        code = process.wait()
    raise InputError(f"MLflow's server ended with exit code {code}", hint="start it again")


def _open(page: str, wanted: bool) -> None:
    if wanted:
        import webbrowser

        webbrowser.open(page)
