"""Postpone signals for a moment, so that a run is never left half open or half closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_NAMES = ("SIGHUP", "SIGINT", "SIGTERM")


@contextmanager
def postponed_signals() -> Iterator[None]:
    """Handle SIGHUP, SIGINT and SIGTERM only after the block; the block must take seconds at most."""
    if threading.current_thread() is not threading.main_thread():  # signals are handled in the main thread
        yield
        return
    received: list[tuple[int, FrameType | None]] = []

    def remember(number: int, frame: FrameType | None) -> None:
        received.append((number, frame))

    before: dict[signal.Signals, Any] = {}
    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        # Only handlers in Python raise exceptions; ignored signals and immediate death stay as they are.
        if callable(signal.getsignal(number)):
            before[number] = signal.signal(number, remember)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for received_number, frame in received[:1]:
            handler = before[signal.Signals(received_number)]
            handler(received_number, frame)
