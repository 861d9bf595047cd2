"""The layers that come with stancewire, by name: where their texts are published, and where they lie once fetched."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..errors import InputError
from ..files.cache import cache_folder

LAYERS = Path(__file__).parent


class LayerSource(BaseModel):
    """Where the texts of a layer are: the content of `layers/NAME.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    title: str
    homepage: str
    archive: str = Field(description="URL of a zip archive that holds the articles, one JSON file each")
    members: str = Field(
        description="pattern of the articles' names in the archive; the name without .json is the article's id"
    )
    id_field: str
    text_fields: tuple[str, ...] = Field(
        min_length=1, description="fields that may hold the text; the first that is there does"
    )
    texts_license: str
    license: str = Field(description="licence of the annotations")
    max_archive_mb: int = Field(gt=0)


@cache
def layer_names() -> tuple[str, ...]:
    """The names of the layers that come along."""
    return tuple(sorted(p.stem for p in LAYERS.glob("*.toml")))


def layer_file(name: str) -> Path:
    """The JSONL file of a layer that comes along."""
    return LAYERS / f"{name}.jsonl"


def layer_source(name: str) -> LayerSource:
    """Where the texts of a layer are.

    Raises:
        InputError: no layer of this name comes along.
    """
    if name not in layer_names():
        raise InputError("no such layer", where=name, hint=f"layers are: {', '.join(layer_names())}")
    return LayerSource.model_validate(tomllib.loads((LAYERS / f"{name}.toml").read_text(encoding="utf-8")))


def fetched_file(name: str) -> Path:
    """Where `corpus fetch` puts the joined corpus. A layer that has changed since has another place, so that no stale one is read."""
    digest = hashlib.sha256(layer_file(name).read_bytes()).hexdigest()
    return cache_folder() / "layers" / f"{name}-{digest[:12]}.jsonl"
