"""The output of a Spark job: a folder of parts, which appears under its name when it is complete."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ....data.errors import InputError
from ....data.files.outputs import check_new

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Format = Literal["jsonl", "parquet"]
_PART = re.compile(r"(part-\d+).*")


def output_address(out: Path) -> str:
    """The address of an output; `pathlib` removes one slash of `hdfs://host/folder`."""
    text = str(out)
    if found := re.match(r"([a-z][a-z0-9+.-]+):/+", text):
        rest = text[found.end() :]
        return f"file:///{rest}" if found[1] == "file" else f"{found[1]}://{rest}"
    return f"file://{out.absolute()}"


def check_output(out: Path) -> None:
    """Check before any work that a local output does not exist yet, and can be created.

    Raises:
        InputError: it exists, or its folder is read-only.
    """
    if not re.match(r"[a-z][a-z0-9+.-]+:/", str(out)):
        check_new(out)


@contextmanager
def new_folder(spark: SparkSession, out: Path) -> Iterator[str]:
    """A folder that gets its name after the block, and is removed if the block raises.

    Yields:
        Its address while it is incomplete: a hidden name beside the output.

    Raises:
        InputError: the output exists.
    """
    jvm: Any = spark.sparkContext._jvm
    target = jvm.org.apache.hadoop.fs.Path(output_address(out))
    files = target.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    if files.exists(target):
        raise InputError("already exists", where=str(out), hint="choose a new name")
    work = jvm.org.apache.hadoop.fs.Path(
        target.getParent(), f".{target.getName()}.{secrets.token_hex(4)}.part"
    )
    try:
        yield str(work.toString())
        _name_parts(files, jvm, work)
        if not files.rename(work, target):
            raise InputError("cannot be written", where=str(out), hint="check its name and permissions")
    finally:
        files.delete(work, True)


def write(records: DataFrame, folder: str, kind: Format) -> None:
    """Write lines of JSON, or statements, as parts."""
    if kind == "jsonl":
        records.write.text(folder, lineSep="\n")
    else:
        records.write.parquet(folder)


def _name_parts(files: Any, jvm: Any, folder: Any) -> None:
    """Name the parts `part-00000.jsonl`, `part-00001.jsonl` …; Spark adds a random id, and `.txt` to text."""
    for status in files.listStatus(folder):
        name = status.getPath().getName()
        if part := _PART.fullmatch(name):
            ending = "parquet" if name.endswith(".parquet") else "jsonl"
            files.rename(status.getPath(), jvm.org.apache.hadoop.fs.Path(folder, f"{part[1]}.{ending}"))
    uri = folder.toUri()
    if (
        uri.getScheme() == "file"
    ):  # checksums, which would forbid Spark to read a part that somebody has edited
        for checksum in Path(uri.getPath()).glob(".*.crc"):
            checksum.unlink()
