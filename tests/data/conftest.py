"""Fixtures for the tests of data/: writing corpora and analysing text, without a network."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.codebook import Codebook, shipped_codebook
from stancewire.data.text.analysis import AnalysedSentence, analyse
from stancewire.data.text.gazetteer import Gazetteer, gazetteer
from stancewire.data.text.segmentation.sentences import segment

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")


@pytest.fixture(scope="session")
def names() -> Gazetteer:
    return gazetteer()


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    return shipped_codebook()


@pytest.fixture(scope="session")
def read(names: Gazetteer) -> Callable[[str], list[AnalysedSentence]]:
    """Analyse a text without a cache of parses."""
    return lambda text: analyse(segment(text), names)


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., Path]:
    """Write a JSONL file; strings are written unchanged."""

    def write(*lines: Any, name: str = "corpus.jsonl") -> Path:
        path = tmp_path / name
        path.write_text(
            "".join(f"{x if isinstance(x, str) else json.dumps(x, ensure_ascii=False)}\n" for x in lines),
            encoding="utf-8",
        )
        return path

    return write
