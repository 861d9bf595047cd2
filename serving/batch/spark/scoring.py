"""What the workers do: each loads the model once, and scores the articles of its partitions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....data.errors import InputError
from ....data.printable import json_line
from ....data.record import Record
from ....data.reporting import input_error
from ...articles.checks import repeated_id
from ...output.statement_files import COLUMNS, statement_rows
from ...pool.tasks import article_from_dict
from ...pool.worker import THREAD_VARIABLES

if TYPE_CHECKING:
    from pyarrow import RecordBatch

    from ....training.decoding.labeller import Labeller

# A record as JSON and the number of its statements; null if the article could not be scored.
SCORED = "record string, statements int"
# One row per statement, as `stancewire score -o statements.parquet` writes it.
STATEMENTS = ", ".join(f"{name} {'double' if name == 'score' else 'string'}" for name in COLUMNS)
# Errors that are shown; all are counted.
MAX_ERRORS = 1000

Errors = dict[tuple[int, int], tuple[str, str | None, str | None]]


@dataclass(frozen=True)
class ModelOnWorkers:
    """The model, which Spark copies to every machine.

    Attributes:
        archive: the name of the zip file with the model folder.
        actors: the names of the tables of parties.
        title: the model name that records have.
        min_score: minimum score of a statement in [0, 1]; None for the tuned thresholds.
        text: whether records keep the sentences.
        gate: whether the gate of the model, if it has one, decides which sentences are read.
    """

    archive: str
    actors: tuple[str, ...]
    title: str
    min_score: float | None
    text: bool
    gate: bool = False


class FirstErrors:
    """The errors with the lowest positions, collected from all workers.

    Merging one again changes nothing, so a task that Spark repeats does not report its errors twice.
    """

    def zero(self, value: Errors) -> Errors:
        """No errors."""
        return {}

    def addInPlace(self, one: Errors, other: Errors) -> Errors:
        """The lowest of both."""
        merged = {**one, **other}
        return merged if len(merged) <= MAX_ERRORS else {k: merged[k] for k in sorted(merged)[:MAX_ERRORS]}


@lru_cache(maxsize=1)
def _labeller(model: ModelOnWorkers) -> Labeller:
    """The model, loaded once per process, which uses one thread: there is one process per core."""
    from pyspark import SparkFiles
    from threadpoolctl import threadpool_limits

    from ....training.serialization import load_model
    from ...models import unpacked

    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    threadpool_limits(1)
    actors = [SparkFiles.get(name) for name in model.actors]
    with unpacked(Path(SparkFiles.get(model.archive))) as folder:
        labeller = load_model(folder, actors, model.title)
    labeller.use_gate = model.gate
    return labeller


def score(batches: Iterator[RecordBatch], model: ModelOnWorkers, errors: Any) -> Iterator[RecordBatch]:
    """Score the articles of a partition; runs on a worker.

    Args:
        batches: the columns of `reading.PARSED` and `first`, the position of the first article with the same
            id in the same file, if there are several.
        model: the model.
        errors: the accumulator with `FirstErrors`.

    Yields:
        Batches with the columns of `SCORED`, in the same order.
    """
    import pyarrow as pa

    schema = pa.schema([("record", pa.string()), ("statements", pa.int32())])
    for batch in batches:
        found = []
        for row in batch.to_pylist():
            try:
                found.append(_scored(row, model))
            except InputError as error:
                errors.add({(row["at"], row["part"]): (error.what, error.where, error.hint)})
                found.append({"record": None, "statements": None})
        yield pa.RecordBatch.from_pylist(found, schema=schema)


def _scored(row: dict[str, Any], model: ModelOnWorkers) -> dict[str, Any]:
    """The record of one article.

    Raises:
        InputError: it could not be read, has the id of another one, or cannot be scored.
    """
    from ...articles.scoring import score_article

    if row["error"] is not None:
        raise InputError(**json.loads(row["error"]))
    article = article_from_dict(json.loads(row["article"]))
    if row["first"] is not None and tuple(row["first"].values()) != (row["at"], row["part"]):
        raise repeated_id(article)
    labeller = _labeller(model)
    try:
        record = score_article(labeller, article, model.min_score, None)
        line = json_line((record if model.text else record.without_text()).to_dict())
        line.encode()  # Arrow takes no halves of characters
    except Exception as error:  # whatever a text makes a library raise; the others are scored
        raise input_error(error, article.where) from None
    return {"record": line, "statements": len(record.statements)}


def statements(batches: Iterator[RecordBatch]) -> Iterator[RecordBatch]:
    """The statements of records, one per row; runs on a worker.

    Args:
        batches: the column `record`.

    Yields:
        Batches with the columns of `STATEMENTS`.
    """
    import pyarrow as pa

    types = [(name, pa.float64() if name == "score" else pa.string()) for name in COLUMNS]
    for batch in batches:
        records = (Record.from_dict(json.loads(line)) for line in batch.column("record").to_pylist())
        rows = [dict(zip(COLUMNS, row, strict=True)) for record in records for row in statement_rows(record)]
        yield pa.RecordBatch.from_pylist(rows, schema=pa.schema(types))
