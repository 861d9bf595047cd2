"""Every numeric option has bounds; nan, infinity and empty values are usage errors."""

from __future__ import annotations

from typing import Any

import pytest
import typer
from stancewire.docs.make_reference import _commands
from stancewire.serving.cli.main import app
from typer.testing import CliRunner

COMMANDS = dict(_commands(typer.main.get_command(app), "stancewire"))
VALUED = [
    (path, parameter)
    for path, command in COMMANDS.items()
    for parameter in command.params
    if parameter.param_type_name == "option" and not getattr(parameter, "is_flag", False)
]
NUMERIC = [(path, p) for path, p in VALUED if (p.metavar or "") in ("N", "P")]


def run(path: str, *args: str) -> Any:
    return CliRunner().invoke(app, [*path.split()[1:], *args])


def named(found: list[tuple[str, Any]]) -> list[str]:
    return [f"{path} {p.opts[0]}" for path, p in found]


def arguments(path: str, tested: str) -> list[str]:
    """Values for what else a command requires."""
    out: list[str] = []
    for p in COMMANDS[path].params:
        if p.required and tested not in p.opts:
            out += ["x"] if p.param_type_name == "argument" else [p.opts[0], "x"]
    return out


@pytest.mark.parametrize(("path", "parameter"), NUMERIC, ids=named(NUMERIC))
def test_numbers_outside_of_the_bounds_are_usage_errors(path: str, parameter: Any) -> None:
    for value in ("nan", "inf", "-inf", "-1", str(2**63), "1e300", "x", ""):
        result = run(path, *arguments(path, parameter.opts[0]), parameter.opts[0], value)
        assert result.exit_code == 2, (value, result.output, result.exception)
        assert "Traceback" not in result.output


@pytest.mark.parametrize(("path", "parameter"), VALUED, ids=named(VALUED))
def test_empty_values_are_usage_errors(path: str, parameter: Any) -> None:
    option = max(parameter.opts, key=len)
    for args in ([option, ""], [f"{option}="]):
        result = run(path, *arguments(path, option), *args)
        assert result.exit_code == 2, result.output
        assert "is empty" in result.output or option == "-n", result.output


def test_there_are_numeric_options() -> None:
    assert len(NUMERIC) > 10
