"""The signature of a registered model: columns and parameters of its input, columns of its output."""

from __future__ import annotations

from typing import Any

from ....training.decoding.labeller import Labeller

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
        ColSpec(kind, name, required=required) for name, kind, required in (_STATEMENT if stances else _LABEL)
    ]
    params = [
        ParamSpec("rows", "string", "statements" if stances else "labels"),
        ParamSpec("min_score", "double", None),
    ]
    return ModelSignature(Schema(columns), Schema(output), ParamSchema(params))


_SENTENCE = [
    ("id", "string", True),
    ("title", "string", False),
    ("sentence", "long", True),
    ("start", "long", True),
    ("end", "long", True),
    ("text", "string", True),
]
_LABEL = [*_SENTENCE, ("label", "string", True), ("score", "double", True)]
_STATEMENT = [
    *_SENTENCE,
    ("labels", "string", True),
    ("stance", "string", True),
    ("score", "double", True),
    *(
        (f"{role}{suffix}", kind, False)
        for role in ("actor", "target")
        for suffix, kind in (
            ("", "string"),
            ("_start", "long"),
            ("_end", "long"),
            ("_id", "string"),
            ("_evidence", "string"),
        )
    ),
]


def input_example(labeller: Labeller) -> Any:
    """A table with one row that the model accepts."""
    import pandas as pd

    known = labeller.mentions == "known"
    return pd.DataFrame([_KNOWN if known else {"text": _EXAMPLE, "id": "a1", "title": "Shelling"}])
