"""The command line reference of the README, written from the commands' own help: `make reference`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- reference: made by `make reference` -->", "<!-- end of reference -->"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}")


def _help(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def reference() -> str:
    """Every command with its arguments and options, as Markdown."""
    import typer

    from .main import app

    root = typer.main.get_command(app)
    out = []
    for path, command in _commands(root, "stancewire"):
        about, *examples = [part for part in (command.help or "").split("\n\n") if part.strip()]
        plain = [_help(e) for e in examples if not e.strip().startswith("Example:")]
        shown = [
            f"    {_help(e).removeprefix('Example: ')}" for e in examples if e.strip().startswith("Example:")
        ]
        out.append(f"#### `{path}`\n\n{' '.join([_help(about), *plain])}\n\n" + "\n".join(shown) + "\n")
        rows = []
        for parameter in command.params:
            if parameter.name == "help":
                continue
            argument = parameter.param_type_name == "argument"
            names = (
                parameter.metavar or parameter.name.upper()
                if argument
                else ", ".join((*parameter.opts, *parameter.secondary_opts))
            )
            default = parameter.default
            shown_default = (
                ""
                if argument
                or default in (None, "", False)
                or callable(default)
                or isinstance(default, list | tuple)
                else f" Default: `{default}`."
            )
            rows.append(
                f"- `{names}`: {_help(parameter.help or '')}{shown_default if 'Default' not in (parameter.help or '') else ''}"
            )
        out.append("\n".join(rows) + "\n")
    return "\n".join(out)


def main() -> None:
    """Rewrite the reference in the README named as the only argument."""
    readme = Path(sys.argv[1])
    before, rest = readme.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    readme.write_text(f"{before}{BEGIN}\n\n{reference()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
