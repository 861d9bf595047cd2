"""Start `stancewire serve` in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

# A test run in the background ignores some signals, and so would its children.
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
from stancewire.serving.cli.main import main
main()
"""


class RunningServer:
    """A running service.

    Attributes:
        url: its address.
        lines: what it has printed.
    """

    def __init__(self, model: Path | str, *options: str | Path, **environment: str) -> None:
        command = [sys.executable, "-c", PROGRAM, "serve", "--model", model, "--port", "0", *options]
        self.process = subprocess.Popen(
            [str(c) for c in command],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **environment},
        )
        self.lines: list[str] = []
        self.url = self._address()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _address(self) -> str:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            if found := re.search(r" at (http://\S+);", line):
                return found[1]
        raise AssertionError(f"the service did not start: {self.lines}")

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def stop(self, number: int = signal.SIGTERM, seconds: float = 60) -> int:
        """Send a signal and wait; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._reader.join(5)
