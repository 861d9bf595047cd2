"""Tiny saved models of every format and kind (made by `tests/models/make.py`) load and score as before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stancewire.tests.models.make import EXPECTED, FOLDER, expected
from stancewire.training.serialization import FORMAT, LOADERS, load_model

MODELS = sorted(p.parent for p in FOLDER.glob(f"*/{EXPECTED}"))


@pytest.mark.parametrize("folder", MODELS, ids=[m.name for m in MODELS])
def test_a_saved_model_scores_exactly_as_when_it_was_made(folder: Path) -> None:
    gold = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    assert gold["statements"]
    found = expected(load_model(folder)).to_dict()
    assert _kept(found, gold) == gold


def _kept(found: Any, gold: Any) -> Any:
    """What was found, with the fields of the release that saved the model: later ones may add fields."""
    if isinstance(gold, dict) and isinstance(found, dict):
        return {field: _kept(found.get(field), value) for field, value in gold.items()}
    if isinstance(gold, list) and isinstance(found, list) and len(found) == len(gold):
        return [_kept(f, g) for f, g in zip(found, gold, strict=True)]
    return found


def test_every_kind_has_a_saved_model_of_the_current_format() -> None:
    assert {f"{FORMAT}-{kind}" for kind in LOADERS} <= {m.name for m in MODELS}
