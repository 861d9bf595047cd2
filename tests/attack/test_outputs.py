"""Outputs that are devices, full, closed or not UTF-8, in real processes: F4, F8, F18, F19, F23."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from stancewire.tests.attack import kill

Run = Callable[..., subprocess.CompletedProcess[str]]
TEXT = "“São Tomé” accused Somalia of shelling villagers → 😀 near the border on Tuesday."
ROUNDS, KILLS = 20, 20


@pytest.fixture
def shell(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a shell command in a folder with an article; `$SW` is stancewire and `$M` a model."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")

    def run(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        program = f"{sys.executable} -c 'from stancewire.serving.cli.main import main; main()'"
        env = {**os.environ, "M": str(tiny_model), **environment}
        script = f'sw() {{ {program} "$@"; }}\n{command}'
        return subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=120)

    return run


def errors(result: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in result.stderr.splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("command", "code", "line"),
    [
        ("sw score a.txt --model $M > /dev/full", 1, "error: No space left on device"),
        ("sw score a.txt --model $M --format csv > /dev/full", 1, "error: No space left on device"),
        ("sw score a.txt --model $M --format jsonl -o /dev/full", 1, "error: /dev/full: cannot be written"),
        ("sw --help > /dev/full", 1, "error: No space left on device"),
        ("sw score a.txt --model $M >&-", 1, "error: standard output is closed"),
        ("sw score a.txt --model $M -o o.jsonl >&-", 0, "1 article, 1 statement written"),
        ("sw score - --model $M <&-", 1, "error: standard input: empty"),
        ("sw score missing.txt --model $M 2>&-", 1, None),
        ("sw score a.txt --model $M --format csv | head -0; exit ${PIPESTATUS[0]}", None, None),
        ("ulimit -f 0; sw score a.txt --model $M -o o.jsonl", 1, "error: o.jsonl: cannot be written"),
    ],
)
def test_an_output_that_cannot_be_written_is_one_line(
    command: str, code: int | None, line: str | None, shell: Run
) -> None:
    result = shell(command)
    found = errors(result)
    assert code is None or result.returncode == code
    assert found == [] if line is None else len(found) == 1 and found[0].startswith(line)
    assert not list(Path().glob(".*")), "no temporary file is left"


def test_devices_pipes_and_links_are_written_to(shell: Run) -> None:
    Path("link.jsonl").symlink_to("target.jsonl")
    result = shell(
        "mkfifo pipe; cat pipe > read & sw score a.txt --model $M --format jsonl -o pipe; wait\n"
        "sw score a.txt --model $M -o link.jsonl; sw score a.txt --model $M -o /dev/null\n"
        "sw score a.txt --model $M --format jsonl -o /dev/stdout | cat > piped"
    )
    assert len(errors(result)) == 4
    assert Path("pipe").is_fifo() and Path("link.jsonl").is_symlink() and Path("/dev/null").is_char_device()
    contents = {Path(name).read_text() for name in ("read", "target.jsonl", "piped")}
    assert len(contents) == 1 and json.loads(contents.pop())["id"] == "a"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_standard_output_that_is_not_utf8(encoding: str, shell: Run) -> None:
    result = shell(
        "sw score a.txt --model $M --format jsonl > j; sw score a.txt --model $M > table",
        PYTHONIOENCODING=encoding,
    )
    assert errors(result) == [] and result.returncode == 0
    assert json.loads(Path("j").read_text(encoding=encoding))["sentences"][0]["text"] == TEXT
    result = shell("sw corpus export | cat > sheet; exit ${PIPESTATUS[0]}", PYTHONIOENCODING="ascii")
    (line,) = errors(result)
    assert result.returncode == 1 and line.startswith("error: standard output is ascii, which lacks")
    assert Path("sheet").read_text() == "", "a sheet with other characters would be another sheet"


def test_scoring_makes_no_database(shell: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    result = shell("sw score a.txt")
    (line,) = errors(result)
    assert result.returncode == 1 and "no model is registered yet (run `stancewire train`" in line
    assert [p.name for p in Path().iterdir()] == ["a.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("command", kill.COMMANDS, ids=lambda c: c)
def test_killed_commands_leave_no_incomplete_file(command: str, tiny_model: Path, tmp_path: Path) -> None:
    result = kill.kill_often(command, tiny_model, tmp_path, KILLS, random.Random(15))
    assert result.killed == KILLS, "commands that were still running"
    assert result.torn == [] and result.left == []


@pytest.mark.slow
@pytest.mark.parametrize("command", ["append", "import"])
def test_four_appends_at_once_lose_nothing(command: str, tiny_model: Path, tmp_path: Path) -> None:
    lost: Sequence[int] = [kill.race(command, tiny_model, tmp_path / str(n), 4) for n in range(ROUNDS)]
    assert lost == [0] * ROUNDS
