"""spaCy without PyTorch, which it imports if it can: that takes 3 of the 4 s of a cold start.

The pipeline that we use does not need it. Only stancewire's own processes leave it out: a program that uses
the Python API may also use pipelines that do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_own = False


def this_process_is_ours() -> None:
    """Called once by a command or a worker process."""
    global _own
    _own = True


@contextmanager
def without_torch() -> Iterator[None]:
    """PyTorch seems not to be installed, if the process is ours and has not imported it yet."""
    if not _own or "torch" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["torch"]
