"""Write docs/record.schema.json, the JSON Schema of a scored article: `make schema`."""

from __future__ import annotations

import json
from pathlib import Path

from stancewire.data.record import Record


def schema() -> str:
    """The JSON Schema of `Record`, formatted."""
    return json.dumps(Record.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "record.schema.json").write_text(schema(), encoding="utf-8")
