"""A real local Spark. Without pyspark or Java, the tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.serving.batch.spark.session import check_installed, open_session

MODEL = Path(__file__).parents[1] / "models" / "5-linear"
MASTER = "local[2]"
Cli = Callable[..., Result]


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    try:
        check_installed()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture
def model() -> Path:
    return MODEL


@pytest.fixture
def both(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, Result]]:
    """Score the same inputs with both engines: to `spark` and to `local`, with an ending."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path, ending: str = ".jsonl") -> tuple[Result, Result]:
        shutil.rmtree(f"spark{ending}", ignore_errors=True)
        common = ("score", *arguments, "--model", MODEL)
        on_spark = cli(*common, "--engine", "spark", "--master", MASTER, "-o", f"spark{ending}")
        return on_spark, cli(*common, "--workers", "1", "-o", f"local{ending}")

    return run


@pytest.fixture
def spark() -> Iterator[Any]:
    with open_session(MASTER) as session:
        yield session
