"""Every command with an output: it is never an input, and is checked before the work."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from click.testing import Result
from stancewire.serving.cli.main import app
from stancewire.serving.cli.options import add_command

# Commands whose output must not exist yet: it can never be an input.
NEW = {"models export", "models import"}
# What a command writes to the folder that -o names.
NAMES = {
    "experiments learning-curve": "curve.md",
    "experiments acquisition": "acquisition.csv",
    "experiments sweep": "winner.toml",
}
# Options that name another output.
OUTPUTS = {"--out", "--report", "--graph", "--dna"}


def _commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        full = f"{path} {name}".strip()
        if hasattr(command, "commands"):
            yield from _commands(command, full)
        else:
            yield full, command


WITH_OUTPUT = {
    path: command
    for path, command in _commands(typer.main.get_command(app))
    if any({"--out", "-o"} & set(p.opts) for p in command.params)
}


def _is_path(parameter: Any) -> bool:
    """Whether the value of a parameter may be a path: not a number, a choice or a flag."""
    return parameter.type_descriptor.annotation in (str, Path, list[str], list[Path])


def _conflicts() -> list[tuple[str, str]]:
    """Each command with an output, and each of its other parameters that may name a file."""
    return [
        (path, parameter.name)
        for path, command in WITH_OUTPUT.items()
        for parameter in command.params
        if _is_path(parameter) and not OUTPUTS & set(parameter.opts) and path not in NEW
    ]


def _arguments(command: Any, conflict: str, file: Path, out: Path) -> list[str]:
    """A command line that is complete, and names `file` for one parameter and `out` as the output."""
    arguments = []
    for parameter in command.params:
        if "--out" in parameter.opts:
            arguments += ["--out", str(out)]
        elif parameter.name == conflict or parameter.required:
            value = str(file) if parameter.name == conflict else "other.txt"
            named = parameter.opts[0].startswith("-")
            arguments += [parameter.opts[0], value] if named else [value]
    return arguments


def test_there_are_commands_with_outputs() -> None:
    assert {"score", "corpus import", "corpus export", "corpus suggest", "corpus detach", "corpus fetch",
            "models export", *NAMES} <= set(WITH_OUTPUT)  # fmt: skip
    assert {("corpus import", "codebook"), ("corpus import", "form"), ("corpus import", "files"),
            ("corpus detach", "from_"), ("corpus fetch", "layer"), ("corpus fetch", "from_"),
            ("score", "inputs"), ("score", "actors"), ("score", "model"), ("corpus suggest", "annotated"),
            ("experiments learning-curve", "also"),
            ("experiments learning-curve", "config")} <= set(_conflicts())  # fmt: skip


@pytest.mark.parametrize(("path", "parameter"), _conflicts(), ids=str)
def test_an_input_is_never_overwritten(
    path: str, parameter: str, cli: Any, one_line: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = path in NAMES
    file = tmp_path / ("out" if folder else "") / NAMES.get(path, "work.jsonl")
    file.parent.mkdir(exist_ok=True)
    file.write_text("hours of work")
    (tmp_path / "link.jsonl").symlink_to(file)
    out = file.parent if folder else tmp_path / "link.jsonl"
    result: Result = cli(*path.split(), *_arguments(WITH_OUTPUT[path], parameter, file, out))
    assert "is also an input file; not overwritten" in one_line(result)
    assert file.read_text() == "hours of work"


@pytest.mark.parametrize("path", sorted(WITH_OUTPUT))
def test_an_output_that_cannot_be_written_is_noticed_first(
    path: str, cli: Any, one_line: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    expected = "is a folder"
    if path in NAMES or path in NEW:
        out.write_text("")
        expected = "already exists" if path in NEW else "is a file"
    else:
        out.mkdir()
    # The inputs do not exist: were they read first, the error would be about them.
    result: Result = cli(*path.split(), *_arguments(WITH_OUTPUT[path], "", tmp_path, out))
    assert expected in one_line(result)


def test_a_command_cannot_have_an_output_that_is_not_checked() -> None:
    def command(out: Annotated[Path, typer.Option("--out", "-o")]) -> None:
        """A new command."""

    with pytest.raises(TypeError, match="annotate --out with Output"):
        add_command(typer.Typer(), command)


def test_all_output_goes_through_the_functions_that_make_it_harmless(root: Path) -> None:
    allowed = {"console.py", "results.py", "signals.py"}
    printing = {"echo", "secho", "print", "Console"}
    for file in [*(root / "serving").rglob("*.py")]:
        if file.name in allowed and file.parent.name in ("cli", "output"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            constant = file.name in ("main.py", "demo.py")
            assert constant or called.removeprefix("typer.") not in printing, f"{file}:{node.lineno}"
