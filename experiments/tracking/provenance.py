"""Provenance of a run: the commit of the code, the command, and the environment."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from .connection.addresses import redacted
from .served.wheel import PACKAGE, checkout

# The tags that MLflow shows beside a run's source.
GIT_COMMIT, GIT_BRANCH = "mlflow.source.git.commit", "mlflow.source.git.branch"
GIT_DIRTY, GIT_REPOSITORY = "mlflow.source.git.dirty", "mlflow.source.git.repoURL"
SOURCE_NAME, SOURCE_TYPE = "mlflow.source.name", "mlflow.source.type"
# The tag that MLflow shows as the run's description.
NOTE = "mlflow.note.content"


def git(folder: Path, *arguments: str) -> str | None:
    """What git prints about the work tree around a folder; None outside of one, or if git fails."""
    try:
        result = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):  # no git, or one that hangs
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def git_commit(folder: Path) -> str | None:
    """The commit that is checked out in the git work tree around a folder; None outside of one."""
    return git(folder, "rev-parse", "--verify", "--quiet", "HEAD") or None


def code_folder() -> Path:
    """The folder of the project whose code runs.

    The checkout that stancewire runs from. If stancewire is installed, the working folder: the project of
    its user, who fixes the release that runs.
    """
    return checkout() or Path.cwd()


def git_tags(folder: Path) -> dict[str, str]:
    """Commit, branch, repository and whether files differ from the commit; empty outside of a work tree."""
    commit = git_commit(folder)
    if commit is None:
        return {}
    changed = git(folder, "status", "--porcelain", "--untracked-files=no")
    branch = git(folder, "rev-parse", "--abbrev-ref", "HEAD")
    remote = git(folder, "config", "--get", "remote.origin.url")
    tags = {GIT_COMMIT: commit, GIT_DIRTY: "false" if changed == "" else "true"}
    tags |= {GIT_BRANCH: branch} if branch not in (None, "", "HEAD") else {}
    return tags | ({GIT_REPOSITORY: redacted(remote)} if remote else {})


def is_dirty(folder: Path) -> bool:
    """Whether tracked files of the git work tree around a folder have uncommitted changes."""
    return git_tags(folder).get(GIT_DIRTY) == "true"


def _processor() -> str:
    """The model of the processor, because its vector instructions decide the last bits of results."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def tag_commit(mlflow: Any) -> None:
    """Tag the current run with the commit of the code, see `code_folder`.

    MLflow itself tags the repository that contains the running program, which for an installed `stancewire`
    is the one around its environment, if any.
    """
    tags = git_tags(code_folder())
    set_by_mlflow = mlflow.get_run(mlflow.active_run().info.run_id).data.tags
    for name in {GIT_COMMIT, GIT_BRANCH, GIT_DIRTY, GIT_REPOSITORY} & set(set_by_mlflow) - set(tags):
        mlflow.delete_tag(name)
    if tags:
        mlflow.set_tags(tags)


def source_tags(command: str) -> dict[str, str]:
    """The source of a run as MLflow shows it.

    Args:
        command: the command that logs the run: `train`. MLflow's own tag, the path of the running file, is
            right for a user's script, but of `stancewire` it would only show where it is installed.
    """
    program = Path(sys.argv[0]).stem if sys.argv[0] else ""
    return {SOURCE_NAME: f"{PACKAGE} {command}", SOURCE_TYPE: "LOCAL"} if program == PACKAGE else {}


def environment() -> str:
    """The Python version, the platform, the processor and all installed distributions, one per line."""
    lines = sorted(f"{d.metadata['Name']}=={d.version}" for d in distributions() if d.metadata["Name"])
    machine = f"python {platform.python_version()} on {platform.platform()}\nprocessor {_processor()}\n"
    return machine + "\n".join(lines) + "\n"
