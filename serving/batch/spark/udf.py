"""The registered model as a column function for notebooks: `stancewire.spark_udf`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....data.errors import InputError
from .session import BATCH_ROWS, check_installed

if TYPE_CHECKING:
    from mlflow.types import Schema
    from pyspark.sql import Column, SparkSession
    from pyspark.sql.types import StructType

WHERE = "spark_udf"
_BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch"
# In the struct of an article, they are not repeated in each statement.
_OF_ARTICLE = ("id", "title")


def spark_udf(
    spark: SparkSession,
    model: str | PathLike[str] = "champion",
    *,
    min_score: float | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Callable[..., Column]:
    """A registered model as a Spark UDF: `mlflow.pyfunc.spark_udf` with the types of its result.

    Its result is a struct per article: `id`, `statements` and `labels` (arrays of structs, whose fields are
    those of the model's own tables), and `error`, which is empty unless the row could not be labelled.

    Args:
        spark: the session, with stancewire and MLflow on all machines. Its setting
            `spark.sql.execution.arrow.maxRecordsPerBatch` is set to `batch_rows`.
        model: `champion`, `challenger`, a version, `NAME[@alias|/version]`, a run id of a registered model,
            or the folder of an MLflow model. Its files are copied to the machines of the cluster.
        min_score: minimum score of a statement in [0, 1]; overrides the tuned thresholds.
        batch_rows: rows that go to a Python process at once, 1 or more; a batch is held in memory.

    Returns:
        A function of columns: `udf("text")`, `udf("text", "id")`, `udf("text", "id", "title")`; for models of
        known pairs, a struct with the columns `text`, `actor` and `target`.

    Raises:
        InputError: pyspark or Java is missing, there is no such model, or it was registered without a
            signature by an earlier version, or a value is out of range.

    Examples:
        >>> label = stancewire.spark_udf(spark, "champion")  # doctest: +SKIP
        >>> articles.select(label("text", "id").alias("found")).select("found.*")  # doctest: +SKIP
    """
    folder, outputs = _checked(model, min_score, batch_rows)
    import mlflow

    params = {"rows": "articles"} | ({} if min_score is None else {"min_score": float(min_score)})
    spark.conf.set(_BATCH, str(batch_rows))
    return mlflow.pyfunc.spark_udf(  # type: ignore[no-any-return, attr-defined, unused-ignore]
        spark, str(folder), result_type=result_type(outputs), env_manager="local", params=params
    )


def _checked(model: str | PathLike[str], min_score: float | None, batch_rows: int) -> tuple[Path, Schema]:
    """The folder of the MLflow model and its outputs; arguments and what is installed are checked first."""
    check_installed(WHERE)
    if batch_rows < 1:
        raise InputError(f"{batch_rows} is not 1 or more", where="batch_rows")
    if min_score is not None and not 0 <= min_score <= 1:
        raise InputError(f"{min_score} is not from 0 to 1", where="min_score")
    return _mlflow_folder(fspath(model))


def _mlflow_folder(model: str) -> tuple[Path, Schema]:
    """The MLflow model around the files of a model, and the columns that it returns.

    Raises:
        InputError: there is none, or it cannot return articles.
    """
    from ....experiments.tracking.registry import model_folder

    folder, title = model_folder(model)
    found = next((p for p in (Path(model), folder, *folder.parents[:3]) if (p / "MLmodel").is_file()), None)
    if found is None:
        hint = "register it with `stancewire models import`"
        raise InputError("not an MLflow model", where=title, hint=hint)
    from mlflow.models import Model

    signature = Model.load(str(found)).signature
    if signature is None or signature.outputs is None:
        hint = "export it, and register it again with `stancewire models import`"
        raise InputError("registered by an earlier release, without a signature", where=title, hint=hint)
    return found, signature.outputs


def result_type(outputs: Schema) -> StructType:
    """The type of the struct for an article.

    A model that an earlier release registered runs its own code, which returns the columns of its signature:
    of statements, or of labels if its codebook has no stances. The others are those of the record.

    Args:
        outputs: the columns of the signature.

    Returns:
        A struct with `id`, `statements`, `labels` and `error`.
    """
    from mlflow.types import DataType
    from pyspark.sql.types import ArrayType, StringType, StructField, StructType

    from ....experiments.tracking.served.columns import label_columns, statement_columns

    def rows(columns: Iterable[tuple[str, str]]) -> ArrayType:
        kinds: dict[str, Any] = {name: DataType[kind] for name, kind in columns if name not in _OF_ARTICLE}
        return ArrayType(StructType([StructField(name, kind.to_spark()) for name, kind in kinds.items()]))

    own = [(column["name"], column["type"]) for column in outputs.to_dict()]
    statements, labels = ([(n, k) for n, k, _ in columns()] for columns in (statement_columns, label_columns))
    statements, labels = (own, labels) if "stance" in dict(own) else (statements, own)
    return StructType(
        [
            StructField("id", StringType()),
            StructField("statements", rows(statements)),
            StructField("labels", rows(labels)),
            StructField("error", StringType()),
        ]
    )
