"""The shipped layers: where their texts are published, and where fetched corpora are stored."""

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
    """Where the texts of a layer are published: the content of `layers/NAME.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    title: str
    homepage: str
    archive: str = Field(description="URL of a zip archive with one JSON file per article")
    members: str = Field(
        description="pattern of the file names in the archive; the names without .json are the ids"
    )
    id_field: str
    text_fields: tuple[str, ...] = Field(
        min_length=1, description="fields that may contain the text; the first one that exists is used"
    )
    texts_license: str
    license: str = Field(description="license of the annotations")
    max_archive_mb: int = Field(gt=0)


@cache
def layer_names() -> tuple[str, ...]:
    """The names of the shipped layers."""
    return tuple(sorted(p.stem for p in LAYERS.glob("*.toml")))


def layer_file(name: str) -> Path:
    """The JSONL file of a shipped layer."""
    return LAYERS / f"{name}.jsonl"


def layer_source(name: str) -> LayerSource:
    """Where the texts of a shipped layer are published.

    Raises:
        InputError: there is no layer of this name.
    """
    if name not in layer_names():
        raise InputError("no such layer", where=name, hint=f"the layers are: {', '.join(layer_names())}")
    return LayerSource.model_validate(tomllib.loads((LAYERS / f"{name}.toml").read_text(encoding="utf-8")))


def fetched_file(name: str) -> Path:
    """The path at which `corpus fetch` stores the corpus of a layer.

    The file name contains a digest of the layer, so that the corpus of an older layer is never read.
    """
    digest = hashlib.sha256(layer_file(name).read_bytes()).hexdigest()
    return cache_folder() / "layers" / f"{name}-{digest[:12]}.jsonl"
