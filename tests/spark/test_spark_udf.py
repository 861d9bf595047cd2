"""`stancewire.spark_udf`: the registered model as a column function, with a struct for each row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stancewire
from click.testing import Result
from mlflow.types import ColSpec, Schema
from stancewire.data.errors import InputError
from stancewire.data.record import Party
from stancewire.serving.batch.spark.udf import result_type

pytestmark = pytest.mark.spark
TEXTS = {
    "a": "Kenya accused Somalia of shelling the camp. It rained. Somalia urged Kenya to withdraw its troops.",
    "b": "It rained.",
    "c": None,
}


@pytest.fixture
def registered(store: Path, cli: Callable[..., Result], model: Path) -> Path:
    """A store with the tiny model as champion."""
    result = cli("models", "import", model)
    assert result.exit_code == 0, result.stderr
    return store


@pytest.mark.usefixtures("registered")
def test_the_champion_labels_a_column_as_the_labeller_does(spark: Any) -> None:
    label = stancewire.spark_udf(spark, "champion", min_score=0.2, batch_rows=2)
    table = spark.createDataFrame(list(TEXTS.items()), "id string, text string")
    rows = table.select(label("text", "id").alias("found")).select("found.*").orderBy("id").collect()
    assert [row.id for row in rows] == ["a", "b", "c"]
    assert [row.error for row in rows] == ["", "", "`text` is missing"]
    record = stancewire.load("champion").label(TEXTS["a"] or "", id="a", min_score=0.2)
    columns = ["sentence", "stance", "score", "actor", "actor_id", "target", "target_id", "text"]
    expected = record.to_frame()[columns].to_dict("records")
    assert len(expected) >= 2
    assert [{c: s[c] for c in columns} for s in rows[0].statements] == expected
    assert [(s.actor_start, s.target_end) for s in rows[0].statements] == [
        (s.actor.start, s.target.end if s.target else None) for s in record.statements
    ]
    assert rows[1].statements == rows[2].statements == []
    assert spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch") == "2"


@pytest.mark.usefixtures("registered")
def test_every_field_of_a_party_is_a_column(spark: Any) -> None:
    text = "The president of Kenya spoke on Monday. He accused Somalia of shelling the camp."
    label = stancewire.spark_udf(spark, min_score=0.1)
    table = spark.createDataFrame([(text,)], "text string").select(label("text").alias("found"))
    (row,) = table.selectExpr("inline(found.statements)").where("actor = 'He'").limit(1).collect()
    assert row.actor_named_in_sentence == 0 and row.target_named_in_end is None
    assert "Kenya" in text[row.actor_named_in_start : row.actor_named_in_end]
    for field in Party.model_fields:
        names = [name for name in row.asDict() if name.startswith(f"actor_{field}")]
        assert names or field == "text", field


def test_the_columns_are_those_that_the_stored_model_returns() -> None:
    """The code of a model that an earlier release registered does not return fields that are newer."""
    old = Schema([ColSpec("string", "id"), ColSpec("string", "stance"), ColSpec("long", "actor_start")])
    kinds = result_type(old)
    assert (
        kinds["statements"].dataType.elementType.simpleString() == "struct<stance:string,actor_start:bigint>"
    )
    assert "label" in kinds["labels"].dataType.elementType.fieldNames()
    of_labels = result_type(Schema([ColSpec("string", "id"), ColSpec("string", "label")]))
    assert of_labels["labels"].dataType.elementType.fieldNames() == ["label"]
    assert "target_named_in_end" in of_labels["statements"].dataType.elementType.fieldNames()


@pytest.mark.usefixtures("registered")
def test_it_works_in_sql_and_where_ids_are_missing(spark: Any) -> None:
    spark.udf.register("label", stancewire.spark_udf(spark, min_score=0.2))
    spark.createDataFrame([(TEXTS["a"],)], "text string").createOrReplaceTempView("news")
    (row,) = spark.sql("SELECT label(text) AS found FROM news").collect()
    assert {s.stance for s in row.found.statements} >= {"blame"}


def test_what_is_no_registered_model_is_one_line(spark: Any, model: Path) -> None:
    with pytest.raises(InputError, match="not an MLflow model"):
        stancewire.spark_udf(spark, model)
    with pytest.raises(InputError, match="min_score: 3 is not from 0 to 1"):
        stancewire.spark_udf(spark, model, min_score=3)
    with pytest.raises(InputError, match="batch_rows: 0 is not 1 or more"):
        stancewire.spark_udf(spark, model, batch_rows=0)
