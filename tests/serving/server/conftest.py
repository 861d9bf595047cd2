"""A running service with the tiny model, for all tests of this folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytest.importorskip("fastapi", reason="the extra serve is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")
from running import RunningServer


@pytest.fixture(scope="session")
def service(tiny_model: Path) -> Iterator[RunningServer]:
    running = RunningServer(
        tiny_model, "--workers", "2", "--max-body", "0.2", "--max-articles", "5", "--timeout", "30"
    )
    yield running
    running.stop()
