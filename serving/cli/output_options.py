"""Options that name an output. They are checked before a command does any work, which none can forget."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

FLAGS = {"--out", "-o"}


@dataclass(frozen=True)
class Output:
    """Declares that an option names an output: `Annotated[Path, typer.Option("--out", …), Output("file")]`.

    Attributes:
        kind: `file`; `folder`, which may exist; `new`, a file or folder that must not exist yet; `any`, a
            file or a folder: the command itself checks which of them.
        suffixes: the extensions that a file may have. Default: any.
        names: the files that the command writes to a folder.
    """

    kind: Literal["file", "folder", "new", "any"]
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def declared_outputs(signature: inspect.Signature) -> dict[str, Output]:
    """The outputs among the parameters of a command.

    Raises:
        TypeError: an option `--out` or `-o` is not declared as an `Output`.
    """
    found: dict[str, Output] = {}
    for name, parameter in signature.parameters.items():
        metadata = get_args(parameter.annotation)[1:]
        output = next((m for m in metadata if isinstance(m, Output)), None)
        if output is not None:
            found[name] = output
        elif any(_is_output(m) for m in metadata):
            raise TypeError(f"{name}: annotate --out with Output(…)")
    return found


def _is_output(metadata: Any) -> bool:
    """Whether the metadata of a parameter declares one of the flags of an output."""
    # `typer.Option("--out", "-o")` has the first flag as its default, which Typer corrects later.
    flags = [*(getattr(metadata, "param_decls", None) or ()), getattr(metadata, "default", None)]
    return any(isinstance(flag, str) and flag in FLAGS for flag in flags)


def _inputs(values: Mapping[str, Any], outputs: Mapping[str, Output]) -> Iterator[Path | str]:
    """Every value of the other options and arguments that may be a path."""
    for name, value in values.items():
        if name not in outputs:
            for one in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(one, (str, Path)) and str(one):
                    yield one


def check_outputs(outputs: Mapping[str, Output], values: Mapping[str, Any]) -> None:
    """Check the outputs of a command.

    Args:
        outputs: see `declared_outputs`.
        values: all options and arguments by name.

    Raises:
        InputError: an output is also an input, or cannot be written.
    """
    named = {name: values[name] for name in outputs if values.get(name) is not None}
    if not named:
        return
    from ...data.files import outputs as checks

    inputs = list(_inputs(values, outputs))
    for name, out in named.items():
        output = outputs[name]
        for file in [out / n for n in output.names] or [out]:
            checks.refuse_input(file, inputs)
        if output.kind == "file":
            checks.check_output_file(out, output.suffixes)
        elif output.kind == "folder":
            checks.check_output_folder(out)
        elif output.kind == "new":
            checks.check_new(out)
