"""The peak memory of a process that lists articles."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import IO

# The peak is VmHWM of the process itself (Linux): ru_maxrss would begin with that of the parent.
_SCRIPT = """
import re, sys
from pathlib import Path
from stancewire.serving.cli.main import app
try:
    app(["articles", *sys.argv[1:]])
except SystemExit as end:
    peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
    print(end.code, peak, file=sys.stderr)
"""


@dataclass(frozen=True)
class Listing:
    """What `stancewire articles` printed, its exit status, and its peak memory in KB."""

    code: int
    peak: int
    stdout: str
    errors: list[str]

    @property
    def n_articles(self) -> int:
        """The lines of the table below its head."""
        return max(0, len(self.stdout.splitlines()) - 2)


def listing(*arguments: object, stdin: IO[bytes] | None = None) -> Listing:
    """List articles in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *map(str, arguments)],
        stdin=stdin or subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        env={**os.environ, "COLUMNS": "120"},
    )
    code, peak = done.stderr.split()[-2:]
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    return Listing(int(code), int(peak), done.stdout, errors)
