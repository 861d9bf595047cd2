"""Read a synthetic source with one reader."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.reader import Reader
from stancewire.serving.articles.source import ReadOptions, ReadReport, Source, SourceArticle


@dataclass
class Reading:
    """The result of reading a source."""

    articles: list[SourceArticle]
    report: ReadReport
    notes: list[str] = field(default_factory=list)


def read(reader: Reader, data: bytes, name: str) -> Reading:
    """All articles of a source that the reader has to recognise."""
    notes: list[str] = []
    report = ReadReport(source=name, on_note=notes.append)
    source = Source(name, data=data)
    assert reader.recognise(source.head, name)
    return Reading(list(reader.read(source, ReadOptions(), report)), report, notes)


def refusal(reader: Reader, data: bytes, name: str) -> str:
    """The one line with which a source is refused, or its only error."""
    try:
        reading = read(reader, data, name)
    except InputError as error:
        line = str(error)
    else:
        assert len(reading.report.errors) == 1
        line = str(reading.report.errors[0])
    if "\n" in line or not line.startswith(f"{name}"):
        pytest.fail(f"not one line that names the source: {line!r}")
    return line
