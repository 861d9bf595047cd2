"""The registry of formats: what it offers, the format of a suffix, and that it imports quickly."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from stancewire.data.errors import InputError
from stancewire.data.formats import (
    FOLDERS,
    READERS,
    WRITERS,
    InputFormat,
    OutputFormat,
    input_format,
    output_format,
)


def test_the_registry_has_all_formats_that_the_command_line_offers() -> None:
    assert {*READERS, "table"} == set(get_args(InputFormat))
    assert {*WRITERS, *FOLDERS, "label-studio-config"} == set(get_args(OutputFormat))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("x.sheet", "sheet"),
        ("x.txt", "sheet"),
        ("x.JSON", "label-studio"),
        ("x.conll", "conll"),
        ("x.ann", "brat"),
        ("", "brat"),
    ],
)
def test_the_suffix_determines_the_input_format(name: str, form: str, tmp_path: Path) -> None:
    assert input_format(tmp_path / name) == form


@pytest.mark.parametrize("name", ["x.jsonl", "x.csv", "x.tsv", "x.xml"])
def test_an_ambiguous_suffix_needs_an_explicit_format(name: str) -> None:
    with pytest.raises(InputError, match="give --format"):
        input_format(Path(name))


def test_the_suffix_determines_the_output_format() -> None:
    names = {
        None: "sheet",
        "x.sheet": "sheet",
        "x": "sheet",
        "x.jsonl": "jsonl",
        "x.json": "label-studio",
        "x.xml": "label-studio-config",
        "x.conll": "conll",
    }
    assert {k: output_format(Path(k) if k else None) for k in names} == names


def test_importing_the_registry_loads_no_heavy_packages() -> None:
    import subprocess
    import sys

    code = (
        "import sys, stancewire.data.formats\n"
        "heavy = ('pydantic', 'spacy', 'numpy')\n"
        "print([m for m in sys.modules if m.split('.')[0] in heavy])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )
