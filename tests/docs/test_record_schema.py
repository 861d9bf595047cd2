"""The JSON Schema of a record in docs/ is the one of the code, and real records follow it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_schema_in_docs_is_up_to_date() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "make_record_schema.py"))
    shown = (ROOT / "docs" / "record.schema.json").read_text(encoding="utf-8")
    assert shown == script["schema"](), "run: make schema"
    assert json.loads(shown)["title"] == "Record"
