"""Which process has a run open: stored in tags of the run, and checked when the run looks unfinished."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

HOST, PID, STARTED, HEARTBEAT = "process.host", "process.pid", "process.started", "process.heartbeat"
# A run of another host whose last heartbeat is older is lost.
SILENT = timedelta(minutes=10)
# Of releases that did not tag the process, no run took this long.
UNTAGGED = timedelta(days=1)
# The resolution of start times differs between operating systems.
_START_SECONDS = 2.0


def host() -> str:
    """The name of this machine; in a Linux container followed by the id of its process namespace.

    Containers can have the same host name; their process ids mean nothing to each other.
    """
    try:
        namespace = Path("/proc/self/ns/pid").readlink().name
    except (OSError, NotImplementedError):
        return socket.gethostname()
    return f"{socket.gethostname()} {namespace}"


def now() -> str:
    """The current time in UTC, as ISO 8601 with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def process_tags() -> dict[str, str]:
    """The tags of a run that this process opens."""
    started = psutil.Process().create_time()
    return {HOST: host(), PID: str(os.getpid()), STARTED: f"{started:.2f}", HEARTBEAT: now()}


def is_lost(tags: Mapping[str, str], started: datetime) -> bool:
    """Whether the process that opened an unfinished run is gone.

    Args:
        tags: tags of the run.
        started: when the run started, with its time zone.
    """
    if HOST not in tags or PID not in tags:
        # `config` is set by all releases: runs of other programs are not ours to judge.
        return "config" in tags and datetime.now(UTC) - started > UNTAGGED
    if tags[HOST] == host():
        return not is_running(int(tags[PID]), float(tags.get(STARTED, "nan")))
    return datetime.now(UTC) - last_heartbeat(tags, started) > SILENT


def last_heartbeat(tags: Mapping[str, str], started: datetime) -> datetime:
    """The last time at which the run is known to have been in progress."""
    try:
        return datetime.fromisoformat(tags[HEARTBEAT])
    except (KeyError, ValueError):
        return started


def is_running(pid: int, started: float) -> bool:
    """Whether the process that started at a time (seconds since 1970) still runs, not another with its id."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return not abs(process.create_time() - started) > _START_SECONDS  # False for NaN
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # it exists, but belongs to another user
        return True
