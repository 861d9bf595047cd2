"""Provenance of a run: the commit of the user's project, and the environment."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

# The tag that MLflow shows beside a run's source.
GIT_COMMIT = "mlflow.source.git.commit"
# Whether tracked files had uncommitted changes: `true` or `false`.
GIT_DIRTY = "mlflow.source.git.dirty"


def git_commit(folder: Path) -> str | None:
    """The commit that is checked out in the git work tree around a folder; None outside of one."""
    return _git(folder, "rev-parse", "--verify", "--quiet", "HEAD") or None


def is_dirty(folder: Path) -> bool:
    """Whether tracked files of the git work tree around a folder have uncommitted changes."""
    return bool(_git(folder, "status", "--porcelain", "--untracked-files=no"))


def _git(folder: Path, *arguments: str) -> str:
    """What a git command prints; nothing where it fails."""
    try:
        result = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):  # no git, or one that hangs
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


def _processor() -> str:
    """The model of the processor, because its vector instructions decide the last bits of results."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def tag_commit(mlflow: Any) -> None:
    """Tag the current run with the commit of the working folder.

    MLflow itself tags the repository that contains the running program, which for an installed `stancewire`
    is the one around its environment, if any.
    """
    if commit := git_commit(Path.cwd()):
        mlflow.set_tags({GIT_COMMIT: commit, GIT_DIRTY: str(is_dirty(Path.cwd())).lower()})
    elif GIT_COMMIT in mlflow.get_run(mlflow.active_run().info.run_id).data.tags:
        mlflow.delete_tag(GIT_COMMIT)


def environment() -> str:
    """The Python version, the platform, the processor and all installed distributions, one per line."""
    lines = sorted(f"{d.metadata['Name']}=={d.version}" for d in distributions() if d.metadata["Name"])
    machine = f"python {platform.python_version()} on {platform.platform()}\nprocessor {_processor()}\n"
    return machine + "\n".join(lines) + "\n"
