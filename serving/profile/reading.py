"""Read what `stancewire score` wrote: records as JSONL, or tables of statements as CSV or Parquet."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...data.annotation.summary import ArticleSummary
from ...data.errors import InputError, validated
from ...data.files.reading import json_lines, json_lines_of
from ...data.record import Record
from ...data.reporting import Report, guarded

_HINT = "give what `stancewire score --format jsonl` wrote"
_TABLES = (".csv", ".parquet")
_RECORDS = (".jsonl", ".jsonl.gz")


def read_summaries(inputs: Sequence[str], report: Report) -> Iterator[ArticleSummary]:
    """The articles of files of records, one after another.

    Args:
        inputs: JSONL files (also gzipped), CSV or Parquet tables, folders of these, `-` for JSONL from
            standard input.
        report: called with each line or file that cannot be read; the others are read.
    """
    for name in inputs:
        try:
            for path in _files(name):
                yield from _read(path, report)
        except InputError as error:
            report(error)


def _files(name: str) -> list[Path | None]:
    """The files of an input; None is standard input.

    Raises:
        InputError: there is no such file, or nothing to read in the folder.
    """
    if name == "-":
        return [None]
    path = Path(name)
    if path.is_dir():
        suffixes = (*_RECORDS, *_TABLES)
        found = sorted(p for p in path.iterdir() if p.name.lower().endswith(suffixes) and p.is_file())
        if not found:
            hint = "give a folder of .jsonl, .csv or .parquet files that `stancewire score` wrote"
            raise InputError("no scored articles in this folder", where=name, hint=hint)
        return list(found)
    if not path.exists():
        raise InputError(
            "no such file", where=name, hint="score articles first: stancewire score INPUT -o FILE"
        )
    return [path]


def _read(path: Path | None, report: Report) -> Iterator[ArticleSummary]:
    if path is not None and path.suffix.lower() in _TABLES:
        from .tables import read_table

        with guarded(str(path), report):
            yield from read_table(path)
        return
    if path is None:
        lines: Iterator[tuple[str, Any]] = json_lines_of(sys.stdin.buffer, "standard input", report)
    else:
        lines = json_lines(path, report, compressed=path.suffix.lower() == ".gz")
    for where, value in lines:
        try:
            yield summary_of(value, where)
        except InputError as error:
            report(error)


def summary_of(value: Any, where: str) -> ArticleSummary:
    """The summary of a record that was read from JSON.

    Raises:
        InputError: it is not a record.
    """
    if not isinstance(value, dict):
        raise InputError("not a record", where=where, hint=_HINT)
    if "sentences" in value and "statements" not in value:
        raise InputError("an article that is not scored", where=where, hint="score it: stancewire score")
    record = validated(Record, value, where=where, hint=_HINT)
    try:
        return ArticleSummary.of_record(record)
    except InputError as error:
        raise InputError(error.what, where=where, hint=error.hint) from None
