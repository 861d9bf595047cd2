"""Rows with actor and target for a model that does not read them are reported once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result


def test_rows_whose_pair_is_not_read_are_reported_once(
    cli: Callable[..., Result], tiny_model: Path, tmp_path: Path
) -> None:
    row = {"text": "Togo accused Mali of shelling.", "actor": "Togo", "target": "Mali"}
    rows = [row | {"id": "a"}, row | {"id": "b", "target": None}, {"id": "c", "text": row["text"]}]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    result = cli("score", file, "--model", tiny_model, "--format", "jsonl")
    assert result.exit_code == 0 and result.stdout.count("\n") == 3
    assert result.stderr.count("2 rows with actor or target") == 1
    explained = cli("explain", file, "--model", tiny_model)
    assert explained.stderr.count("2 rows with actor or target") == 1
