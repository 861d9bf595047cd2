"""The rules of the repository: import direction, names, sizes, packaging, and no traces of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("data", "training", "experiments", "serving")
SOURCES = [*sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py")), ROOT / "__init__.py"]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def test_imports_follow_the_contracts() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("from .high import x", False),
        ("from . import high", False),
        ("def f():\n    from toy.high import x", False),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .high import x", False),
        ("import pickle", False),
        ("import json", True),
    ],
)
def test_the_contracts_see_every_kind_of_import(line: str, kept: bool, tmp_path: Path) -> None:
    settings = re.search(
        r"^\[tool\.importlinter\]\n(.*?)^\[\[", (ROOT / "pyproject.toml").read_text("utf-8"), re.M | re.S
    )
    assert settings is not None
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").touch()
    (tmp_path / "toy" / "high.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "toy" / "low.py").write_text(line + "\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        f"""[tool.importlinter]
{settings[1].replace("stancewire", "toy")}
[[tool.importlinter.contracts]]
name = "layers"
type = "layers"
containers = ["toy"]
layers = ["high", "low"]
[[tool.importlinter.contracts]]
name = "pickle"
type = "forbidden"
source_modules = ["toy"]
forbidden_modules = ["pickle"]
""",
        encoding="utf-8",
    )
    result = lint_imports(tmp_path)
    assert "Contracts" in result.stdout, result.stdout + result.stderr
    assert (result.returncode == 0) is kept


def test_files_are_named_by_their_subject() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc"}
    files = [x for name in (*PACKAGES, "tests", "docs") for x in (ROOT / name).rglob("*")]
    assert [str(p.relative_to(ROOT)) for p in files if p.stem.removeprefix("test_") in vague] == []


def test_pyproject_lists_every_package() -> None:
    listed = re.search(r"^packages = \[(.*?)^\]$", (ROOT / "pyproject.toml").read_text("utf-8"), re.M | re.S)
    assert listed is not None
    packages = {".".join(["stancewire", *p.parent.relative_to(ROOT).parts]) for p in SOURCES}
    assert packages == set(re.findall(r'"([^"]+)"', listed[1]))
    assert all((p.parent / "__init__.py").exists() for p in SOURCES)


def test_templates_styles_and_scripts_are_packaged() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    data = re.search(r"^\[tool\.setuptools\.package-data\]\n(.*?)^\[", text, re.M | re.S)
    assert data is not None
    folders = {p.parent for name in PACKAGES for p in (ROOT / name).rglob("templates/*")}
    packages = {".".join(["stancewire", *f.parent.relative_to(ROOT).parts]) for f in folders}
    assert packages and packages == set(re.findall(r'^"([^"]+)" = \["templates/\*"\]$', data[1], re.M))


# Sizes: a file has one subject, a function reads from top to bottom, a folder can be taken in at a glance.


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of every function of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or first) - first + 1


def test_no_function_is_longer_than_40_lines() -> None:
    long = {name: lines for path in SOURCES for name, lines in functions(path) if lines > 40}
    assert long == {}


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > 300} == {}


def test_no_line_of_python_is_longer_than_110_characters() -> None:
    files = [*SOURCES, *(p for name in ("tests", "docs", ".ci") for p in (ROOT / name).rglob("*.py"))]
    lines = [(p, n, x) for p in files for n, x in enumerate(p.read_text("utf-8").split("\n"), 1)]
    assert [f"{p.relative_to(ROOT)}:{n}" for p, n, x in lines if len(x) > 110] == []


def test_no_folder_has_more_than_14_python_files() -> None:
    folders = {p.parent for p in SOURCES}
    assert {str(f): n for f in folders if (n := len(list(f.glob("*.py")))) > 14} == {}


# Folders of one machine: somebody's home or working folder.
MACHINE = re.compile(r"(?:^|[\s\"'`(=:\[])(?:file://)?/(?:home|Users|root|work|mnt|scratch)/[\w.]", re.M)


def test_the_pattern_finds_paths_of_a_machine() -> None:
    folder = "/" + "home"
    assert MACHINE.search(f'x = "{folder}/ann/corpus"')
    assert not MACHINE.search("https://example.org/home/page and at work/home/x")


def test_no_tracked_file_names_a_path_of_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode or not listed.stdout:
        pytest.skip("not a git checkout")
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            text = path.read_bytes().decode("utf-8", "ignore")
            found += [f"{name}: {m.group().strip()}" for m in MACHINE.finditer(text)]
            if str(ROOT) != "/" and len(ROOT.parts) > 2 and str(ROOT) in text:
                found.append(f"{name}: the folder of this checkout")
    assert found == []
