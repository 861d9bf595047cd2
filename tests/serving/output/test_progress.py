"""The progress bar."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from stancewire.serving.output.progress import ProgressBar


def _drawn(bar: ProgressBar) -> str:
    out = io.StringIO()
    progress = bar._bar
    Console(file=out, width=100).print(progress.make_tasks_table(progress.tasks))
    return out.getvalue()


def test_a_step_without_a_count_shows_no_bar() -> None:
    bar = ProgressBar("reading the corpus", enabled=False)
    assert "reading the corpus" in _drawn(bar) and "━" not in _drawn(bar) and "/" not in _drawn(bar)
    bar.update(3, 4)
    assert "━" in _drawn(bar) and "3/4" in _drawn(bar)
    bar.step("fitting roles and labels")
    assert "━" not in _drawn(bar) and "reading" not in _drawn(bar)


def test_results_and_progress_are_on_separate_lines() -> None:
    """Both streams on one terminal: the bar is erased before a result is printed."""
    code = (
        "from stancewire.serving.output.progress import ProgressBar\n"
        "import time\n"
        "with ProgressBar('scoring') as bar:\n"
        "    time.sleep(0.3)\n"
        "    with bar.paused():\n"
        "        print('RESULT')\n"
    )
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    subprocess.run(
        [sys.executable, "-c", code],
        stdout=follower,
        stderr=follower,
        env=environment,
        check=True,
        cwd=Path("/"),
    )
    os.close(follower)
    written = os.read(leader, 65536).decode()
    os.close(leader)
    before = written.split("RESULT")[0]
    assert "scoring" in before
    # Erased, and the cursor in the first column.
    assert before.rstrip("\x1b[?25h").endswith(("\x1b[2K", "\r")), repr(before[-40:])
