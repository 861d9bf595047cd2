"""Generate the command reference `docs/cli.md` from the help texts: `make reference`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from stancewire.data.files.atomic import atomic_write
from stancewire.serving.cli.main import app

INTRODUCTION = """\
# Command reference

Generated from the help texts by `make reference`.

`-` is standard input. Results go to standard output; progress, notes and errors go to standard error.
Every command takes `-q`/`--quiet` (only results and errors) and `-v`/`--verbose` (also folders and timings).
Sentences are numbered from 0 in all outputs (`sentence` is the sentence index).

Exit codes: 0 success; 1 some input is invalid (one line each on standard error, the rest is processed);
2 usage error; 129, 130 and 143 after SIGHUP, SIGINT and SIGTERM.

Tab completion: `stancewire --install-completion` (bash, zsh, fish and PowerShell), then open a new shell;
`stancewire --show-completion` prints the script instead.
"""
SHARED = ("help", "quiet", "verbose")


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}")


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
        many = "..." if parameter.nargs == -1 else ""
        return f"{name}{many}" if parameter.required else f"[{name}]{many}"
    names = ", ".join((*parameter.opts, *parameter.secondary_opts))
    return names if parameter.is_flag else f"{names} {parameter.metavar}"


def _parameter(parameter: Any) -> str:
    """One argument or option with its default."""
    text, default = _line(parameter.help or ""), parameter.default
    stated = isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    if "Default" not in text and stated:
        text += f" Default: `{default}`."
    required = " Required." if parameter.required and parameter.param_type_name == "option" else ""
    return f"- `{_names(parameter)}`: {text}{required}"


def _section(path: str, command: Any) -> str:
    parts = [_line(p) for p in (command.help or "").split("\n\n") if p.strip()]
    text = [p for p in parts if not p.startswith("Example:")]
    examples = [p.removeprefix("Example: ") for p in parts if p.startswith("Example:")]
    parameters = [_parameter(p) for p in command.params if p.name not in SHARED]
    blocks = [f"### `{path}`", *text, "\n".join(["```bash", *examples, "```"])]
    return "\n\n".join([*blocks, "\n".join(parameters)] if parameters else blocks) + "\n"


def reference() -> str:
    """Every command with its arguments, options and examples, as Markdown."""
    sections, group = [INTRODUCTION], ""
    for path, command in _commands(typer.main.get_command(app), "stancewire"):
        heading = path.split()[1].capitalize() if path.count(" ") > 1 else "Main commands"
        if heading != group:
            group = heading
            sections.append(f"## {heading}\n")
        sections.append(_section(path, command))
    return "\n".join(sections)


def main() -> None:
    """Write the reference to the file named by the only argument."""
    with atomic_write(Path(sys.argv[1])) as out:
        out.write(reference())


if __name__ == "__main__":
    main()
