"""The registered model: an MLflow pyfunc whose artifacts are data only and whose code is the installed stancewire.

MLflow runs this file when the model is logged and when it is loaded; it does nothing but name the model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from stancewire.training.decoding.labeller import Labeller
from stancewire.training.serialization import load_model


def _record(labeller: Labeller, row: dict[Any, Any], number: Any) -> dict[str, Any]:
    text, identity = str(row["text"]), str(row.get("id", number))
    actor, target = (row[k] if isinstance(row.get(k), str) and row[k] else None for k in ("actor", "target"))
    return labeller.label(text, id=identity, actor=actor, target=target).to_dict()


class StancewireModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc, name-defined, unused-ignore]
    """Articles in, records out: a table with a `text` column (and `id`) gives one JSON record of the scores contract a row.

    Models of known pairs read the pair from the columns `actor` and `target`.
    """

    labeller: Labeller

    def load_context(self, context: Any) -> None:
        self.labeller = load_model(Path(context.artifacts["model"]))

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> list[str]:
        rows = zip(model_input.index, model_input.to_dict("records"), strict=True)
        return [json.dumps(_record(self.labeller, row, number), ensure_ascii=False) for number, row in rows]


mlflow.models.set_model(StancewireModel())
