"""The files that a Spark job reads, in their order, with the names that records have for them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from ....data.errors import InputError
from ...articles.inputs import sources

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Kind = Literal["jsonl", "parquet"]
KINDS: dict[str, Kind] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
ENDINGS = tuple(KINDS)
_URI = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+):/+")
_HINT = "convert others with `stancewire articles -o articles.jsonl`, or use --engine local"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read.

    Attributes:
        name: as the user named it, or found it in a folder; the `source` of its records.
        key: how Spark names it, see `key_of`.
        path: what Spark opens.
        kind: by its extension.
    """

    name: str
    key: str
    path: str
    kind: Kind


def is_uri(name: str) -> bool:
    """Whether a name is an address of Hadoop's file systems (`hdfs://`, `s3a://`, `file://`)."""
    return _URI.match(name) is not None


def key_of(address: str) -> str:
    """The address of a file as Spark reports it, without its encoding and with one slash after the scheme."""
    return _URI.sub(r"\g<scheme>:/", unquote(address))


def input_files(inputs: Sequence[str], spark: SparkSession) -> list[InputFile]:
    """All files of the inputs: files, folders, patterns and addresses.

    Raises:
        InputError: one does not exist, is of another kind, or occurs twice; or both kinds occur.
    """
    found: dict[str, InputFile] = {}
    for name in inputs:
        for file in _at_uri(name, spark) if is_uri(name) else _local(name):
            if file.key in found:
                raise InputError("is named twice", where=file.name, hint="name every file once")
            found[file.key] = file
    kinds = {file.kind for file in found.values()}
    if len(kinds) > 1:
        raise InputError("JSON Lines and Parquet together", where=inputs[0], hint="score them separately")
    return list(found.values())


def _local(name: str) -> Iterator[InputFile]:
    if name == "-" or name.startswith("hf:"):
        raise InputError("Spark reads files only", where=name, hint=_HINT)
    packed = tuple(ending + more for ending in ENDINGS for more in ("", ".gz"))

    def stop(error: InputError) -> None:
        raise error

    for source in sources(name, packed, stop, lambda _: None):
        if source.path is None:
            raise InputError("Spark does not read archives or pipes", where=source.label, hint=_HINT)
        full = os.path.abspath(source.path)  # noqa: PTH100 (links stay)
        if source.path.stat().st_size == 0:
            raise InputError("empty", where=source.label, hint="one article per line or row")
        # A path may have characters that would be a pattern.
        pattern = re.sub(r"([\\*?\[\]{}])", r"\\\1", full)
        yield InputFile(source.name, f"file:{full}", f"file://{pattern}", _kind(full, source.label))


def _at_uri(name: str, spark: SparkSession) -> Iterator[InputFile]:
    """The files at an address; those whose names begin with `.` or `_` are Spark's own."""
    jvm: Any = spark.sparkContext._jvm
    path = jvm.org.apache.hadoop.fs.Path(name)
    system = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    if not system.exists(path):
        raise InputError("no such file", where=name, hint="check the address")
    is_file, listed, found = system.getFileStatus(path).isFile(), system.listFiles(path, True), []
    while listed.hasNext():
        found.append(str(listed.next().getPath().toString()))
    own = [f for f in sorted(found) if is_file or _is_read(f)]
    if not own:
        raise InputError(
            "no articles in this folder", where=name, hint=f"these are read: {', '.join(ENDINGS)}"
        )
    for file in own:
        yield InputFile(
            file, _URI.sub(r"\g<scheme>:/", file), re.sub(r"([*?\[\]{}])", r"\\\1", file), _kind(file, file)
        )


def _is_read(address: str) -> bool:
    name = address.rsplit("/", 1)[-1]
    return not name.startswith((".", "_")) and name.lower().removesuffix(".gz").endswith(ENDINGS)


def _kind(path: str, label: str) -> Kind:
    """The kind of a file.

    Raises:
        InputError: Spark does not read it.
    """
    name = Path(path).name.lower()
    kind = KINDS.get(Path(name.removesuffix(".gz")).suffix)
    if kind is None or (kind == "parquet" and name.endswith(".gz")):
        raise InputError("Spark reads .jsonl and .parquet", where=label, hint=_HINT)
    if name.startswith(("_", ".")):
        raise InputError("Spark ignores files whose names begin with . or _", where=label, hint="rename it")
    return kind
