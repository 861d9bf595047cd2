"""`datasets.load_dataset("data")` returns what the data card declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import pytest
from stancewire.data.layers.layer import LayerArticle, read_layer
from stancewire.data.schema import Article


@pytest.fixture(scope="module")
def load(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    cache = str(tmp_path_factory.mktemp("cache"))
    return lambda *config: datasets.load_dataset(str(root / "data"), *config, cache_dir=cache)


def untyped(feature: Any) -> bool:
    """Whether a column or a part of it has no declared type."""
    if isinstance(feature, dict):
        return any(map(untyped, feature.values()))
    if isinstance(feature, datasets.List):
        return untyped(feature.feature)
    return isinstance(feature, datasets.Json)


def filled(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the nulls that stand for missing fields."""
    sentences = [{k: v for k, v in s.items() if v is not None} for s in row["sentences"]]
    return {k: v for k, v in row.items() if v is not None} | {"sentences": sentences}


def test_the_corpus_is_typed_and_unchanged(load: Any, shipped: list[Article]) -> None:
    loaded = load()
    assert set(loaded) == {"train", "validation", "test"}
    for split, rows in loaded.items():
        assert [k for k, v in rows.features.items() if untyped(v)] == ["date"]
        assert [Article.model_validate(filled(r)) for r in rows] == [a for a in shipped if a.split == split]


@pytest.mark.parametrize("name", ["news", "news-more"])
def test_each_layer_is_a_config_of_its_own(load: Any, root: Path, name: str) -> None:
    rows = load(f"{name.replace('-', '_')}_layer")["full"]
    assert [k for k, v in rows.features.items() if untyped(v)] == ["date"]
    layer = read_layer(root / "data" / "layers" / f"{name}.jsonl")
    assert [LayerArticle.model_validate(filled(r)) for r in rows] == layer


def test_dates_are_strings(load: Any) -> None:
    assert load()["train"][0]["date"] == "2020-10-14"
    assert all(d is None or (isinstance(d, str) and len(d) == 10) for d in load("news_layer")["full"]["date"])
