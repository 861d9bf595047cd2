"""Readers report what they cannot read, one `InputError` for each record or file, and read the rest.

`guarded` is the one place that turns exceptions into errors: whatever the content of a file makes Python
raise (too deep nesting, a damaged archive, a value of another type) ends in one line.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .errors import InputError

# Called with each record or file that cannot be read.
Report = Callable[[InputError], None]
# Called with each remark about valid input, as one line.
Note = Callable[[str], None]

_logger = logging.getLogger("stancewire")


def raise_error(error: InputError) -> None:
    """The report of a reader that stops at the first error."""
    raise error


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a reader of annotations reads.

    Attributes:
        report: called with each invalid record; the default raises the error.
        note: called with remarks about records that are left out.
        annotator: the annotator whose work is read, where a file has that of several.
    """

    report: Report = raise_error
    note: Note = _logger.warning
    annotator: str | None = None


STOP_AT_FIRST = ImportOptions()


@contextmanager
def guarded(where: str, report: Report = raise_error, hint: str | None = None) -> Iterator[None]:
    """Report whatever the block raises as one `InputError`, and continue after the block.

    Args:
        where: the location of the record or file, for exceptions that have none.
        report: called with the error; by default it is raised.
        hint: what to do about it, for exceptions other than `InputError`.
    """
    found: InputError | None = None
    try:
        yield
    except Exception as error:
        found = input_error(error, where, hint)
    if found is not None:
        report(found)


def input_error(error: Exception, where: str, hint: str | None = None) -> InputError:
    """An exception that a file caused, as one `InputError`."""
    if isinstance(error, InputError):
        return error
    what = _reason(error)
    if what is None:
        message = next(iter(str(error).split("\n")), "")[:200]
        what = f"cannot be read: {type(error).__name__}: {message}" if message else type(error).__name__
        # Not foreseen, so possibly a mistake of ours: `--verbose` shows the traceback.
        _logger.debug("%s: %s", where, what, exc_info=error)
    return InputError(what, where=where, hint=hint)


def _reason(error: Exception) -> str | None:
    """What is wrong, for the exceptions that invalid files are known to cause; None for others."""
    # Imported here: `stancewire --help` must not wait for them.
    import gzip
    import lzma
    import zipfile
    import zlib

    damaged = (gzip.BadGzipFile, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError)
    if isinstance(error, damaged) or (isinstance(error, OSError) and error.strerror is None):
        return "damaged or incomplete"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, MemoryError):
        return "too large for the memory"
    if isinstance(error, UnicodeEncodeError):
        return "contains an unpaired surrogate"
    if isinstance(error, UnicodeError):
        return "not text in the expected encoding"
    if isinstance(error, OverflowError):
        return "a number is too large"
    if isinstance(error, ValueError) and "integer string conversion" in str(error):
        return "a number is too long"
    return None
