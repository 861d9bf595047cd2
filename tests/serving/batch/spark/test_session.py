"""What `--engine spark` refuses before Spark starts: without pyspark or Java, and with other options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stancewire
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.serving.batch.spark import session
from stancewire.serving.batch.spark.output import output_address

MODEL = Path(__file__).parents[3] / "models" / "5-linear"
Cli = Callable[..., Result]
OneLine = Callable[[Result], str]


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Kenya accused Somalia of shelling the camp."}\n')
    return path


def fake_java(folder: Path, version: str) -> Path:
    """A folder with a program `java` that says a version, as JAVA_HOME."""
    (folder / "bin").mkdir(parents=True)
    java = folder / "bin" / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    java.chmod(0o755)
    return folder


@pytest.fixture
def with_pyspark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "find_spec", lambda name: object())


def test_without_pyspark_there_is_one_line(
    articles: Path, cli: Cli, one_line: OneLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "find_spec", lambda name: None)
    line = one_line(cli("score", articles, "--engine", "spark", "-o", "out", "--model", MODEL))
    assert "pyspark is not installed" in line and "pip install 'stancewire[spark]'" in line
    with pytest.raises(InputError, match="spark_udf: pyspark is not installed"):
        stancewire.spark_udf(None)  # type: ignore[arg-type]


@pytest.mark.usefixtures("with_pyspark")
def test_without_java_there_is_one_line(
    articles: Path, cli: Cli, one_line: OneLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    line = one_line(cli("score", articles, "--engine", "spark", "-o", "out", "--model", MODEL))
    assert "Java was not found" in line and "JAVA_HOME" in line
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"no Java in JAVA_HOME \(.*nowhere\)"):
        session.check_installed()


@pytest.mark.usefixtures("with_pyspark")
@pytest.mark.parametrize("version", ["1.8.0_412", "11.0.2"])
def test_an_old_java_is_named(version: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "jdk", version)))
    with pytest.raises(InputError, match=f"is Java {version.split('.')[0]}, too old for Spark"):
        session.check_installed()


@pytest.mark.usefixtures("with_pyspark")
def test_java_home_comes_before_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(fake_java(tmp_path / "old", "1.8.0") / "bin"))
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "new", "21.0.1")))
    session.check_installed()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--engine spark: no output folder"),
        (("-o", "scores.csv"), "scores.csv: Spark does not write csv"),
        (("-o", "out", "--format", "html"), "--format: Spark does not write html"),
        (("-o", "there"), "there: already exists"),
        (("-o", "out", "--append"), "--append: not with --engine spark"),
        (("-o", "out", "--workers", "2"), "--workers: not with --engine spark"),
        (("-o", "out", "--dedupe"), "--dedupe: not with --engine spark"),
        (("-o", "out", "--report", "r.csv"), "--report: not with --engine spark"),
        (("-o", "out", "--since", "May"), "--since"),
    ],
)
def test_what_spark_cannot_do_is_refused_at_once(
    options: tuple[str, ...], said: str, articles: Path, cli: Cli, one_line: OneLine
) -> None:
    Path("there").mkdir()
    assert said in one_line(cli("score", articles, "--engine", "spark", "--model", MODEL, *options))


@pytest.mark.parametrize("option", ["--master", "--partitions"])
def test_options_of_spark_need_the_engine(option: str, articles: Path, cli: Cli, one_line: OneLine) -> None:
    line = one_line(cli("score", articles, "--model", MODEL, option, "3"))
    assert f"{option}: not with --engine local" in line


def test_an_output_file_is_still_checked_first(articles: Path, cli: Cli, one_line: OneLine) -> None:
    assert "is a folder" in one_line(cli("score", articles, "--model", MODEL, "-o", articles.parent))


def test_addresses_keep_their_two_slashes(tmp_path: Path) -> None:
    assert output_address(Path("hdfs://host:8020/a/b")) == "hdfs://host:8020/a/b"
    assert output_address(Path("s3a://bucket/a b")) == "s3a://bucket/a b"
    assert output_address(Path("file:///a/b")) == "file:///a/b"
    assert output_address(tmp_path / "x") == f"file://{tmp_path}/x"
