"""The registered model as an MLflow pyfunc: its artifacts are data, its code is the installed stancewire.

MLflow runs this file when the model is logged and when it is loaded. The copy stored with the model must work
with later releases, so it may import only the public API.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException

# Without the split, how the imports are sorted would depend on the name of the checkout's folder.
# isort: split
import stancewire

ROWS = ("statements", "labels", "articles")
ROLES = ("actor", "target")
PARTY = ("text", "start", "end", "id", "evidence")
# Where the article names a party that the sentence only refers to.
NAMED_IN = ("sentence", "start", "end")
# Columns of integers that may be missing: pandas would turn them into floating point numbers.
OFFSETS = {
    f"{role}_{offset}": "Int64"
    for role in ROLES
    for offset in ("start", "end", *(f"named_in_{key}" for key in NAMED_IN))
}
STATEMENT = (
    "id title sentence start end text labels stance score "
    "actor actor_start actor_end actor_id actor_evidence "
    "actor_named_in_sentence actor_named_in_start actor_named_in_end "
    "target target_start target_end target_id target_evidence "
    "target_named_in_sentence target_named_in_start target_named_in_end"
).split()
LABEL = "id title sentence start end text label score".split()
INTEGERS = {"sentence": "int64", "start": "int64", "end": "int64", "score": "float64"}


class StancewireModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc, name-defined, unused-ignore]
    """Label a table of articles.

    The input is a table with the column `text` and, optionally, `id` and `title`; models for known pairs also
    need `actor`, `target` or both. The output is a table; the parameter `rows` says of what:

    - `statements`: one row per statement (default, if the codebook has stances);
    - `labels`: one row per label of a sentence (default otherwise);
    - `articles`: one row per row of the input, with a list of statements and a list of labels. A row that
      cannot be labelled has an `error` there; otherwise it is an error of the whole request.

    The parameter `min_score` replaces the tuned thresholds of statements, from 0 to 1.
    """

    labeller: Any

    def load_context(self, context: Any) -> None:
        """Load the model from its artifacts."""
        self.labeller = stancewire.load(context.artifacts["model"])

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Label every row."""
        rows, min_score = self._checked(params or {})
        if not isinstance(model_input, pd.DataFrame) or "text" not in model_input:
            raise MlflowException.invalid_parameter_value("the input must be a table with a column `text`")
        found = list(self._labelled(model_input, min_score))
        if rows == "articles":
            return _table([_article(*one) for one in found], ["id", "statements", "labels", "error"])
        for number, (_, _, error) in enumerate(found):
            if error:
                raise MlflowException.invalid_parameter_value(f"row {number} of the input: {error}")
        function, columns = (_labels, LABEL) if rows == "labels" else (_statements, STATEMENT)
        return _table([x for id, record, _ in found if record for x in function(id, record)], columns)

    def _checked(self, params: dict[str, Any]) -> tuple[str, float | None]:
        default = "statements" if self.labeller.codebook.stances else "labels"
        rows, min_score = params.get("rows") or default, params.get("min_score")
        if rows not in ROWS:
            raise MlflowException.invalid_parameter_value(f"`rows` is {rows!r}, not one of {', '.join(ROWS)}")
        if min_score is not None and not 0 <= min_score <= 1:
            raise MlflowException.invalid_parameter_value(f"`min_score` is {min_score}, not from 0 to 1")
        return rows, min_score

    def _labelled(
        self, table: pd.DataFrame, min_score: float | None
    ) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
        """Id, record and error of each row; either the record is None or the error is empty."""
        # The ids of rows without one are the index of the table, as it has none of its own.
        for index, row in zip(table.index, table.to_dict("records"), strict=True):
            given = {k: v for k, v in row.items() if not _missing(v)}
            id = str(given.get("id", index))
            if not isinstance(given.get("text"), str):
                yield id, None, "`text` is missing" if "text" not in given else "`text` is not a string"
                continue
            options = {k: str(given[k]) for k in ("title", "actor", "target") if k in given}
            try:
                record = self.labeller.label(given["text"], id=id, min_score=min_score, **options)
            except ValueError as error:  # the known pair is missing, or its words are not in the text
                yield id, None, str(error)
                continue
            yield id, record.to_dict(), ""


def _missing(value: Any) -> bool:
    """Whether a cell is null: None, NaN or NA."""
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _sentence(record: dict[str, Any], number: int) -> dict[str, Any]:
    sentence = record["sentences"][number]
    return {"sentence": number, **{k: sentence[k] for k in ("start", "end", "text")}}


def _statements(id: str, record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for statement in record["statements"]:
        labels = record["sentences"][statement["sentence"]]["labels"]
        row = {"id": id, "title": record["title"], **_sentence(record, statement["sentence"])}
        row |= {"labels": ";".join(x["name"] for x in labels)}
        yield row | {k: statement[k] for k in ("stance", "score")} | _parties(statement)


def _parties(statement: dict[str, Any]) -> dict[str, Any]:
    """The parties of a statement as columns: `actor` for the words, `actor_id` and so on."""
    out: dict[str, Any] = {}
    for role in ROLES:
        party = statement[role] or dict.fromkeys((*PARTY, "named_in"))
        out |= {role if key == "text" else f"{role}_{key}": party[key] for key in PARTY}
        named = party["named_in"] or dict.fromkeys(NAMED_IN)
        out |= {f"{role}_named_in_{key}": named[key] for key in NAMED_IN}
    return out


def _labels(id: str, record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number, sentence in enumerate(record["sentences"]):
        for label in sentence["labels"]:
            row = {"id": id, "title": record["title"], **_sentence(record, number)}
            yield row | {"label": label["name"], "score": label["score"]}


def _article(id: str, record: dict[str, Any] | None, error: str) -> dict[str, Any]:
    def without_id(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{k: v for k, v in row.items() if k not in ("id", "title")} for row in rows]

    statements = without_id(_statements(id, record)) if record else []
    labels = without_id(_labels(id, record)) if record else []
    return {"id": id, "statements": statements, "labels": labels, "error": error}


def _table(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """Rows as a table whose types do not depend on them. Missing words are None, missing offsets NA."""
    table = pd.DataFrame({c: pd.Series([row[c] for row in rows], dtype=object) for c in columns})
    return table.astype({c: t for c, t in (INTEGERS | OFFSETS).items() if c in columns})


mlflow.models.set_model(StancewireModel())
