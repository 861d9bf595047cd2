"""Large tables are read row by row: the peak memory does not grow with their size."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = "Kenya accused Somalia on Tuesday of shelling a border town and called on it to answer. " * 20
# Prints the peak memory of a process that lists the articles of a file, in KB.
PROGRAM = """
import resource, sys
from stancewire.serving.cli.main import app
try:
    app(["articles", sys.argv[1], "--any-language"])
except SystemExit as end:
    assert not end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def write_csv(path: Path, n: int) -> None:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "title", "date", "source", "text"])
        for i in range(n):
            table.writerow([f"a{i}", f"Headline {i}", "2021-05-03", "Harbour Gazette", f"Story {i}. {TEXT}"])


def write_parquet(path: Path, n: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, pa.schema([("id", pa.string()), ("text", pa.string())])) as table:
        for start in range(0, n, 1000):
            rows = range(start, start + 1000)
            columns = {"id": [f"a{i}" for i in rows], "text": [f"Story {i}. {TEXT}" for i in rows]}
            table.write_table(pa.table(columns))


def peak(path: Path) -> tuple[int, int]:
    """The peak memory in KB, and the number of articles listed."""
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=True
    )
    return int(result.stderr.split()[-1]), len(result.stdout.splitlines()) - 2


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_csv, write_parquet], ids=["csv", "parquet"])
def test_the_memory_does_not_grow_with_the_rows(tmp_path: Path, write: object) -> None:
    peaks = []
    for n in (1_000, 100_000):
        path = tmp_path / f"{n}.{'csv' if write is write_csv else 'parquet'}"
        write(path, n)  # type: ignore[operator]
        kilobytes, listed = peak(path)
        assert listed == n
        peaks.append(kilobytes)
        path.unlink()
    assert peaks[1] <= 1.2 * peaks[0], peaks
