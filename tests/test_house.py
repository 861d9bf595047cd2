"""The house: four rooms, imports go down only; nothing that unpickles; files named by their subject."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("data", "training", "experiments", "serving")  # each may import itself and those before it
SOURCES = [*sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py")), ROOT / "__init__.py"]


def imported(path: Path, text: str, root: Path = ROOT) -> Iterator[str]:
    """Full dotted names of all that a module imports, at its top or inside functions; `path` is under `root`."""
    package = ["stancewire", *path.relative_to(root).parent.parts]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *(node.module.split(".") if node.module else [])]
            yield from (".".join([*base, alias.name]) for alias in node.names)


def climbs(path: Path, text: str, root: Path = ROOT) -> list[str]:
    """The imports of a module that go up, out of its room into a higher one."""
    room = path.relative_to(root).parts[0]
    allowed = ROOMS[: ROOMS.index(room) + 1] if room in ROOMS else ()
    return [
        name
        for name in imported(path, text, root)
        if (found := re.match(r"stancewire\.(\w+)", name)) and found[1] in ROOMS and found[1] not in allowed
    ]


@pytest.mark.parametrize(
    ("line", "up"),
    [
        ("from ..training import model", True),
        ("from ..training.model import Labeller", True),
        ("from .. import serving", True),
        ("def f():\n    from stancewire.serving.cli import main", True),
        ("import stancewire.experiments.review.runs", True),
        ("from stancewire import training", True),
        ("from .schema import Article", False),
        ("from . import schema", False),
        ("from .. import __version__", False),
        ("import training", False),
    ],
)
def test_the_check_sees_relative_and_absolute_imports(line: str, up: bool) -> None:
    assert bool(climbs(ROOT / "data" / "x.py", line)) is up
    assert not climbs(ROOT / "serving" / "x.py", line)


def test_imports_go_down_only() -> None:
    assert len(SOURCES) > 20
    found = {
        str(p.relative_to(ROOT)): up for p in SOURCES if (up := climbs(p, p.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_nothing_is_unpickled() -> None:
    banned = {"pickle", "cPickle", "joblib", "cloudpickle", "dill", "shelve", "marshal"}
    found = {
        str(p.relative_to(ROOT)): bad
        for p in SOURCES
        if (bad := {n for n in imported(p, p.read_text(encoding="utf-8")) if banned & set(n.split("."))})
    }
    assert found == {}


def test_files_are_named_by_their_subject() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc"}
    tests = list((ROOT / "tests").rglob("*"))
    assert [
        str(p.relative_to(ROOT))
        for p in [*(x for room in ROOMS for x in (ROOT / room).rglob("*")), *tests]
        if p.stem.removeprefix("test_") in vague
    ] == []


def test_every_room_is_a_package_that_setuptools_lists() -> None:
    listed = re.search(
        r"^packages = \[(.*?)^\]$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M | re.S
    )
    assert listed is not None
    packages = {".".join(["stancewire", *p.parent.relative_to(ROOT).parts]) for p in SOURCES}
    assert packages == set(re.findall(r'"([^"]+)"', listed[1]))
    assert all((p.parent / "__init__.py").exists() for p in SOURCES)


# Folders of one machine: a home, a root's, a place of work.
MACHINE = re.compile(r"(?:^|[\s\"'`(=:\[])(?:file://)?/(?:home|Users|root|work|mnt|scratch)/[\w.]", re.M)


def test_the_check_sees_paths() -> None:
    folder = "/" + "home"
    assert MACHINE.search(f'x = "{folder}/ann/corpus"')
    assert not MACHINE.search("https://example.org/home/page and at work/home/x")


def test_no_tracked_file_tells_of_a_machine() -> None:
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
