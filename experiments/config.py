"""Run configs: TOML files, checked, with settings overridden from the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..data.errors import InputError
from ..training.settings import TrainingSettings, setting_names

CONFIGS = Path(__file__).parent / "configs"
DEFAULT = CONFIGS / "linear.toml"


def _find(config: str | None) -> Path:
    """A path, or the name of a config that comes along ("linear")."""
    if config is None:
        return DEFAULT
    path = Path(config)
    if path.exists():
        return path
    shipped = CONFIGS / f"{path.stem}.toml"
    if shipped.exists():
        return shipped
    known = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.toml")))
    raise InputError("no such config", where=config, hint=f"give a TOML file, or one of: {known}")


def _value(text: str) -> Any:
    """A value as TOML has it; what is no TOML value is a string."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def load_config(
    config: str | None, overrides: Sequence[str] = (), corpora: Sequence[str] = ()
) -> TrainingSettings:
    """Read a config.

    Args:
        overrides: `key=value`, a table's key with a dot: `classifier.regularisation=1.0`.
        corpora: used in place of the config's own.

    Raises:
        InputError: the file, a key or a value is at fault.
    """
    path = _find(config)
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        raise InputError(f"not a TOML config: {fault}", where=str(path)) from None
    for override in overrides:
        key, found, text = override.partition("=")
        if not found or not key.strip():
            raise InputError(
                f"{override!r} is not key=value",
                where="--set",
                hint="for example --set classifier.regularisation=1.0",
            )
        table = raw
        *parents, last = key.strip().split(".")
        for parent in parents:
            table = table.setdefault(parent, {})
            if not isinstance(table, dict):
                raise InputError(f"{parent!r} is not a table", where="--set")
        table[last] = _value(text.strip())
    if corpora:
        raw["corpus"] = list(corpora)
    try:
        return TrainingSettings.model_validate(raw)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(x) for x in first["loc"])
        kind = (
            raw["classifier"].get("kind", "linear") if isinstance(raw.get("classifier"), dict) else "linear"
        )
        if first["type"] == "union_tag_invalid":
            key, kind = "classifier.kind", "linear"
            first["msg"] = "it is linear or encoder"
        key = key.replace(f"classifier.{kind}", "classifier", 1)
        raise InputError(
            f"{key}: {first['msg']}", where=str(path), hint=f"keys are {', '.join(setting_names(kind))}"
        ) from None
