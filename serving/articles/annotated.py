"""Tell annotated articles from articles to score."""

from __future__ import annotations

import json
from pathlib import Path

from .tables.json_lines import MAX_ROW_BYTES


def is_annotated(path: Path) -> bool:
    """Whether a JSONL file, or the first one in a folder, begins with an annotated article."""
    if path.is_dir():
        return any(is_annotated(p) for p in sorted(path.glob("*.jsonl"))[:1])
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return False
    try:
        with path.open(encoding="utf-8-sig") as file:
            lines = iter(lambda: file.readline(MAX_ROW_BYTES), "")
            first = json.loads(next((line for line in lines if line.strip()), "null"))
    except (OSError, ValueError, RecursionError):
        return True  # `read_corpus` reports what is wrong with it
    return isinstance(first, dict) and "sentences" in first
