"""Help, verbosity and the command reference."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from stancewire.docs.make_reference import reference
from stancewire.serving.cli.main import app

Cli = Callable[..., Result]
PYTHON_TYPES = ("<str>", "list[", "Path", "<int", "<float", "<path>")


def _commands(command: Any, path: str) -> list[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        return [(path, command)]
    return [found for name, child in inner.items() for found in _commands(child, f"{path} {name}")]


COMMANDS = _commands(typer.main.get_command(app), "stancewire")


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_and_option_is_explained(path: str, command: Any, cli: Cli) -> None:
    text = cli(*path.split()[1:], "--help").stdout
    assert f"Example: {path}" in text or "| stancewire" in text
    assert all(getattr(p, "help", None) for p in command.params if p.name != "help")
    assert not [t for t in PYTHON_TYPES if t in text]
    assert "--quiet" in text and "--verbose" in text
    first = command.help.split("\n")[0]
    assert len(first) <= 62, "the list of commands would cut it off"


def test_usage_shows_arguments_in_the_usual_notation(cli: Cli) -> None:
    assert "stancewire score [OPTIONS] INPUT..." in cli("score", "--help").stdout
    assert "stancewire corpus stats [OPTIONS] [CORPUS]..." in cli("corpus", "stats", "--help").stdout
    shown = cli("score", "x.txt", "--format", "xml").stderr
    assert "Error: Invalid value for '--format': 'xml' is not one of" in shown


@pytest.mark.parametrize("group", ["corpus", "experiments", "models"])
def test_groups_have_an_example_and_verbosity(group: str, cli: Cli) -> None:
    text = cli(group, "--help").stdout
    assert f"Example: stancewire {group}" in text and "--quiet" in text


def test_commands_are_listed_in_the_order_of_use() -> None:
    order = list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert order == [
        "demo", "train", "score", "explain", "articles", "profile", "serve", "evaluate", "corpus",
        "experiments", "models", "cache",
    ]  # fmt: skip


def test_the_reference_is_up_to_date(root: Path) -> None:
    written = (root / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == reference(), "run `make reference`"


def test_help_imports_nothing_heavy() -> None:
    heavy = ("spacy", "mlflow", "sklearn", "numpy", "pandas", "pydantic", "rich")
    code = f"import sys, stancewire.serving.cli.main; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments", [("-q", "corpus", "export"), ("corpus", "-q", "export"), ("corpus", "export", "-q")]
)
def test_quiet_leaves_only_errors_on_standard_error(
    arguments: tuple[str, ...], cli: Cli, tiny_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.sheet"
    assert cli(*arguments, tiny_file, "-o", out).stderr == ""
    assert "error: " in cli(*arguments, tmp_path / "missing.jsonl", "-o", out).stderr
    assert cli("corpus", "export", tiny_file, "-o", out).stderr, "quiet does not outlive its command"


def test_verbose_shows_details(cli: Cli, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kenya accused Somalia.", encoding="utf-8")
    shown = cli("score", tmp_path / "a.txt", "--model", tiny_model, "-v")
    assert "model tiny loaded in" in shown.stderr and "loaded" not in shown.stdout


def test_completion_suggests_commands() -> None:
    from typer.testing import CliRunner

    environment = {"_STANCEWIRE_COMPLETE": "complete_bash", "COMP_WORDS": "stancewire mo", "COMP_CWORD": "1"}
    result = CliRunner().invoke(app, [], prog_name="stancewire", env=environment)
    assert "models" in result.stdout
