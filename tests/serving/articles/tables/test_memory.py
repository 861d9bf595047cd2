"""Large tables are read row by row: the peak memory does not grow with their size."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from synthetic.memory import listing

SIZES = (1_000, 100_000)
_WORDS = [f"{a}{b}{c}" for a, b, c in itertools.product("bcdfgl", "aeiou", "mnrst")]


def rows(n: int) -> Iterator[dict[str, str]]:
    """Articles of 1.2 KB that do not compress to nothing."""
    random = Random(0)
    for i in range(n):
        text = " ".join(" ".join(random.choices(_WORDS, k=14)).capitalize() + "." for _ in range(22))
        about = {"id": f"a{i}", "title": f"Headline {i}", "date": "2021-05-03", "source": "Harbour Gazette"}
        yield {**about, "text": text}


def write_csv(path: Path, n: int) -> None:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "title", "date", "source", "text"])
        table.writerows(row.values() for row in rows(n))


def write_parquet(path: Path, n: int, group: int = 1_000_000) -> None:
    """By default all rows are one row group, as other programs write it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = rows(n)
    columns = ("id", "title", "date", "source", "text")
    with pq.ParquetWriter(path, pa.schema([(name, pa.string()) for name in columns])) as table:
        while part := list(itertools.islice(found, group)):
            table.write_table(pa.Table.from_pylist(part), row_group_size=group)


def write_groups(path: Path, n: int) -> None:
    write_parquet(path, n, 1_000)


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_csv, write_parquet, write_groups])
def test_the_memory_does_not_grow_with_the_rows(tmp_path: Path, write: Callable[[Path, int], None]) -> None:
    peaks = []
    for n in SIZES:
        path = tmp_path / f"{n}.{'csv' if write is write_csv else 'parquet'}"
        write(path, n)
        found = listing(path, "--any-language")
        assert found.n_articles == n
        peaks.append(found.peak)
        path.unlink()
    print(f"{write.__name__}: {peaks[0]} and {peaks[1]} KB, {peaks[1] / peaks[0]:.2f} times")
    assert peaks[1] <= 1.2 * peaks[0], peaks
