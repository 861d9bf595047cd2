"""Temporary folders that do not outlive their process."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from stancewire.experiments.tracking.lifecycle import work_folder as work_folder_module
from stancewire.experiments.tracking.lifecycle.work_folder import temporary_folder


def test_a_signal_while_the_folder_is_removed_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stop(BaseException):
        pass

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stop

    def interrupted(folder: Path, **options: Any) -> None:
        for path in sorted(folder.iterdir()):
            path.unlink()
            signal.raise_signal(signal.SIGTERM)
        folder.rmdir()

    before = signal.signal(signal.SIGTERM, stop)
    monkeypatch.setattr(work_folder_module.shutil, "rmtree", interrupted)
    try:
        with pytest.raises(Stop), temporary_folder(tmp_path) as folder:
            for name in "ab":
                (folder / name).write_text("x")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert list(tmp_path.iterdir()) == []
