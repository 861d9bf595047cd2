"""A tracking server that is down is one line, soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

# Nothing listens on the port "discard".
DOWN = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    "arguments",
    [
        ("experiments", "list"),
        ("experiments", "show", "deadbeef"),
        ("score", "article.txt", "-o", "out.jsonl"),
        ("train", "--corpus", "CORPUS"),
        ("evaluate", "--corpus", "CORPUS"),
    ],
    ids=" ".join,
)
def test_a_dead_server_gives_one_error_within_fifteen_seconds(
    arguments: tuple[str, ...],
    cli: Callable[..., Result],
    one_line: Callable[[Result], str],
    tiny_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", DOWN)
    (tmp_path / "article.txt").write_text(
        "Armenia accused Azerbaijan of shelling the town.", encoding="utf-8"
    )
    began = time.perf_counter()
    line = one_line(cli(*(str(tiny_file) if a == "CORPUS" else a for a in arguments)))
    assert time.perf_counter() - began < 15
    assert DOWN in line and "does not answer" in line
    assert sorted(p.name for p in tmp_path.iterdir()) == ["article.txt"]


@pytest.mark.parametrize("uri", ["file:///tmp/somewhere", "somewhere/mlruns"])
def test_a_folder_as_store_is_an_error_with_a_hint(
    uri: str,
    cli: Callable[..., Result],
    one_line: Callable[[Result], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    line = one_line(cli("experiments", "list"))
    assert uri in line and "sqlite:///" in line


def test_a_database_that_cannot_be_opened_gives_one_error(
    cli: Callable[..., Result],
    one_line: Callable[[Result], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"this is no database, whatever it is called\n" * 100)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert "mlflow.db" in one_line(cli("experiments", "list"))
