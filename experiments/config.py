"""Run configs: TOML files, validated, with settings overridden on the command line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from ..data.errors import InputError
from ..data.files.reading import SURROGATE, load_toml, read_toml
from ..training.encoder.settings import EncoderSettings
from ..training.settings import LinearSettings, TrainingSettings, allowed_values, setting_names

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

CONFIGS = Path(__file__).parent / "configs"
DEFAULT = CONFIGS / "linear.toml"
# The table of a config that declares what `experiments sweep` searches.
SWEEP = "sweep"


# Not listed as changed, because `experiments list` has columns for them.
_SHOWN_APART = frozenset({"name", "experiment", "corpus"})


def _find(config: str | None) -> Path:
    """The file of a path, or of the name of a shipped config ("linear")."""
    if config is None:
        return DEFAULT
    path = Path(config)
    if path.exists():
        return path
    shipped = CONFIGS / f"{path.stem}.toml"
    if shipped.exists():
        return shipped
    names = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.toml")))
    raise InputError("no such config", where=config, hint=f"use a TOML file, or one of: {names}")


def _value(text: str) -> Any:
    """A TOML value; text that is not TOML becomes a string."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text
    except (RecursionError, ValueError):
        # Valid so far, but nested too deeply or a number too long: the error of a file fits here, too.
        return load_toml(f"x = {text}", "--set", "fix the value")


def load_config(
    config: str | None,
    overrides: Sequence[str] = (),
    corpora: Sequence[str] = (),
    split: str | None = None,
) -> TrainingSettings:
    """Read a config; its table `[sweep]` is left to `load_sweep`.

    Args:
        config: a TOML file, or the name of a shipped config. Default: linear.
        overrides: `key=value`, with a dot after the name of a table: `classifier.regularisation=1.0`.
        corpora: corpora that replace those of the config.
        split: the shares of train, validation and test, separated by commas: `0.8,0.1,0.1`.

    Raises:
        InputError: the file, a key or a value is invalid.
    """
    path = _find(config)
    raw: dict[str, Any] = read_toml(path)
    raw.pop(SWEEP, None)
    keys = {_override(raw, override) for override in overrides}
    if corpora:
        raw["corpus"] = list(corpora)
    if split is not None:
        raw["shares"] = _shares(split)
    return _validated(raw, str(path), keys)


def _shares(split: str) -> list[float]:
    """The shares that `--split` names.

    Raises:
        InputError: they are not three numbers from 0 to 1 that add up to 1.
    """
    try:
        shares = [float(share) for share in split.split(",")]
        TrainingSettings.model_validate({"shares": shares})
    except ValueError:  # of a number, or of the settings
        hint = "for example --split 0.8,0.1,0.1; only the share of test may be 0"
        what = f"{split[:60]!r} is not the shares of train, validation and test, which add up to 1"
        raise InputError(what, where="--split", hint=hint) from None
    return shares


def load_sweep(config: str) -> tuple[str, Any]:
    """The file of a config, and its table `[sweep]`; None without one.

    Raises:
        InputError: the file cannot be read.
    """
    path = _find(config)
    return str(path), read_toml(path).get(SWEEP)


def with_values(settings: TrainingSettings, values: Mapping[str, Any], where: str) -> TrainingSettings:
    """Settings with some other values, validated.

    Args:
        settings: a valid config.
        values: by the name that `--set` takes: `classifier.regularisation`.
        where: the file that the values are from, for errors.

    Raises:
        InputError: there is no such setting, or a value is not allowed.
    """
    raw = settings.model_dump()
    for key, value in values.items():
        table, _, name = key.rpartition(".")
        (raw[table] if table else raw)[name] = value
    return _validated(raw, where)


def config_text(settings: TrainingSettings, comment: str = "") -> str:
    """A config file with all settings, in TOML.

    Args:
        settings: what the file says.
        comment: lines for its start.
    """
    values = settings.model_dump()
    table = values.pop("classifier")
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    lines += [f"{k} = {_toml(v)}" for k, v in values.items() if v is not None]
    lines += ["", "[classifier]", *(f"{k} = {_toml(v)}" for k, v in table.items() if v is not None)]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A value in TOML, whose strings, numbers and arrays are those of JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _validated(raw: Mapping[str, Any], file: str, overrides: Collection[str] = ()) -> TrainingSettings:
    try:
        return TrainingSettings.model_validate(raw)
    except ValidationError as error:
        raise _invalid(error, raw, file, overrides) from None


