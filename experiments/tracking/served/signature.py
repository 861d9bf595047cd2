"""The signature of a registered model: columns and parameters of its input, columns of its output."""

from __future__ import annotations

from typing import Any

from ....training.decoding.labeller import Labeller
from .columns import label_columns, statement_columns

_EXAMPLE = "Kenya accused Somalia of shelling a border town. Somalia urged Kenya to withdraw its troops."
# A model of known pairs labels one sentence.
_KNOWN = {"text": "Kenya accused Somalia of shelling a border town.", "actor": "Kenya", "target": "Somalia"}


def signature(labeller: Labeller) -> Any:
    """The MLflow signature of a labeller, see `pyfunc_model.StancewireModel`."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec

    stances = bool(labeller.codebook.stances)
    columns: list[ColSpec | TensorSpec] = [
        ColSpec("string", "text"),
        ColSpec("string", "id", required=False),
        ColSpec("string", "title", required=False),
        ColSpec("string", "actor", required=False),
        ColSpec("string", "target", required=False),
    ]
    output: list[ColSpec | TensorSpec] = [
        ColSpec(kind, name, required=required)
        for name, kind, required in (statement_columns() if stances else label_columns())
    ]
    params = [
        ParamSpec("rows", "string", "statements" if stances else "labels"),
        ParamSpec("min_score", "double", None),
    ]
    return ModelSignature(Schema(columns), Schema(output), ParamSchema(params))


def input_example(labeller: Labeller) -> Any:
    """A table with one row that the model accepts."""
    import pandas as pd

    known = labeller.mentions == "known"
    return pd.DataFrame([_KNOWN if known else {"text": _EXAMPLE, "id": "a1", "title": "Shelling"}])
