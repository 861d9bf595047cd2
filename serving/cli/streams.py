"""Standard input and output that are closed, full or not UTF-8."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from ...data.errors import InputError
from .console import report_error, unnamed


class _ClosedOutput(io.TextIOBase):
    """In place of a standard output that is closed (`>&-`): an error only if something is printed."""

    encoding = "utf-8"

    def write(self, text: str) -> NoReturn:
        raise InputError("standard output is closed", hint="write to a file with -o, or leave it open")


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Characters that an encoding lacks, as JSON escapes them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def prepare_streams() -> None:
    """Make standard input, output and error usable whatever they are.

    A standard output that is not UTF-8 shows `\\u2192` instead of ending in a traceback; JSON stays valid.
    A closed stream is replaced, also its number, which the next open file would get otherwise.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()
    codecs.register_error("escape", _escape)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="escape")


@contextmanager
def exit_code_of_errors() -> Iterator[None]:
    """One line and exit code 1 where help or the version cannot be printed, which no command has caught."""
    try:
        yield
    except InputError as error:
        report_error(error)
        raise SystemExit(1) from None
    except OSError as error:
        report_error(unnamed(error))
        raise SystemExit(1) from None


def flush_output() -> None:
    """Write what Python still holds; a full disk ends in one line and exit code 1, a closed pipe silently."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        # Otherwise Python tries once more at exit, and prints a traceback.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        if isinstance(error, OSError) and error.errno != errno.EPIPE:
            report_error(InputError(f"cannot be written: {error.strerror}", where="standard output"))
        raise SystemExit(1) from None