def _override(raw: dict[str, Any], override: str) -> str:
    """Set one `key=value` in a config; returns the key."""
    key, separator, text = override.partition("=")
    key = key.strip()
    if SURROGATE.search(override):
        raise InputError(f"{override!r} is not UTF-8", where="--set", hint="check the encoding of the shell")
    if not separator or not key:
        hint = "for example --set classifier.regularisation=1.0"
        raise InputError(f"{override!r} is not key=value", where="--set", hint=hint)
    table = raw
    *parents, last = key.split(".")
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            raise InputError(f"{parent!r} is not a table", where="--set")
    table[last] = _value(text.strip())
    return key


def _invalid(
    error: ValidationError, raw: Mapping[str, Any], file: str, overrides: Collection[str]
) -> InputError:
    """The first error of a config as one line."""
    first = error.errors()[0]
    table = raw.get("classifier")
    kind = str(table.get("kind", "linear")) if isinstance(table, dict) else "linear"
    key = ".".join(str(x) for x in first["loc"]).replace(f"classifier.{kind}", "classifier", 1)
    key = "shares" if key.startswith("shares.") else key
    names = setting_names(kind)
    if first["type"] == "union_tag_invalid":
        key, message = "classifier.kind", f"{kind!r} is neither linear nor encoder"
    elif first["type"] == "extra_forbidden":
        other = "linear" if kind == "encoder" else "encoder"
        if key in setting_names(other):
            what = f"{key} is a setting of the {other} classifier, and this one is of the kind {kind}"
            hint = f"set classifier.kind={other}, or leave it out"
            return InputError(what, where="--set" if key in overrides else file, hint=hint)
        return unknown_setting(key, names, "--set" if key in overrides else file)
    elif key == "classifier" or ("." in key and not key.startswith(("classifier.", "corpus."))):
        message = first["msg"]
    else:
        message = _not_allowed(first, key, kind)
    where = "--set" if key in overrides else file
    return InputError(f"{key}: {message}", where=where)


def _not_allowed(error: ErrorDetails, key: str, kind: str) -> str:
    """Names the value and what the setting may be."""
    table: type[BaseModel] = EncoderSettings if kind == "encoder" else LinearSettings
    if not key.startswith("classifier."):
        table = TrainingSettings
    value = repr(error["input"])
    shown = value if len(value) <= 60 else f"{value[:57]}..."
    allowed = allowed_values(table, key.removeprefix("classifier.").partition(".")[0])
    return f"{shown} is not allowed: give {allowed}"


def unknown_setting(key: str, names: Sequence[str], where: str) -> InputError:
    """The error for a setting that does not exist, with the closest one as a hint."""
    close = get_close_matches(key, names, n=1)
    if not close:  # the table may be missing: `regularisation` for `classifier.regularisation`
        close = [n for n in names if get_close_matches(key, [n.rpartition(".")[2]])][:1]
    hint = f"did you mean {close[0]}?" if close else f"settings are {', '.join(names)}"
    return InputError(f"no such setting {key!r}", where=where, hint=hint)


def changed_settings(settings: TrainingSettings, config: str | None = None) -> dict[str, str]:
    """The settings that differ from their config: `{"classifier.regularisation": "1.0"}`.

    Args:
        settings: settings of a run.
        config: config to compare them with. Default: the shipped config with their name. Without one,
            nothing counts as changed.
    """
    if config is None:
        if not (CONFIGS / f"{settings.name}.toml").exists():
            return {}
        config = str(CONFIGS / f"{settings.name}.toml")
    before, now = _flat(load_config(config)), _flat(settings)
    return {k: str(v) for k, v in now.items() if k not in _SHOWN_APART and before.get(k) != v}


def _flat(settings: TrainingSettings) -> dict[str, Any]:
    flat = settings.model_dump()
    return flat | {f"classifier.{k}": v for k, v in flat.pop("classifier").items()}
