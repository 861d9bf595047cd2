"""Predictions of a run as Parquet artifacts: one row per annotated sentence, see `PREDICTIONS`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.errors import InputError
from ...training.evaluation.predictions import (
    CandidateRow,
    LabelRow,
    PartyRow,
    Predictions,
    SentenceRow,
    StatementRow,
)
from .lifecycle.work_folder import temporary_folder

if TYPE_CHECKING:
    import pyarrow as pa

# The folder of the artifacts.
PREDICTIONS = "predictions"
# Raised when columns are renamed or change their meaning; new columns do not raise it.
FORMAT = 1
_META = b"stancewire"


def _schema() -> pa.Schema:
    import pyarrow as pa

    text, number, flag, score = pa.string(), pa.int32(), pa.bool_(), pa.float32()
    span = [("start", number), ("end", number)]
    party = pa.struct([*span, ("id", text), ("kind", text)])
    statement = pa.struct(
        [
            ("stance", text),
            ("actor", party),
            ("targets", pa.list_(party)),
            ("candidate", number),
            ("match", number),
            ("shared_targets", number),
            ("score", score),
            ("kept", flag),
        ]
    )
    candidate = pa.struct([*span, ("kind", text), ("scores", pa.list_(score)), ("gold", pa.list_(pa.int8()))])
    label = pa.struct([("name", text), ("gold", flag), ("predicted", flag), ("score", score)])
    return pa.schema(
        [
            *((name, text) for name in ("doc_id", "conflict", "outlet", "genre", "text_sha256")),
            ("sentence", number),
            *span,
            ("words", number),
            ("quoted", flag),
            ("labels", pa.list_(label)),
            ("candidates", pa.list_(candidate)),
            ("gold", pa.list_(statement)),
            ("predicted", pa.list_(statement)),
        ]
    )


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write predictions to a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    about = {
        "format": FORMAT,
        "split": predictions.split,
        "roles": predictions.roles,
        "stances": predictions.stances,
        "labels": predictions.labels,
        "thresholds": predictions.thresholds,
    }
    schema = _schema().with_metadata({_META: json.dumps(about).encode()})
    table = pa.Table.from_pylist([asdict(row) for row in predictions.rows], schema=schema)
    pq.write_table(table, path, compression="zstd")


def read_predictions(path: Path) -> Predictions:
    """Read what `write_predictions` wrote.

    Raises:
        InputError: the file cannot be read, has no predictions, or has those of a later release.
    """
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        about: dict[str, Any] = json.loads((table.schema.metadata or {})[_META])
        if about["format"] > FORMAT:
            raise InputError(
                f"predictions in format {about['format']}; this release reads up to {FORMAT}", where=str(path)
            )
        rows = tuple(_row(raw) for raw in table.to_pylist())
        names = {k: tuple(about[k]) for k in ("roles", "stances", "labels")}
        return Predictions(about["split"], **names, thresholds=about["thresholds"], rows=rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"no predictions, or damaged: {error}", where=str(path)) from None


def _row(raw: dict[str, Any]) -> SentenceRow:
    return SentenceRow(
        **raw
        | {
            "labels": tuple(LabelRow(**x) for x in raw["labels"]),
            "candidates": tuple(_candidate(x) for x in raw["candidates"]),
            "gold": tuple(_statement(x) for x in raw["gold"]),
            "predicted": tuple(_statement(x) for x in raw["predicted"]),
        }
    )


def _candidate(raw: dict[str, Any]) -> CandidateRow:
    return CandidateRow(raw["start"], raw["end"], raw["kind"], tuple(raw["scores"]), tuple(raw["gold"]))


def _statement(raw: dict[str, Any]) -> StatementRow:
    targets = tuple(PartyRow(**x) for x in raw["targets"])
    return StatementRow(**raw | {"actor": PartyRow(**raw["actor"]), "targets": targets})


def log_predictions(mlflow: Any, predictions: Iterable[Predictions]) -> None:
    """Log predictions to the current run as `predictions/SPLIT.parquet`."""
    with temporary_folder() as work:
        for part in predictions:
            path = work / f"{part.split}.parquet"
            write_predictions(path, part)
            mlflow.log_artifact(str(path), PREDICTIONS)
