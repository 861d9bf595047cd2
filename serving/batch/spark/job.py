"""The driver: read the files on the workers, find repeated ids, score, and write the parts in order."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....data.errors import InputError, plural
from ....data.reporting import Note, Report
from ....experiments.tracking.lifecycle.work_folder import temporary_folder
from ...articles.listing.counts import reasons
from ...articles.source import ReadOptions, ReadReport, Source
from ...articles.tables.parquet import used_columns
from ...articles.tables.rows import Rows
from ...models import unpacked
from ...pool.model_source import ModelSource
from .files import InputFile, input_files, key_of
from .output import Format, new_folder, write
from .reading import PARSED, Plan, parse
from .scoring import MAX_ERRORS, SCORED, STATEMENTS, Errors, FirstErrors, ModelOnWorkers, score, statements
from .session import one_line_failures, open_session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Articles of one part of the output, at most: minutes of work that are lost with a machine.
PART_ARTICLES = 5000
# Parts per core, at least: the cores finish at about the same time.
_PARTS_PER_CORE = 4


@dataclass(frozen=True)
class SparkScoring:
    """What a Spark job does.

    Attributes:
        master: see `open_session`.
        source: the model.
        options: how files are read.
        min_score: minimum score of a statement in [0, 1]; None for the tuned thresholds.
        text: whether records keep the sentences.
        partitions: number of parts of the output. Default: one per 5,000 articles, or 4 per core.
        report_error: called with the first 1,000 errors, in the order of the input.
        note: called with remarks and counts.
    """

    master: str
    source: ModelSource
    options: ReadOptions
    report_error: Report
    note: Note
    min_score: float | None = None
    text: bool = True
    partitions: int | None = None


def score_with_spark(inputs: Sequence[str], out: Path, kind: Format, scoring: SparkScoring) -> None:
    """Score the articles of files on a Spark cluster, and write a folder of parts.

    The records are the same as those of `stancewire score` on one machine. The parts, one after another, have
    them in the order of the input.

    Args:
        inputs: JSON Lines or Parquet: files, folders, patterns, and addresses of Hadoop's file systems.
        out: the folder, which must not exist.
        kind: JSON Lines with one record per line, or Parquet with one row per statement.
        scoring: model and options.

    Raises:
        InputError: pyspark or Java is missing, an input or the output cannot be used, nothing could be
            scored, or the job failed.
    """
    with (
        open_session(scoring.master) as spark,
        one_line_failures(f"--master {scoring.master}"),
        new_folder(spark, out) as folder,
        _model_on_workers(spark, scoring) as model,
    ):
        files = input_files(inputs, spark)
        parsed = _parsed(spark, files, scoring.options).persist(_disk_only())
        n = _report_reading(parsed, files, scoring)
        done, found = _score(spark, parsed, n, model, scoring, folder, kind) if n else (0, 0)
        if done == 0:
            raise InputError("nothing could be scored; not written", where=str(out))
    scoring.note(f"{plural(done, 'article')}, {plural(found, 'statement')} written to {out}")


def _disk_only() -> Any:
    from pyspark import StorageLevel

    return StorageLevel.DISK_ONLY


@contextmanager
def _model_on_workers(spark: SparkSession, scoring: SparkScoring) -> Iterator[ModelOnWorkers]:
    """Send the model to all machines as a zip file; Spark copies it when a machine gets its first task."""
    source, context = scoring.source, spark.sparkContext
    name = f"stancewire-{source.digest()[:16]}"
    with temporary_folder() as work:
        with unpacked(Path(source.path)) as folder:
            archive = Path(shutil.make_archive(str(work / name), "zip", folder))
        context.addFile(str(archive))
        actors = []
        for number, table in enumerate(source.actors):
            copy = work / f"{name}-{number}.csv"
            shutil.copyfile(table, copy)
            context.addFile(str(copy))
            actors.append(copy.name)
        yield ModelOnWorkers(
            archive.name, tuple(actors), source.title, scoring.min_score, scoring.text, source.gate
        )


def _parsed(spark: SparkSession, files: Sequence[InputFile], options: ReadOptions) -> DataFrame:
    """All articles of the files, with the columns of `PARSED`."""
    plan = Plan(files[0].kind, options, {f.key: (i, f.name) for i, f in enumerate(files)})
    paths = [file.path for file in files]
    rows = _lines(spark, paths) if plan.kind == "jsonl" else _cells(spark, paths, files[0].name, options)
    starts, blocks = _numbers(rows, plan)
    plan = replace(plan, starts=starts, blocks=blocks)
    return rows.mapInArrow(partial(parse, plan=plan), PARSED)


def _lines(spark: SparkSession, paths: list[str]) -> DataFrame:
    from pyspark.sql import functions as f

    return spark.read.option("lineSep", "\n").text(paths).select(
        f.col("_metadata.file_path").alias("path"),
        f.col("_metadata.file_block_start").alias("block"),
        f.col("value").cast("binary").alias("line"),
    )  # fmt: skip


def _cells(spark: SparkSession, paths: list[str], name: str, options: ReadOptions) -> DataFrame:
    """The rows of Parquet files, with the columns that are used.

    Raises:
        InputError: there is no column of text.
    """
    from pyspark.sql import functions as f

    table = spark.read.option("mergeSchema", "true").parquet(*paths)
    rows = Rows(Source(name, data=b""), options, ReadReport(name))
    rows.header(table.columns)
    used = [f.col(f"`{column.replace('`', '``')}`") for column in used_columns(table.columns, rows)]
    return table.select(
        f.col("_metadata.file_path").alias("path"),
        f.col("_metadata.row_index").alias("row"),
        f.struct(*used).alias("cells"),
    )


def _numbers(rows: DataFrame, plan: Plan) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """Where each file starts, and each part of a file that Spark splits: a count of the rows."""
    from pyspark.sql import functions as f

    block = f.col("block") if plan.kind == "jsonl" else f.lit(0).alias("block")
    counted = [
        (plan.files[key_of(row["path"])][0], row["block"], row["count"])
        for row in rows.select("path", block).groupBy("path", "block").count().collect()
    ]
    starts: dict[int, int] = {}
    blocks: dict[tuple[int, int], int] = {}
    total = 0
    for index, start, n in sorted(counted):
        first = starts.setdefault(index, total)
        blocks[index, start] = total - first
        total += n
    return starts, blocks


def _report_reading(parsed: DataFrame, files: Sequence[InputFile], scoring: SparkScoring) -> int:
    """Say how many articles there are and how many were left out, and why.

    Returns:
        The number of rows of `parsed` that have an article or an error.
    """
    from pyspark.sql import functions as f

    rows = parsed.groupBy("reason", f.col("article").isNotNull().alias("read")).count().collect()
    skipped = Counter({row["reason"]: row["count"] for row in rows if row["reason"] is not None})
    n_read = sum(row["count"] for row in rows if row["read"])
    n_errors = sum(row["count"] for row in rows if not row["read"] and row["reason"] is None)
    more = f", {skipped.total():,} skipped ({reasons(skipped)})" if skipped else ""
    more += f", {plural(n_errors, 'error')}" if n_errors else ""
    scoring.note(f"{plural(len(files), 'file')}: {plural(n_read, 'article')} read{more}")
    return int(n_read + n_errors)


def _score(
    spark: SparkSession, parsed: DataFrame, n: int, model: ModelOnWorkers, scoring: SparkScoring, folder: str,
    kind: Format,
) -> tuple[int, int]:  # fmt: skip
    """Score and write; returns the number of articles and of statements."""
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    errors: Any = spark.sparkContext.accumulator({}, FirstErrors())
    parts = scoring.partitions or max(
        n // PART_ARTICLES, _PARTS_PER_CORE * spark.sparkContext.defaultParallelism
    )
    ordered = (
        _with_first(parsed.where("reason is null"))
        .repartitionByRange(min(parts, n), "at", "part")
        .sortWithinPartitions("at", "part")
    )
    counts = Observation("scored")
    scored = ordered.mapInArrow(partial(score, model=model, errors=errors), SCORED).observe(
        counts,
        f.count("record").alias("articles"),
        f.coalesce(f.sum("statements"), f.lit(0)).alias("statements"),
        f.count_if(f.col("record").isNull()).alias("errors"),
    )
    lines = scored.where("record is not null").select("record")
    write(lines if kind == "jsonl" else lines.mapInArrow(statements, STATEMENTS), folder, kind)
    found = counts.get
    _report_errors(errors.value, found["errors"], scoring)
    return int(found["articles"]), int(found["statements"])


def _with_first(parsed: DataFrame) -> DataFrame:
    """The articles, with the position of the first of those that have the same id in the same file."""
    from pyspark.sql import functions as f

    position = f.struct("at", "part")
    repeated = (
        parsed.where("id is not null")
        .groupBy("file", "id")
        .agg(f.min(position).alias("first"), f.count("*").alias("n"))
        .where("n > 1")
        .drop("n")
    )
    return parsed.join(repeated, ["file", "id"], "left")


def _report_errors(first: Errors, n: int, scoring: SparkScoring) -> None:
    for _, (what, where, hint) in sorted(first.items()):
        scoring.report_error(InputError(what, where=where, hint=hint))
    if n > MAX_ERRORS:
        scoring.note(f"{n - MAX_ERRORS:,} more errors of the same run are not shown")
