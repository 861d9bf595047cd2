"""`score --gate` uses the gate of the model, in this process and in workers.

The gate of `gated_model` passes no sentence, so that statements are found only if it is not used.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.serving.batch import scorers
from stancewire.serving.batch.scorers import score_here
from stancewire.serving.pool.model_source import ModelSource
from stancewire.serving.pool.pool import Pool
from stancewire.serving.pool.tasks import open_pool

Cli = Callable[..., Result]
TEXT = "Kenya accused Somalia of shelling a border town. Somalia urged Kenya to withdraw its troops."
N = 60


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    rows = ({"id": f"a{i}", "text": f"{TEXT} It was attack {i}."} for i in range(N))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def scored(cli: Cli, *arguments: str | Path) -> list[dict[str, Any]]:
    """The records of a run, without the name of the model."""
    result = cli("score", *arguments, "--min-score", "0.2", "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    records = [json.loads(line) for line in result.stdout.splitlines()]
    return [{k: v for k, v in record.items() if k != "model"} for record in records]


def test_in_one_process(cli: Cli, source: Path, tiny_model: Path, gated_model: Path) -> None:
    one = (source, "--workers", "1", "--model")
    expected = scored(cli, *one, tiny_model)
    assert all(record["statements"] for record in expected)
    assert scored(cli, *one, gated_model) == scored(cli, *one, gated_model, "--no-gate") == expected
    gated = scored(cli, *one, gated_model, "--gate")
    assert [r["statements"] for r in gated] == [[]] * N
    assert [len(r["sentences"]) for r in gated] == [len(r["sentences"]) for r in expected]


def test_a_model_without_gate_is_named(cli: Cli, source: Path, tiny_model: Path) -> None:
    result = cli("score", source, "--model", tiny_model, "--gate", "--workers", "1", "--format", "jsonl")
    assert result.exit_code == 0 and "this model has no gate: every sentence is read" in result.stderr


def test_in_workers(
    cli: Cli, source: Path, tiny_model: Path, gated_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = scored(cli, source, "--workers", "1", "--model", tiny_model)
    here: list[int] = []

    def count_here(*arguments: Any, **options: Any) -> Any:
        for one in score_here(*arguments, **options):
            here.append(1)
            yield one

    def open_and_wait(source: ModelSource, workers: int) -> Pool:
        pool = open_pool(source, workers)
        pool.wait_until_ready()  # otherwise this process may have scored everything before
        return pool

    monkeypatch.setattr(scorers, "ALONE", 1)
    monkeypatch.setattr(scorers, "open_pool", open_and_wait)
    monkeypatch.setattr(scorers, "score_here", count_here)
    two = (source, "--workers", "2", "--model", gated_model)
    assert scored(cli, *two) == expected
    assert len(here) < N, "workers scored some"
    here.clear()
    gated = scored(cli, *two, "--gate")
    assert [r["statements"] for r in gated] == [[]] * N and len(here) < N


def test_the_option_reaches_the_files_of_workers(gated_model: Path) -> None:
    source = ModelSource.find(str(gated_model), gate=True)
    sent = ModelSource.from_dict(json.loads(json.dumps(source.to_dict())))
    assert sent.load().use_gate and not ModelSource.find(str(gated_model)).load().use_gate


def test_an_exported_model(cli: Cli, source: Path, gated_model: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "model"), "zip", gated_model)
    assert all(r["statements"] for r in scored(cli, source, "--model", archive))
    assert not any(r["statements"] for r in scored(cli, source, "--model", archive, "--gate"))
