"""Signals, closed pipes and terminals that are not UTF-8."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stancewire.serving.cli.signals import exit_on_signal, raise_on_signals

# A test run in the background ignores some signals, and so would its children.
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from stancewire.serving.cli.main import main
main()
"""


def _start(*arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(("name", "code"), [("SIGHUP", 129), ("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_ends_the_command_with_one_line(
    name: str, code: int, tiny_model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    process = _start("score", "-", "--model", tiny_model, "-o", out, "-v")
    assert process.stdin and process.stdout and process.stderr
    assert "loaded" in process.stderr.readline()  # now it waits for standard input
    process.send_signal(getattr(signal, name))
    assert process.wait(timeout=60) == code
    assert process.stderr.read() == f"interrupted by {name}\n"
    assert list(tmp_path.iterdir()) == [], "no incomplete file is left"


def test_an_error_that_replaces_the_interruption_is_reported_as_the_interruption(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        raise_on_signals()
        with pytest.raises(SystemExit) as caught, exit_on_signal():
            try:
                signal.raise_signal(signal.SIGTERM)
            except BaseException:
                raise ValueError("cannot build the serializer") from None
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert caught.value.code == 143
    assert capsys.readouterr().err == "interrupted by SIGTERM\n"


def test_a_closed_pipe_ends_without_a_traceback(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kenya accused Somalia.", encoding="utf-8")
    process = _start("score", tmp_path / "a.txt", "--model", tiny_model, "--format", "jsonl")
    assert process.stdout and process.stderr
    process.stdout.close()
    process.wait(timeout=60)
    assert process.stderr.read() == ""


def test_json_stays_valid_where_standard_output_is_ascii(tiny_model: Path, tmp_path: Path) -> None:
    text = "“São Tomé” accused Somalia 😀."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    process = _start(
        "score", tmp_path / "a.txt", "--model", tiny_model, "--format", "jsonl", PYTHONIOENCODING="ascii"
    )
    out, _ = process.communicate(timeout=60)
    assert out.isascii() and json.loads(out)["sentences"][0]["text"] == text
