"""Provenance of a run: the commit of the user's project, and the environment."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

# The tag that MLflow shows beside a run's source.
GIT_COMMIT = "mlflow.source.git.commit"


def git_commit(folder: Path) -> str | None:
    """The commit that is checked out in the git work tree around a folder; None outside of one."""
    try:
        result = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", "HEAD"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):  # no git, or one that hangs
        return None
    return result.stdout.strip() or None if result.returncode == 0 else None


def tag_commit(mlflow: Any) -> None:
    """Tag the current run with the commit of the working folder.

    MLflow itself tags the repository that contains the running program, which for an installed `stancewire`
    is the one around its environment, if any.
    """
    if commit := git_commit(Path.cwd()):
        mlflow.set_tag(GIT_COMMIT, commit)
    elif GIT_COMMIT in mlflow.get_run(mlflow.active_run().info.run_id).data.tags:
        mlflow.delete_tag(GIT_COMMIT)


def environment() -> str:
    """The Python version, the platform and all installed distributions, one per line."""
    lines = sorted(f"{d.metadata['Name']}=={d.version}" for d in distributions() if d.metadata["Name"])
    return f"python {platform.python_version()} on {platform.platform()}\n" + "\n".join(lines) + "\n"
