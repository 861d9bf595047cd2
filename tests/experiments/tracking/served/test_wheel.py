"""The wheel that travels with a model has the code that runs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from stancewire import __version__
from stancewire.experiments.tracking.served import wheel as module
from stancewire.experiments.tracking.served.wheel import build_wheel

ROOT = Path(__file__).parents[4]
MODEL = ROOT / "tests" / "models" / "5-linear"


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def load_outside(code: Path, folder: Path, program: str) -> str:
    """Run a program with the unpacked code of a wheel, away from the checkout."""
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(code)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_same_code_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    first, second = (build_wheel(tmp_path / name) for name in "ab")
    assert first.name == f"stancewire-{__version__}-py3-none-any.whl"
    assert first.read_bytes() == second.read_bytes()


def test_it_has_code_data_and_metadata_but_no_tests(tmp_path: Path) -> None:
    found = names(build_wheel(tmp_path))
    for name in ("__init__.py", "data/codebook.toml", "experiments/configs/linear.toml", "serving/api.py"):
        assert f"stancewire/{name}" in found, name
    assert not [name for name in found if "/tests/" in name or name.endswith(".pyc")]
    with zipfile.ZipFile(tmp_path / f"stancewire-{__version__}-py3-none-any.whl") as archive:
        archive.extractall(tmp_path / "code")
    info = PathDistribution(tmp_path / "code" / f"stancewire-{__version__}.dist-info")
    assert info.version == __version__ and info.entry_points["stancewire"].module.startswith("stancewire.")
    requirements = info.requires or []
    assert any(r.startswith("spacy") for r in requirements)
    assert any(r.startswith("torch") and "extra ==" in r for r in requirements)


def test_a_model_is_loaded_with_it_elsewhere_and_a_second_wheel_is_the_same(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    code, again = tmp_path / "code", tmp_path / "again"
    again.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(code)
    program = (
        "import stancewire; from pathlib import Path\n"
        "from stancewire.experiments.tracking.served.wheel import build_wheel, checkout\n"
        f"assert checkout() is None; build_wheel(Path({str(again)!r})); print(stancewire.__file__)\n"
        f"record = stancewire.load({str(MODEL)!r}).label('Kenya accused Somalia of shelling a town.')\n"
        "print([s.stance for s in record.statements])"
    )
    file, stances = load_outside(code, tmp_path, program).splitlines()
    assert file.startswith(str(code)) and "blame" in stances
    # Built from an installation instead of a checkout.
    [rebuilt] = again.iterdir()
    assert names(rebuilt) == names(wheel)


@pytest.mark.slow
def test_it_has_the_files_that_the_build_tool_packs(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    if not listed:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            (copy / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "-w", str(tmp_path / "dist"), str(copy)], check=True, cwd=tmp_path)
    [built] = (tmp_path / "dist").iterdir()

    def content(path: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(path) as archive:
            return {n: archive.read(n) for n in archive.namelist() if n.startswith("stancewire/")}

    assert content(build_wheel(tmp_path)) == content(built)


def test_code_without_project_and_installation_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import PackageNotFoundError

    from stancewire.data.errors import InputError

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "distribution", missing)
    with pytest.raises(InputError, match="neither a checkout nor an installed package"):
        build_wheel(tmp_path)
