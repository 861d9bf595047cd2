"""A Spark session: what it needs is checked before, and its failures become one line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ....data.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WHERE = "--engine spark"
# Spark 4 runs on Java 17 and newer.
OLDEST_JAVA = 17
# Rows that go to a Python process at once. A batch of articles is held in memory, with its results.
BATCH_ROWS = 64
# Cores are busy for minutes with a few megabytes, so Spark's default of 128 MB would use one core.
_SPLIT_BYTES = 4_000_000
_JAVA_HINT = f"install Java {OLDEST_JAVA} or newer (Debian: default-jre-headless)"


def check_installed(where: str = WHERE) -> None:
    """Check that pyspark and Java are there.

    Args:
        where: what needs them, for the message.

    Raises:
        InputError: one of them is missing, or Java is too old.
    """
    if find_spec("pyspark") is None:
        raise InputError("pyspark is not installed", where=where, hint="pip install 'stancewire[spark]'")
    java = _java(where)
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"{java} does not run: {error}", where=where, hint=_JAVA_HINT) from None
    version = re.search(r'version "(\d+)', done.stderr + done.stdout)
    if done.returncode or version is None:
        raise InputError(f"{java} does not run", where=where, hint=_JAVA_HINT)
    if int(version[1]) < OLDEST_JAVA:
        raise InputError(f"{java} is Java {version[1]}, too old for Spark", where=where, hint=_JAVA_HINT)


def _java(where: str) -> str:
    """The program that Spark will start: that of JAVA_HOME, or the one on PATH."""
    if home := os.environ.get("JAVA_HOME"):
        if (found := shutil.which("java", path=str(Path(home) / "bin"))) is None:
            raise InputError(f"there is no Java in JAVA_HOME ({home})", where=where, hint=_JAVA_HINT)
        return found
    if (found := shutil.which("java")) is None:
        raise InputError("Java was not found", where=where, hint=f"{_JAVA_HINT}, or set JAVA_HOME")
    return found


@contextmanager
def open_session(master: str) -> Iterator[SparkSession]:
    """A session that ends after the block. Spark's own log lines are not shown.

    Args:
        master: `local[*]`, `local[4]`, `spark://host:7077`, `yarn`, `k8s://…`.

    Raises:
        InputError: pyspark or Java is missing, or Spark does not start.
    """
    check_installed()
    if master.startswith("local"):  # on a cluster, the path of this Python need not exist
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # pyspark warns of new versions of pandas, which it uses for nothing here.
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    with tempfile.TemporaryFile() as log:
        session = _started(master, log)
        try:
            yield session
        finally:
            session.stop()


def _started(master: str, log: IO[bytes]) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.files.maxPartitionBytes": str(_SPLIT_BYTES),
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
        "spark.sql.session.timeZone": "UTC",
    }
    builder = SparkSession.builder.master(master).appName("stancewire")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        # Java inherits standard error, and writes its log there.
        with _standard_error_to(log):
            session = builder.getOrCreate()
    except (PySparkException, Py4JError, RuntimeError, OSError) as error:
        log.seek(0)
        said = re.findall(r"(?:Exception|Error): (.+)", log.read().decode("utf-8", "replace"))
        what = said[-1].strip() if said else one_reason(error)
        raise InputError(f"Spark does not start: {what}", where=f"--master {master}") from None
    session.sparkContext.setLogLevel("OFF")
    return session


@contextmanager
def _standard_error_to(log: IO[bytes]) -> Iterator[None]:
    """Processes that are started in the block have the file as their standard error."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        os.dup2(log.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def one_line_failures(where: str) -> Iterator[None]:
    """Turn what Spark raises into one line.

    Raises:
        InputError: the job failed.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise InputError(
            f"the Spark job failed: {one_reason(error)}", where=where, hint=_hint(error)
        ) from None


def one_reason(error: Exception) -> str:
    """The line that says what went wrong, of an exception that may have the traceback of a worker."""
    text = str(getattr(error, "java_exception", None) or error)
    of_worker = re.findall(
        r"^(?:\w+\.)*(\w*(?:Error|Exception): .+)$", text.partition("\nDriver stack")[0], re.M
    )
    return str(of_worker[-1] if of_worker else text.strip().partition("\n")[0])


def _hint(error: Any) -> str | None:
    if "No module named" in str(error):
        return "every worker needs the same packages: see docs/spark.md"
    return None
