"""The registered model: an MLflow pyfunc whose artifacts are data only and whose code is the installed stancewire.

MLflow runs this file when the model is logged and when it is loaded; it does nothing but name the model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from stancewire.training.labeller import Labeller
from stancewire.training.model import load_model


class StancewireModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc, name-defined, unused-ignore]
    """Articles in, records out: a table with a `text` column (and `id`) gives one JSON record of the scores contract a row."""

    labeller: Labeller

    def load_context(self, context: Any) -> None:
        self.labeller = load_model(Path(context.artifacts["model"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> list[str]:
        ids = model_input.get("id", model_input.index)
        return [json.dumps(self.labeller.label(str(t), id=str(i)), ensure_ascii=False) for i, t in zip(ids, model_input["text"], strict=True)]


mlflow.models.set_model(StancewireModel())
