"""The registered model as an MLflow pyfunc: its artifacts are data, its code is the installed stancewire.

MLflow runs this file when the model is logged and when it is loaded. The copy stored with the model must work
with later releases, so it may import only the public API.
"""

from __future__ import annotations

import json
from typing import Any

import mlflow
import pandas as pd

# Without the split, how the imports are sorted would depend on the name of the checkout's folder.
# isort: split
import stancewire


class StancewireModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc, name-defined, unused-ignore]
    """Label a table of articles.

    The input is a table with the columns `text` and, optionally, `id`; models for known actors and targets
    also read `actor` and `target`. The output is one record per row, as JSON.
    """

    labeller: Any

    def load_context(self, context: Any) -> None:
        """Load the model from its artifacts."""
        self.labeller = stancewire.load(context.artifacts["model"])

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> list[str]:
        """Label every row."""
        rows = zip(model_input.index, model_input.to_dict("records"), strict=True)
        return [json.dumps(self._label(row, number), ensure_ascii=False) for number, row in rows]

    def _label(self, row: dict[Any, Any], number: Any) -> dict[str, Any]:
        parties = {k: row[k] for k in ("actor", "target") if isinstance(row.get(k), str) and row[k]}
        record = self.labeller.label(str(row["text"]), id=str(row.get("id", number)), **parties)
        found: dict[str, Any] = record.to_dict()
        return found


mlflow.models.set_model(StancewireModel())
