"""Results as text on standard output."""

from __future__ import annotations

import sys
from typing import Any

import typer

from ...data.errors import InputError
from ...data.printable import json_line, printable


def print_lines(text: str, *, end: bool = True) -> None:
    """Print text for people, with control characters made visible.

    Args:
        end: whether to add a line end.
    """
    typer.echo(printable(text), nl=end)


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; characters that standard output lacks are escaped."""
    typer.echo(json_line(value))


def print_data(text: str, *, is_json: bool = False) -> None:
    """Print a file's content for another program: unchanged, except on a terminal.

    Args:
        text: the content.
        is_json: whether characters that standard output lacks may be escaped.

    Raises:
        InputError: standard output has an encoding that lacks a character.
    """
    if sys.stdout.isatty():
        text = printable(text)
    elif not is_json:
        try:
            text.encode(sys.stdout.encoding or "utf-8")
        except UnicodeEncodeError as error:
            what = f"standard output is {sys.stdout.encoding}, which lacks {text[error.start]!a}"
            hint = "write to a file with -o, or set PYTHONIOENCODING=utf-8"
            raise InputError(what, hint=hint) from None
    # Not typer.echo, which removes terminal escapes from what it writes to a pipe.
    sys.stdout.write(text)
    sys.stdout.flush()
