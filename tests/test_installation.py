"""A wheel, installed into an empty environment outside the repository, runs `stancewire demo`.

`make demo` in a fresh checkout is a tier of `.ci/run`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
LIMIT = 1800  # seconds for one command; an installation downloads half a gigabyte unless pip has cached it


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files of the checkout that git knows or would add, elsewhere."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    target = tmp_path / "checkout"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def run(*command: str | Path, cwd: Path) -> str:
    outside = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        command, cwd=cwd, env=outside, capture_output=True, text=True, check=False, timeout=LIMIT
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_an_installed_wheel_runs_the_demo(copy: Path, tmp_path: Path) -> None:
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    run(
        sys.executable, *pip, "wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path / "dist", copy,
        cwd=tmp_path,
    )  # fmt: skip
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    work = tmp_path / "work"
    work.mkdir()
    run(python, *pip, "install", "--require-hashes", "-r", copy / "requirements.lock", cwd=work)
    run(python, *pip, "install", "--no-deps", wheel, cwd=work)
    shutil.rmtree(copy)
    printed = run(python.with_name("stancewire"), "demo", cwd=work)
    assert "champion" in printed and "Denmark" in printed
    found = run(python, "-c", "import stancewire; print(stancewire.__file__)", cwd=work)
    assert str(tmp_path / "env") in found
