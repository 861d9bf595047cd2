"""Inputs that are made to exhaust memory: each is read in a process of its own, below 1 GB."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LIMIT = 1_000_000_000
# The peak is VmHWM of the process itself (Linux): ru_maxrss would begin with that of the parent, and a
# limit of the address space would also count mapped libraries.
SCRIPT = """
import re, sys
from pathlib import Path
from stancewire.serving.articles.registry import read_articles
errors = []
found = list(read_articles(sys.argv[1:], report_error=lambda e: errors.append(str(e)), note=print))
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
print(peak, len(found), len(errors), *errors[:1], sep="\\t")
"""


def attack(folder: Path, name: str, stdin: str | None = None) -> tuple[int, int, str]:
    """Read an input and a good file after it: the peak of memory in bytes, articles read, first error."""
    (folder / "good.txt").write_text("Kenya accused Somalia of shelling villages.", encoding="utf-8")
    with open(stdin or os.devnull, "rb") as stream:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, name, str(folder / "good.txt")],
            stdin=stream,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    peak, n_found, _, *errors = done.stdout.strip().split("\t")
    return int(peak), int(n_found), errors[0] if errors else ""


def _bomb(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(300):
            file.write(b"a" * 1_000_000)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100_000_000_000)


def _sparse_row(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'{"text": "' + b"a" * 70_000)
        file.truncate(100_000_000_000)


def _long_row(path: Path) -> None:
    path.write_bytes(b'{"text": "' + b"a" * 300_000_000 + b'"}\n{"text": "It rained."}\n')


def _no_stop(path: Path) -> None:
    path.write_text("Kenya accused Somalia of it and then said that " * 40_000, encoding="utf-8")


ATTACKS: dict[str, tuple[Callable[[Path], None], int, str]] = {
    "bomb.jsonl.gz": (_bomb, 1, "more than 200 times"),
    "bomb.txt.gz": (_bomb, 1, "too large for an article"),
    "sparse.txt": (_sparse, 1, "too large for an article"),
    "sparse.jsonl": (_sparse, 1, "20 MB"),
    "sparse_row.jsonl": (_sparse_row, 1, "20 MB"),
    "long_row.jsonl": (_long_row, 2, "20 MB"),
    "no_stop.txt": (_no_stop, 1, "without the end of a sentence"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTACKS)
def test_a_file_cannot_exhaust_memory(tmp_path: Path, name: str) -> None:
    make, n_found, what = ATTACKS[name]
    make(tmp_path / name)
    peak, found, error = attack(tmp_path, str(tmp_path / name))
    assert peak < LIMIT and found == n_found and what in error, (peak, found, error)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "stdin"), [("/dev/zero", None), ("-", "/dev/zero")])
def test_endless_devices_are_refused(tmp_path: Path, name: str, stdin: str | None) -> None:
    peak, found, error = attack(tmp_path, name, stdin)
    assert peak < LIMIT and found == 1 and error, (peak, found, error)
